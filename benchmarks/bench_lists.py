"""G1, G8: a list page of 50 people, as small as a page can be, and the product's own list of files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from benchmarks.frame import Line, Times, few, interleave, median, ratio
from benchmarks.models import Card, Cryptography5, Fernet, ModelFields, OneKey, Plain, Sealed
from benchmarks.pages import Caller
from benchmarks.people import fill
from clients.models import Client
from clients.views import lists
from tests.factories import make_user
from vault import datakeys
from vault.ids import uuid7

PEERS = {
    "django-fernet-encrypted-fields": "fernet",
    "django-cryptography-5": "cryptography5",
    "django-encrypted-model-fields": "model-fields",
}


def lines() -> Iterator[Line]:
    people = [uuid7() for _ in range(few(1000, 100))]
    fill([Sealed], len(people))
    people = list(Sealed.objects.values_list("client_id", flat=True))
    for model in (Plain, Card, OneKey, Fernet, Cryptography5, ModelFields):
        fill([model], len(people), clients=people)
    user = make_user()
    call = Caller(user)
    yield from small_page(call)
    yield from small_page(call, query="?only=1", words=", loading only what is shown")
    yield from key_a_client(call)
    yield from own_list(call, user)


def small_page(call: Caller, *, query: str = "", words: str = "") -> Iterator[Line]:
    """The list of the scratch tables: eight texts a row, three of them shown."""
    names = ["plain", "sealed", "card", *PEERS.values()]
    times = interleave(
        {name: lambda name=name: call(f"/bench/{name}/{query}") for name in names}, rounds=few(121, 15)
    )
    peers = {peer: ratio(times, name, "plain") for peer, name in PEERS.items()}
    note = f"plaintext {median(times, 'plain') * 1000:.1f} ms"
    yield Line(
        "G1", f"list of 50, a bare page{words}", ratio(times, "sealed", "plain"), 1.10, peers=peers, note=note
    )
    yield Line(
        "G1", f"list of 50, a bare page{words}, grouped", ratio(times, "card", "plain"), 1.10, peers=peers
    )


def key_a_client(call: Caller) -> Iterator[Line]:
    """Fifty keys against one key for everybody, in memory and not."""
    variants = {name: lambda name=name: call(f"/bench/{name}/") for name in ("sealed", "one-key")}
    warm = interleave(variants, rounds=few(121, 15))
    yield Line("G8", "a key a client, bare list page", ratio(warm, "sealed", "one-key"), 1.05)
    cold = interleave(variants, rounds=few(121, 15), before=lambda name: datakeys.memory.clear())
    yield Line(
        "G8",
        "the same, keys not in memory: fetched and unwrapped in the request",
        ratio(cold, "sealed", "one-key"),
        note="at worst once in 5 minutes for each process and client",
    )


@contextmanager
def in_plaintext():
    """The list of files as if the names stood there in the clear and there were no keys."""
    with (
        patch.object(Client, "name_used", property(lambda client: "Plover Larkspur")),
        patch.object(lists.datakeys, "preload", lambda clients: None),
    ):
        yield


def own_list(call: Caller, user: object) -> Iterator[Line]:
    """The product's list: rights, walls, counts, the entry in the access log, the whole frame."""
    fifty_files(user)

    def sealed() -> None:
        call("/clients/")

    def plain() -> None:
        with in_plaintext():
            call("/clients/")

    # The patch itself costs what the plaintext page would not pay; so both pay it.
    @contextmanager
    def nothing():
        with (
            patch.object(Client, "nothing", None, create=True),
            patch.object(lists, "nothing", None, create=True),
        ):
            yield

    def sealed_and_patched() -> None:
        with nothing():
            sealed()

    variants = {"sealed": sealed_and_patched, "plain": plain}
    times = interleave(variants, rounds=few(101, 10))
    note = f"plaintext {median(times, 'plain') * 1000:.1f} ms"
    yield Line("G1", "our list of 50 files, whole", ratio(times, "sealed", "plain"), 1.10, note=note)
    cold: Times = interleave(variants, rounds=few(101, 10), before=lambda name: datakeys.memory.clear())
    yield Line(
        "G8", "our list, keys not in memory, against plaintext", ratio(cold, "sealed", "plain"), 1.05 * 1.10
    )


def fifty_files(user: object) -> None:
    """Fifty files of this user, through the product's own intake."""
    from clients.services import start_intake
    from tests.factories import TODAY

    for number in range(lists.PER_PAGE):
        start_intake(name_used=f"Plover Larkspur {number}", by=user, today=TODAY)
