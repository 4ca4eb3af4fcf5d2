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


@pytest.mark.parametrize(
    ("backups", "keys", "refused"),
    [
        ("", "", False),
        ("", "backups/keys", True),
        ("", "backups", True),
        ("backup-keys/backups", "", True),
        ("a", "b/../a/keys", True),
        ("a", "ab", False),
    ],
)
def test_the_keys_of_backups_lie_apart_from_them(good, tmp_path, backups, keys, refused):
    change = {
        "AFTERWORD_BACKUP_DIR": str(tmp_path / backups) if backups else "",
        "AFTERWORD_BACKUP_KEYS_DIR": str(tmp_path / keys) if keys else "",
    }
    found = refusals(good | change, BASE)
    assert [("neither folder may lie in the other" in line) for line in found] == [True] * refused


def test_a_trial_keyring_a_readable_one_and_one_in_the_checkout_are_refused(good, tmp_path):
    write_file(tmp_path / "trial.json", kind="trial")
    assert "trial" in refusals(good | {"AFTERWORD_KEYRING_FILE": str(tmp_path / "trial.json")}, BASE)[0]
    (tmp_path / "keyring.json").chmod(0o640)
    assert "600" in refusals(good, BASE)[0]
    assert "inside" in refusals(good, tmp_path)[0]


ARN = "arn:aws:kms:us-west-2:123456789012:key/1a2b"


@pytest.fixture
def without_keyring(good):
    return {name: value for name, value in good.items() if "KEYRING" not in name}


@pytest.fixture
def ring(good):
    """The good ring's JSON."""
    return Path(good["AFTERWORD_KEYRING_FILE"]).read_text()


def test_each_holder_of_keys_is_accepted_alone(without_keyring, ring):
    kms = {"AFTERWORD_KEYRING_KMS": f"1={ARN}", "AFTERWORD_KEYRING_KMS_ENDPOINT": "https://kms.example.org"}
    for holder in (
        {"AFTERWORD_KEYRING": ring},
        {"AFTERWORD_KEYRING_COMMAND": f"{sys.executable} print-the-ring"},
        kms,
    ):
        assert refusals(without_keyring | holder, BASE) == []


def test_no_holder_of_keys_or_two_are_refused_and_named(good, without_keyring, ring):
    [found] = refusals(without_keyring, BASE)
    for name in ("_FILE", "", "_COMMAND", "_KMS"):
        assert f"AFTERWORD_KEYRING{name}" in found
    [found] = refusals(good | {"AFTERWORD_KEYRING": ring}, BASE)
    assert found.endswith("all but one of AFTERWORD_KEYRING_FILE, AFTERWORD_KEYRING.")
    [found] = refusals(without_keyring | {"AFTERWORD_KEYRING": ring, "AFTERWORD_KEYRING_KMS": ARN}, BASE)
    assert found.endswith("all but one of AFTERWORD_KEYRING, AFTERWORD_KEYRING_KMS.")


@pytest.mark.parametrize(
    ("holder", "words"),
    [
        ({"AFTERWORD_KEYRING": "Plumbago"}, "cannot be read as a keyring"),
        ({"AFTERWORD_KEYRING": "[1]"}, "cannot be read as a keyring"),
        ({"AFTERWORD_KEYRING": '{"kind": "trial", "keys": {}}'}, "'trial'"),
        ({"AFTERWORD_KEYRING": '{"kind": "production", "keys": {"2147418112": {}}}'}, "of the tests"),
        ({"AFTERWORD_KEYRING_COMMAND": "/nowhere/print-the-ring"}, "cannot be run"),
        ({"AFTERWORD_KEYRING_COMMAND": '"unclosed'}, "cannot be run"),
        ({"AFTERWORD_KEYRING_KMS": ARN}, "1=arn:aws:kms"),
        ({"AFTERWORD_KEYRING_KMS": f"2147418112={ARN}"}, "for tests only"),
        (
            {"AFTERWORD_KEYRING_KMS": f"1={ARN}", "AFTERWORD_KEYRING_KMS_ENDPOINT": "http://kms.example.org"},
            "https://",
        ),
    ],
)
def test_an_unsafe_holder_of_keys_is_refused(without_keyring, holder, words):
    [found] = refusals(without_keyring | holder, BASE)
    assert words in found
    assert "Plumbago" not in found


