"""A rotation killed with SIGKILL at twenty random points loses nothing, and is gone on with to the end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]
SEED = 20261130


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_kill_rotation(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "AFTERWORD_TEST_DATABASE_URL": f"sqlite:///{tmp_path / 'killed.sqlite3'}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.vault.kill_driver", str(SEED)],
        cwd=BASE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found["kills"]) == 20
    assert len(set(found["kills"])) > 10
    assert found["halfway"] >= 5, "the kills must meet rotations that are half done"
    assert found["unreadable"] == 0
    assert found["same"]
    assert found["left"] == found["not_retired"] == found["faults"] == []
    assert found["files"] == 2
