"""What a production start refuses, each with one line that says what to set.

Read before Django's settings are built, so that a refusal is a sentence on the terminal and
never a traceback. Source of the list: docs/setup.md, "Production".
"""

from __future__ import annotations

import importlib.util
import json
import shlex
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

KINDS = ("production", "trial", "test")
KEYRINGS = (
    "AFTERWORD_KEYRING_FILE",
    "AFTERWORD_KEYRING",
    "AFTERWORD_KEYRING_COMMAND",
    "AFTERWORD_KEYRING_KMS",
)
"""Holders of root keys (vault.keyring); exactly one of them is configured."""
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
TEST_KEY_ID = 0x7FFF0000  # vault.keyring's; not imported, since this is read before Django is set up


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
    elif not env["DATABASE_URL"].startswith("sqlite:") and not _local_or_verified(env["DATABASE_URL"]):
        found.append("DATABASE_URL must ask for sslmode=verify-full (or use a local socket or 127.0.0.1).")
    found.extend(_backup_refusals(env, base_dir))
    found.extend(_keyring_refusals(env, base_dir))
    return found


def _backup_refusals(env: Mapping[str, str], base_dir: Path) -> list[str]:
    """Whoever copies one folder away must not take the other along; the settings have the same defaults."""
    var = Path(env.get("AFTERWORD_VAR") or base_dir / "var")
    backups = Path(env.get("AFTERWORD_BACKUP_DIR") or var / "backups").resolve()
    keys = Path(env.get("AFTERWORD_BACKUP_KEYS_DIR") or var / "backup-keys").resolve()
    if keys.is_relative_to(backups) or backups.is_relative_to(keys):
        return ["AFTERWORD_BACKUP_KEYS_DIR and AFTERWORD_BACKUP_DIR: neither folder may lie in the other."]
    return []


def _local_or_verified(url: str) -> bool:
    """Whether the database is on this machine, or its certificate and name are checked.

    The last of several `sslmode` would be the one in force, so that only exactly one is accepted.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    options = parse_qs(parts.query)
    hosts = {host, *(",".join(options.get("host", [])).split(","))} - {""}
    if all(name in LOCAL_HOSTS or unquote(name).startswith("/") for name in hosts):
        return True
    return options.get("sslmode") == ["verify-full"]


def keyring_settings(env: Mapping[str, str]) -> list[str]:
    """The settings in `env` that name a holder of root keys; exactly one may."""
    return [name for name in KEYRINGS if env.get(name)]


def _keyring_refusals(env: Mapping[str, str], base_dir: Path) -> list[str]:
    """What cannot be known without asking the program or KMS is refused when the site is loaded."""
    named = keyring_settings(env)
    if not named:
        return [f"No keyring is configured: set one of {', '.join(KEYRINGS)}."]
    if len(named) > 1:
        return [f"Only one keyring may be configured: take out all but one of {', '.join(named)}."]
    check = {
        "AFTERWORD_KEYRING_FILE": _file_refusals,
        "AFTERWORD_KEYRING": _environment_refusals,
        "AFTERWORD_KEYRING_COMMAND": _command_refusals,
        "AFTERWORD_KEYRING_KMS": _kms_refusals,
    }[named[0]]
    return check(env, base_dir)


def _file_refusals(env: Mapping[str, str], base_dir: Path) -> list[str]:
    path = Path(env["AFTERWORD_KEYRING_FILE"]).resolve()
    if not path.is_file():
        return ["AFTERWORD_KEYRING_FILE names a file that is not there."]
    if path.is_relative_to(base_dir):
        return ["The keyring file lies inside the application's folder: keep it elsewhere."]
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ["The keyring file can be read by others: set its mode to 600."]
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ["The keyring file cannot be read as a keyring."]
    return _content_refusals(text, "The keyring file")


def _environment_refusals(env: Mapping[str, str], base_dir: Path) -> list[str]:
    if _in_dotenv("AFTERWORD_KEYRING", base_dir):
        return ["AFTERWORD_KEYRING stands in .env inside the application's folder: give it to the process."]
    return _content_refusals(env["AFTERWORD_KEYRING"], "AFTERWORD_KEYRING")


def _in_dotenv(name: str, base_dir: Path) -> bool:
    try:
        lines = (base_dir / ".env").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False
    return any(line.strip().removeprefix("export ").partition("=")[0].strip() == name for line in lines)


def _command_refusals(env: Mapping[str, str], base_dir: Path) -> list[str]:
    try:
        words = shlex.split(env["AFTERWORD_KEYRING_COMMAND"])
    except ValueError:
        words = []
    if not words or shutil.which(words[0], path=env.get("PATH")) is None:
        return ["AFTERWORD_KEYRING_COMMAND names a program that cannot be run."]
    return []


def _kms_refusals(env: Mapping[str, str], base_dir: Path) -> list[str]:
    pairs = [pair.partition("=") for pair in env["AFTERWORD_KEYRING_KMS"].split(",")]
    if not all(number.strip().isdecimal() and arn.strip().startswith("arn:") for number, _eq, arn in pairs):
        return ["AFTERWORD_KEYRING_KMS must read 1=arn:aws:kms:…,2=arn:aws:kms:…"]
    if any(int(number) >= TEST_KEY_ID for number, _eq, _arn in pairs):
        return [f"AFTERWORD_KEYRING_KMS: key ids from {TEST_KEY_ID} on are for tests only."]
    endpoint = env.get("AFTERWORD_KEYRING_KMS_ENDPOINT", "")
    if endpoint and not endpoint.startswith("https://"):
        return ["AFTERWORD_KEYRING_KMS_ENDPOINT must begin with https://: data keys travel through it."]
    if importlib.util.find_spec("boto3") is None:
        return ["AFTERWORD_KEYRING_KMS needs boto3: pip install --require-hashes -r requirements/kms.txt"]
    return []


def _content_refusals(text: str, what: str) -> list[str]:
    try:
        ring = json.loads(text)
        kind, ids = ring.get("kind"), [int(key_id) for key_id in ring.get("keys", {})]
    except (ValueError, AttributeError, TypeError):
        return [f"{what} cannot be read as a keyring."]
    if kind != "production":
        return [f"The keyring is marked {kind!r}: a {kind} keyring never opens a production site."]
    if any(key_id >= TEST_KEY_ID for key_id in ids):
        return [f"{what} holds a root key of the tests: a test key never opens a production site."]
    return []
