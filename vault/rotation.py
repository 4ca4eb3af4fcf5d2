"""Root keys: what hangs on each, and everything wrapped anew under the primary one.

Only wrapped keys are touched (65 bytes a client), never what they seal. Where a key is and is not
wrapped anew is read from the wrapped key itself, so there is no state to lose: a run that was killed
is gone on with by the next, and two at once do each other no harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, F
from django.db.models.functions import Substr

from vault.bulk import swap
from vault.errors import KeyringError
from vault.ids import NIL
from vault.keyring import Keyring

BATCH = 2000
HEADER_BYTES = 5
Progress = Callable[[int, int], None]
"""Called with what is done and what there is in all."""


@dataclass(frozen=True)
class Wrapped:
    """A column that holds keys wrapped by a root key.

    `client` and `version` name the fields with what each is bound to; left empty they are the
    organisation and `fixed_version`.
    """

    label: str
    column: str
    client: str = ""
    version: str = ""
    fixed_version: int = 0

    @property
    def rows(self) -> models.QuerySet:
        model: type[models.Model] = apps.get_model(self.label)
        head = Substr(F(self.column), 1, HEADER_BYTES, output_field=models.BinaryField())
        return model._base_manager.filter(**{f"{self.column}__isnull": False}).annotate(wrapped_head=head)


REGISTRY: list[Wrapped] = [
    Wrapped("vault.DataKey", "wrapped", client="client_uuid", version="version"),
    Wrapped("vault.Installation", "wrapped_secret"),
]
"""Everything in the database that a root key wraps. Upper floors `register` theirs."""


def register(column: Wrapped) -> None:
    """Have a further column rotated. Twice is once."""
    if column not in REGISTRY:
        REGISTRY.append(column)


def head_of(root: bytes) -> tuple[int, int]:
    """The format byte and the root key's id of a header or of a wrapped key."""
    return root[0], int.from_bytes(root[1:HEADER_BYTES], "big")


def wraps_by_root() -> Counter[int]:
    """How many wrapped keys hang on each root key id."""
    found: Counter[int] = Counter()
    for head, count in _heads():
        found[head_of(head)[1]] += count
    return found


def left_to_wrap(ring: Keyring) -> int:
    """How many wrapped keys are not under the primary root key of `ring`."""
    header = ring.header()
    return sum(count for head, count in _heads() if head != header)


def _heads() -> Iterator[tuple[bytes, int]]:
    for column in REGISTRY:
        for head, count in column.rows.values_list("wrapped_head").annotate(count=Count("pk")).order_by():
            yield bytes(head), count


def rewrap(ring: Keyring, *, also: Sequence[Keyring] = (), progress: Progress | None = None) -> int:
    """Wrap everything under the primary root key of `ring`; returns how many keys this run moved.

    `also` are further rings that open what `ring` does not (a move from one provider to another).
    Batches of 2,000, each a transaction that changes only what still holds what was read. Raises
    `KeyringError` naming a root key that is missing; what was done until then stays done.
    """
    total, done = left_to_wrap(ring), 0
    for column in REGISTRY:
        for batch in _batches(column, ring.header()):
            swaps = []
            for pk, wrapped, client, version in batch:
                raw = _open(bytes(wrapped), client, version, (ring, *also))
                swaps.append((pk, bytes(wrapped), ring.wrap(raw, client=client, version=version)))
            with transaction.atomic():
                done += swap(apps.get_model(column.label), column.column, swaps)
            if progress:
                progress(done, total)
    return done


def _batches(column: Wrapped, header: bytes) -> Iterator[list[tuple[object, bytes, UUID, int]]]:
    rows = column.rows.exclude(wrapped_head=header).order_by("pk")
    names = ["pk", column.column, *filter(None, (column.client, column.version))]
    last = None
    while True:
        found = list((rows if last is None else rows.filter(pk__gt=last)).values_list(*names)[:BATCH])
        if not found:
            return
        yield [
            (
                row[0],
                row[1],
                row[2] if column.client else NIL,
                row[-1] if column.version else column.fixed_version,
            )
            for row in found
        ]
        last = found[-1][0]


def _open(wrapped: bytes, client: UUID, version: int, rings: Sequence[Keyring]) -> bytes:
    refused: KeyringError | None = None
    for ring in rings:
        try:
            return ring.unwrap(wrapped, client=client, version=version)
        except KeyringError as error:
            refused = refused or error
    raise refused or KeyringError("No keyring was given.")
