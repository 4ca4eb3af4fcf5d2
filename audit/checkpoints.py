"""Signed checkpoints: where every chain stood at a moment, kept outside the database.

A chain cannot tell that its end was cut off; a checkpoint can. It is a text file of four lines:

    afterword checkpoint 1
    {"at": …, "chains": {"<chain, 32 hex>": [seq, "<digest, 64 hex>"], …}, "events": …, "kind": …,
     "number": …, "previous": "<SHA-256 of the checkpoint before it>"}         keys sorted, one line
    <Ed25519 signature of the two lines above, base64>
    <public half of the key, base64>

It holds ids and numbers alone. Where it goes is the operator's choice: a folder (better on another machine,
or one that can only be added to) and a command that takes it on its standard input.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import shlex
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Sum

from audit import chain
from audit.models import ChainHead, Checkpoint
from audit.services import Action, record
from vault import signing

TITLE = "afterword checkpoint 1"
EVERY = timedelta(hours=24)
COMMAND_SECONDS = 60


class CheckpointError(Exception):
    """A checkpoint could not be written, or does not hold. The message says which and why."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint that was read and whose signature holds."""

    number: int
    at: datetime
    events: int
    chains: dict[str, tuple[int, bytes]]
    sha256: str
    previous: str
    path: Path


def write(now: datetime) -> Checkpoint:
    """Sign the heads of all chains, as they are now, into the folder and to the command of the settings.

    Nobody waits for it: the database is held while the heads are read, not while the checkpoint goes out.
    Raises `CheckpointError` and `KeyringError`. A checkpoint that could not be put where it belongs is not
    counted as written, and leaves nothing behind.
    """
    key = signing.load_key(Path(settings.CHECKPOINT_KEY_FILE))
    folder = Path(settings.CHECKPOINT_DIR) if settings.CHECKPOINT_DIR else None
    if folder is None and not settings.CHECKPOINT_COMMAND:
        raise CheckpointError("Neither AFTERWORD_CHECKPOINT_DIR nor AFTERWORD_CHECKPOINT_COMMAND is set.")
    number, previous = _following(folder)
    with transaction.atomic():
        # Its own event comes first, so that the checkpoint covers it.
        record(Action.CHECKPOINT, by=None, kind="checkpoint", fields=[f"number={number}"])
        heads = {name.hex: [seq, digest.hex()] for name, seq, digest, _mac in chain.heads()}
        events = ChainHead.objects.aggregate(links=Sum("seq"))["links"]
    content = {
        "at": now.isoformat(),
        "chains": heads,
        "events": events,
        "kind": settings.AFTERWORD_ENV,
        "number": number,
        "previous": previous,
    }
    text = f"{TITLE}\n{json.dumps(content, sort_keys=True)}\n"
    signature = base64.b64encode(key.sign(text.encode())).decode()
    whole = f"{text}{signature}\n{base64.b64encode(key.public()).decode()}\n".encode()
    places = []
    if settings.CHECKPOINT_COMMAND:
        _hand_over(whole)
        places.append("command")
    if folder is not None:
        _put(folder / _name(number), whole)
        places.append("folder")
    try:
        return Checkpoint.objects.create(
            number=number,
            at=now,
            chains=len(heads),
            events=events,
            sha256=hashlib.sha256(whole).hexdigest(),
            written_to=" and ".join(places),
        )
    except DatabaseError:
        if folder is not None:
            (folder / _name(number)).unlink(missing_ok=True)
        raise


def _name(number: int) -> str:
    return f"checkpoint-{number:06d}.txt"


def path_of(number: int) -> Path | None:
    """Where the folder of the settings has, or would have, a checkpoint; None where there is no folder."""
    return Path(settings.CHECKPOINT_DIR) / _name(number) if settings.CHECKPOINT_DIR else None


def _following(folder: Path | None) -> tuple[int, str]:
    """The next number, and the SHA-256 of the checkpoint before it.

    The folder may know more than the database: an older backup was restored. Then it goes on from there.
    """
    last = Checkpoint.objects.first()
    number, previous = (last.number, last.sha256) if last else (0, "")
    for path in in_folder(folder) if folder is not None else ():
        there = path.stem.removeprefix("checkpoint-")
        if there.isdecimal() and int(there) > number:
            number, previous = int(there), hashlib.sha256(path.read_bytes()).hexdigest()
    return number + 1, previous


def _put(path: Path, whole: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(handle, "wb") as stream:
            stream.write(whole)
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        raise CheckpointError(f"{path.name} exists already: another run was quicker.") from None
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be written: {error.strerror}.") from None


def _hand_over(whole: bytes) -> None:
    try:
        subprocess.run(  # noqa: S603 - the operator's own command, from the settings
            shlex.split(settings.CHECKPOINT_COMMAND),
            input=whole,
            check=True,
            capture_output=True,
            timeout=COMMAND_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CheckpointError(f"The checkpoint command failed: {type(error).__name__}.") from None


def tick(now: datetime) -> str:
    """One checkpoint a day."""
    last = Checkpoint.objects.first()
    if last is not None and now - last.at < EVERY:
        return ""
    return f"Checkpoint {write(now).number} signed."


# --- Reading ----------------------------------------------------------------------------------------------


def read(path: Path, *, public: bytes) -> Signed:
    """A checkpoint from outside, checked with the public key (32 bytes). Raises `CheckpointError`."""
    try:
        whole = path.read_bytes()
        title, line, signature, _named = whole.decode().splitlines()
        signed = base64.b64decode(signature, validate=True)
        content: dict[str, Any] = json.loads(line)
        holds = title == TITLE and signing.is_signed(f"{title}\n{line}\n".encode(), signed, public)
        if not holds:
            raise CheckpointError(f"{path.name}: the signature does not hold.")
        return Signed(
            number=content["number"],
            at=datetime.fromisoformat(content["at"]),
            events=content["events"],
            chains={name: (seq, bytes.fromhex(digest)) for name, (seq, digest) in content["chains"].items()},
            sha256=hashlib.sha256(whole).hexdigest(),
            previous=content["previous"],
            path=path,
        )
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise CheckpointError(f"{path.name} is not a checkpoint.") from None


def in_folder(folder: Path) -> list[Path]:
    """The checkpoints of a folder, the oldest first."""
    return sorted(folder.glob("checkpoint-*.txt"))


def read_all(paths: Iterable[Path], *, public: bytes) -> tuple[list[Signed], list[str]]:
    """Every checkpoint that holds, and a line for each that does not, or that is missing in their row."""
    found: list[Signed] = []
    faults: list[str] = []
    for path in paths:
        try:
            found.append(read(path, public=public))
        except CheckpointError as error:
            faults.append(str(error))
    for before, after in pairwise(found):
        if after.number != before.number + 1:
            faults.append(f"Between checkpoints {before.number} and {after.number} one is missing.")
        elif after.previous != before.sha256:
            faults.append(f"Checkpoint {after.number} does not follow checkpoint {before.number}.")
    return found, faults
