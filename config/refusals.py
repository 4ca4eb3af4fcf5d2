"""What a production start refuses, each with one line that says what to set.

Read before Django's settings are built, so that a refusal is a sentence on the terminal and
never a traceback. Source of the list: docs/setup.md, "Production".
"""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path

KINDS = ("production", "trial", "test")


class Refused(SystemExit):
    """Raised by the settings; Python prints its one line and exits with status 1."""


def refusals(env: Mapping[str, str], base_dir: Path) -> list[str]:
    """Every reason why production must not start with this environment; empty when it may.

    `env` holds the process environment, `base_dir` the folder of the checkout. Nothing is
    written and no secret appears in a reason.
    """
    found = []
    if len(env.get("AFTERWORD_SECRET_KEY", "")) < 50:
        found.append("AFTERWORD_SECRET_KEY is missing or shorter than 50 characters.")
    hosts = [host.strip() for host in env.get("AFTERWORD_ALLOWED_HOSTS", "").split(",") if host.strip()]
    if not hosts or "*" in hosts:
        found.append("AFTERWORD_ALLOWED_HOSTS must name this site's host names, separated by commas.")
    if env.get("AFTERWORD_HTTPS", "").lower() not in {"on", "true", "1"}:
        found.append("AFTERWORD_HTTPS must be on: the site is served over HTTPS only.")
    if env.get("AFTERWORD_DEBUG", "").lower() in {"on", "true", "1"}:
        found.append("AFTERWORD_DEBUG must be off.")
    if not env.get("DATABASE_URL"):
        found.append("DATABASE_URL is missing.")
    elif env["DATABASE_URL"].startswith("postgres") and not _local_or_verified(env["DATABASE_URL"]):
        found.append("DATABASE_URL must ask for sslmode=verify-full (or use a local socket or 127.0.0.1).")
    found.extend(_keyring_refusals(env.get("AFTERWORD_KEYRING_FILE", ""), base_dir))
    return found


def _local_or_verified(url: str) -> bool:
    return "sslmode=verify-full" in url or "@127.0.0.1" in url or "@localhost" in url or "@/" in url


def _keyring_refusals(setting: str, base_dir: Path) -> list[str]:
    if not setting:
        return ["AFTERWORD_KEYRING_FILE is missing: name the file that holds the root keys."]
    path = Path(setting).resolve()
    if not path.is_file():
        return ["AFTERWORD_KEYRING_FILE names a file that is not there."]
    if path.is_relative_to(base_dir):
        return ["The keyring file lies inside the application's folder: keep it elsewhere."]
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ["The keyring file can be read by others: set its mode to 600."]
    try:
        kind = json.loads(path.read_text(encoding="utf-8")).get("kind")
    except (OSError, ValueError, AttributeError):
        return ["The keyring file cannot be read as a keyring."]
    if kind != "production":
        return [f"The keyring is marked {kind!r}: a {kind} keyring never opens a production site."]
    return []
