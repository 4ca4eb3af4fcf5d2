"""Fill an empty database with a demo, in batches; or in one transaction when it is small."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import transaction

from audit import door
from audit.models import AccessEvent
from audit.services import Action, record
from clients.models import Client, ClientOwned, ClientUserPermission
from clients.services import decide_conflict, run_conflict_check
from documents.models import Document
from reports.demo import texts
from reports.demo.batch import Batch
from reports.demo.folder import Folder
from reports.demo.looks import out_of_the_ordinary
from reports.demo.manifest import Manifest
from reports.demo.marisol import FILE_NUMBER, tell_marisol
from reports.demo.plots import Plot, plots
from reports.demo.story import tell_story
from reports.demo.world import World, make_world
from vault import datakeys
from vault.ids import NIL, uuid7
from vault.installation import secret
from vault.models import DataKey, NameToken

ONE_TRANSACTION = 200
"""Up to so many files a demo is made as a whole or not at all."""
BATCH = 50
MARK = "demo"
STARTED, FINISHED = "started", "finished"

Progress = Callable[[int, float], None]
"""Called after each batch: files made so far, seconds so far."""


class NotEmpty(Exception):
    """There are clients that no demo made, or a finished demo: nothing is added to them."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made."""

    clients: int
    seconds: float


def state() -> str:
    """`empty`, `finished`, `unfinished` (a run was killed between two batches) or `other`: not a demo.

    The access log tells: a run writes there that it started, and with its last batch that it finished.
    """
    marks = AccessEvent.objects.filter(object_kind=MARK).order_by("-pk").values_list("fields", flat=True)
    last = marks.first()
    if last is not None:
        return "finished" if FINISHED in last else "unfinished"
    return "other" if Client.objects.exists() else "empty"


def make(
    *,
    clients: int,
    seed: int,
    today: date,
    trial_accounts: bool = False,
    manifest: Path | None = None,
    progress: Progress | None = None,
) -> Made:
    """Make a demo of so many files. Raises NotEmpty.

    What a killed run left is removed first. Files on the disk that belong to a rolled-back batch are removed;
    those of a killed one stay behind unreadable.
    """
    found = state()
    if found in ("finished", "other"):
        raise NotEmpty
    if found == "unfinished":
        clear()
    begun = time.monotonic()
    secret()  # committed before the transaction, and so read once instead of for every token
    listed = Manifest(manifest)
    whole = clients <= ONE_TRANSACTION
    stored: list[str] = []
    try:
        with transaction.atomic() if whole else nullcontext():
            with transaction.atomic():
                world = make_world(today=today, seed=seed, trial_accounts=trial_accounts)
                world.taken = frozenset({FILE_NUMBER})
                _mark(STARTED, clients, seed)
            stories = list(enumerate(plots(clients, Random(f"{seed}:plots")), start=1))
            for first in range(0, clients, BATCH):
                if not whole:
                    stored.clear()  # what lies under committed rows stays
                last = first + BATCH >= clients
                _make_batch(world, Batch(listed, stored), stories[first : first + BATCH], last=last)
                if progress is not None:
                    progress(min(first + BATCH, clients), time.monotonic() - begun)
    except BaseException:
        _remove(stored)
        raise
    finally:
        listed.close()
    return Made(clients, time.monotonic() - begun)


def _make_batch(world: World, batch: Batch, stories: list[tuple[int, Plot]], *, last: bool) -> None:
    """Some files in one transaction; the last one also says that the demo is finished."""
    ids = [uuid7() for _ in stories]
    with transaction.atomic():
        with datakeys.fresh_keys(ids):
            folders = [
                tell_marisol(world, batch, index, pk)
                if index == 1
                else tell_story(world, batch, index, pk, plot)
                for (index, plot), pk in zip(stories, ids, strict=True)
            ]
            batch.write()
            for folder, (_index, plot) in zip(folders, stories, strict=True):
                if plot.conflict:
                    _check_conflicts(folder, plot.conflict)
        if last:
            out_of_the_ordinary(world, batch)
            _mark(FINISHED, len(stories), world.seed)


def _check_conflicts(folder: Folder, decision: str) -> None:
    """The real check, because what it finds lies in other files; then what was decided."""
    when = folder.moment(folder.opened, 17)
    check = run_conflict_check(client=folder.client, by=folder.advocate, index_only=True, at=when)
    if decision != "open":
        note = folder.fill(folder.chance.choice(texts.DECISION_NOTES))
        folder.batch.manifest.note(note)
        decide_conflict(check=check, decision=decision, note=note, by=folder.lead, at=when)


def _mark(what: str, clients: int, seed: int) -> None:
    record(Action.CREATED, by=None, kind=MARK, fields=[what, f"clients={clients}", f"seed={seed}"])


def clear() -> None:
    """Remove every file that a killed run left: rows, histories, rights, keys, name index, stored files.

    The access log keeps its entries.
    """
    with transaction.atomic():
        stored = list(Document.objects.values_list("stored_name", flat=True))
        owned: list[Any] = [
            model for model in apps.get_models() if issubclass(model, ClientOwned) or model is Client
        ]
        files = list(Client.objects.values_list("pk", flat=True))
        with door.opened(door.ERASE):
            for model in owned:
                model.history.all()._raw_delete("default")
        for model in (ClientUserPermission, NameToken, *reversed(owned)):
            model._default_manager.all()._raw_delete("default")
        DataKey.objects.exclude(client_uuid=NIL).delete()
        for pk in files:
            record(Action.ERASED, by=None, kind="client", client=pk)
        transaction.on_commit(partial(_remove, stored))
    datakeys.memory.clear()


def _remove(stored: Iterable[str]) -> None:
    for name in stored:
        default_storage.delete(name)
