"""G5 and G6: who may see what, in a small office and a large one, with every right's MAC checked.

In the small office somebody has 40 of 1,000 files, in the large one 4,000 of 100,000 (a tenth of that in a
short run). One database holds both: the small one is measured first, then it is grown.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from guardian.core import ObjectPermissionChecker

from accounts.models import Office, User
from benchmarks.frame import Line, few, interleave, ratio
from clients import grants
from clients.models import Client, ClientUserPermission
from vault.installation import secret

PAGE = 50


def person(number: int, office: Office) -> User:
    return User.objects.create_user(
        email=f"wren.{number}@juniper.example", name=f"Wren {number}", role="attorney", office=office
    )


def fill(count: int, mine: int, user: User, others: list[User], office: Office, mark: str) -> None:
    """`count` more files; `mine` of them with the five rights of counsel for `user`, the rest for others."""
    chance = random.Random(mark)
    files = [
        Client(
            file_number=f"{mark}-{number}",
            office=office,
            opened_on=date(2020, 1, 1) + timedelta(days=chance.randrange(2000)),
            name_used_sealed=b"x" * 65,  # lists of rights open no name
        )
        for number in range(count)
    ]
    Client.objects.bulk_create(files, batch_size=2000)
    view = Permission.objects.get(content_type__app_label="clients", codename="view_client")
    rows = [grants.row(user, one, view) for one in chance.sample(files, mine)]
    rows += [grants.row(chance.choice(others), one, view) for one in files]
    ClientUserPermission.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def page(user: User) -> list[Client]:
    rows = Client.objects.visible_to(user).only("file_number", "state", "opened_on")
    return list(rows.order_by("-opened_on", "-file_number")[:PAGE])


def milliseconds(act: Callable[[], Any], rounds: int) -> float:
    act()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def lines() -> Iterator[Line]:
    secret()
    office = Office.objects.create(name="Juniper Street Legal")
    others = [person(number, office) for number in range(20)]
    small, large = person(100, office), person(101, office)
    rounds = few(51, 5)

    fill(few(1000, 1000), 40, small, others, office, "s")
    acts = {"page": page, "count": lambda user: Client.objects.visible_to(user).count()}
    before = {name: milliseconds(lambda act=act: act(small), rounds) for name, act in acts.items()}
    size = few(100_000, 10_000)
    fill(size - 1000, size // 25, large, others, office, "l")
    for name, act in acts.items():
        after = milliseconds(lambda act=act: act(large), rounds)
        what = f"{name}: {size // 25:,} of {size:,} files, to 40 of 1,000"
        yield Line("G5", what, after / before[name], limit=1.3, note=f"{before[name]:.2f} → {after:.2f} ms")
        checked = milliseconds(lambda: grants._forged(large, "view_client"), rounds)
        yield Line("G5", "of which: are the rights genuine", checked, unit="ms", note="once a request")

    shown = page(large)

    def by_guardian() -> None:
        for one in shown:
            ObjectPermissionChecker(large).has_perm("view_client", one)

    times = interleave(
        {"ours": lambda: grants.held(large, [one.pk for one in shown]), "has_perm": by_guardian},
        rounds=few(51, 5),
    )
    yield Line(
        "G6",
        "rights on a page of 50: has_perm by row, to ours",
        ratio(times, "has_perm", "ours"),
        limit=50,
        at_least=True,
    )
