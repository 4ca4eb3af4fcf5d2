"""Shared fixtures. Factories are plain functions in tests/factories.py."""

import os
import shutil

import pytest

# Steps of the browser tests assert in modules of their own; a failure there has to say what it saw.
pytest.register_assert_rewrite("tests.browser.people", "tests.browser.walk")

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs its loop in this thread

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def _forget_keys():
    """Keys are rolled back with each test, so the memory of them must not outlive it."""
    from vault import datakeys, installation

    datakeys.memory.clear()
    installation.forget()
    yield
    datakeys.memory.clear()
    installation.forget()


@pytest.fixture(autouse=True)
def _media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """How every browser test starts Chromium. Where there is none, the test fails: it is never skipped."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("Chromium is missing: install Debian's package chromium.", pytrace=False)
    return browser_type_launch_args | {"executable_path": found, "args": CHROMIUM_FLAGS}
