"""Production starts only with everything in place, and says what is missing in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.refusals import refusals
from vault.keyring import write_file

BASE = Path(__file__).resolve().parents[2]


@pytest.fixture
def good(tmp_path):
    write_file(tmp_path / "keyring.json", kind="production")
    return {
        "AFTERWORD_ENV": "production",
        "AFTERWORD_SECRET_KEY": "0a1b2c3d4e5f6g7h8i9j" * 3,
        "AFTERWORD_ALLOWED_HOSTS": "afterword.example.org",
        "AFTERWORD_HTTPS": "on",
        "AFTERWORD_KEYRING_FILE": str(tmp_path / "keyring.json"),
        "AFTERWORD_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
    }


def test_a_complete_environment_is_accepted(good):
    assert refusals(good, BASE) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"AFTERWORD_SECRET_KEY": ""}, "AFTERWORD_SECRET_KEY"),
        ({"AFTERWORD_SECRET_KEY": "short"}, "AFTERWORD_SECRET_KEY"),
        ({"AFTERWORD_ALLOWED_HOSTS": ""}, "AFTERWORD_ALLOWED_HOSTS"),
        ({"AFTERWORD_ALLOWED_HOSTS": "*"}, "AFTERWORD_ALLOWED_HOSTS"),
        ({"AFTERWORD_HTTPS": "off"}, "AFTERWORD_HTTPS"),
        ({"AFTERWORD_HTTPS": ""}, "AFTERWORD_HTTPS"),
        ({"AFTERWORD_DEBUG": "on"}, "AFTERWORD_DEBUG"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://u:p@db.example.org/afterword"}, "verify-full"),
        ({"AFTERWORD_KEYRING_FILE": ""}, "AFTERWORD_KEYRING_FILE"),
        ({"AFTERWORD_KEYRING_FILE": "/nowhere/keyring.json"}, "not there"),
    ],
)
def test_each_gap_is_named(good, change, words):
    found = refusals(good | change, BASE)
    assert len(found) == 1
    assert words in found[0]


def test_a_trial_keyring_a_readable_one_and_one_in_the_checkout_are_refused(good, tmp_path):
    write_file(tmp_path / "trial.json", kind="trial")
    assert "trial" in refusals(good | {"AFTERWORD_KEYRING_FILE": str(tmp_path / "trial.json")}, BASE)[0]
    (tmp_path / "keyring.json").chmod(0o640)
    assert "600" in refusals(good, BASE)[0]
    assert "inside" in refusals(good, tmp_path)[0]


def start(env):
    """What `manage.py check` says on a terminal, with this environment alone."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE,
        env=kept | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stderr.strip()


def test_a_refused_start_is_one_line_and_no_traceback(good):
    code, said = start(good | {"AFTERWORD_SECRET_KEY": ""})
    assert code == 1
    assert said.startswith("Afterword does not start:")
    assert len(said.splitlines()) == 1


def test_a_complete_production_environment_passes_the_deployment_checks(good):
    code, said = start(good)
    assert (code, "Traceback" in said) == (0, False), said