def test_kms_without_its_package_is_refused(without_keyring, monkeypatch):
    monkeypatch.setattr("config.refusals.importlib.util.find_spec", lambda name: None)
    [found] = refusals(without_keyring | {"AFTERWORD_KEYRING_KMS": f"1={ARN}"}, BASE)
    assert "requirements/kms.txt" in found


def test_a_ring_in_the_dotenv_of_the_checkout_is_refused(without_keyring, ring, tmp_path):
    (tmp_path / ".env").write_text(f"AFTERWORD_PROXIES=1\nAFTERWORD_KEYRING={ring}\n")
    [found] = refusals(without_keyring | {"AFTERWORD_KEYRING": ring}, tmp_path)
    assert ".env" in found


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@db.example.org/afterword",
        "postgresql://u:p@db.example.org/afterword?sslmode=require",
        "psql://u:p@db.example.org/afterword",
        "pgsql://u:p@db.example.org/afterword",
        "postgres://u:sslmode=verify-full@db.example.org/afterword",
        "postgres://u:p@db.example.org/sslmode=verify-full",
        "postgres://u:p@db.example.org/afterword?sslmode=verify-full&sslmode=disable",
        "postgres://u:p@localhost.example.org/afterword",
        "postgres://u:p@127.0.0.1.example.org/afterword",
        "postgres://u:p@/afterword?host=db.example.org",
        "postgres://u:p@localhost,db.example.org/afterword",
        "postgres://u:p@[::1/afterword",
    ],
)
def test_database_url_requires_verify_full_in_production(good, url):
    [found] = refusals(good | {"DATABASE_URL": url}, BASE)
    assert "sslmode=verify-full" in found


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@db.example.org:5432/afterword?sslmode=verify-full",
        "pgsql://u:p@db.example.org/afterword?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem",
        "postgres://u:p@127.0.0.1:5432/afterword",
        "postgres://u:p@localhost/afterword",
        "postgres://u:p@[::1]/afterword",
        "postgres://u@/afterword?host=/run/postgresql",
        "postgres://%2Frun%2Fpostgresql/afterword",
        "sqlite:////srv/afterword/afterword.sqlite3",
    ],
)
def test_a_verified_or_local_database_is_accepted(good, url):
    assert refusals(good | {"DATABASE_URL": url}, BASE) == []


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


@pytest.mark.parametrize("years", ["0", "-7"])
def test_a_file_is_kept_for_a_year_at_least(good, years):
    code, said = start(good | {"AFTERWORD_RETENTION_YEARS": years})
    assert code == 1
    assert said == "Afterword does not start: AFTERWORD_RETENTION_YEARS must be 1 or more."


def test_a_refused_start_is_one_line_and_no_traceback(good):
    code, said = start(good | {"AFTERWORD_SECRET_KEY": ""})
    assert code == 1
    assert said.startswith("Afterword does not start:")
    assert len(said.splitlines()) == 1


def test_a_complete_production_environment_passes_the_deployment_checks(good):
    code, said = start(good)
    assert (code, "Traceback" in said) == (0, False), said


def test_a_trial_of_two_holders_of_keys_does_not_start_either(good):
    trial = good | {"AFTERWORD_ENV": "trial", "AFTERWORD_KEYRING_COMMAND": "print-the-ring"}
    code, said = start(trial)
    assert code == 1
    assert said == (
        "Afterword does not start: take out all but one of AFTERWORD_KEYRING_FILE, AFTERWORD_KEYRING_COMMAND."
    )


def test_a_production_site_whose_command_prints_a_trial_ring_does_not_start(without_keyring, tmp_path):
    write_file(tmp_path / "trial.json", kind="trial")
    command = f"{sys.executable} -c \"print(open('{tmp_path / 'trial.json'}').read())\""
    code, said = start(without_keyring | {"AFTERWORD_KEYRING_COMMAND": command})
    assert code == 1
    assert "The keyring is a trial keyring; this is a production site." in said
