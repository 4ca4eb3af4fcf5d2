"""G4: find a person among 100,000 sealed names, through the ORM and with rights.

The yardstick is what an application does that has no index: open every name the person may see and compare it
fuzzily (trigrams in memory), as in the measurements that set the goal. `BENCH_SEARCH_PEOPLE` sets another
number of people; the figures that are quoted are of 100,000.
"""

from __future__ import annotations

import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count

from benchmarks.frame import Line, few, interleave, median, percentile
from benchmarks.search_people import fill
from clients.models import Client
from clients.services import find_visible, finding, finished
from clients.services import scan as reading
from tests.made_up_names import Crowd
from vault import datakeys
from vault.models import NameToken

PEOPLE = int(os.environ.get("BENCH_SEARCH_PEOPLE", few(100_000, 2_000)))
TYPING = min(5_000, PEOPLE // 2)
SEARCHES = few(200, 40)
SCANS = few(40, 10)


def lines() -> Iterator[Line]:
    """Indexed search, its recall and its leak; reading every name; type-ahead."""
    crowd = Crowd()
    started = time.perf_counter()
    made, users = fill(PEOPLE, crowd, seers={"attorney": TYPING, "supervisor": PEOPLE})
    yield Line("G4", f"{PEOPLE:,} files made and indexed", time.perf_counter() - started, unit="s")
    attorney, supervisor = users["attorney"], users["supervisor"]
    reading.MOST_AT_ONCE = min(reading.MOST_AT_ONCE, PEOPLE - 1)  # the supervisor's search goes by the index

    tried = crowd.chance.sample(made, SEARCHES)
    one_typo = [(client, crowd.one_typo(client.name_used)) for client in tried]
    swapped = [(client, " ".join(reversed(client.name_used.split()))) for client in tried]
    each = [(client, crowd.typo_in_each(client.name_used)) for client in tried[:SCANS]]

    def indexed(text: str) -> list[Any]:
        return finished(finding(text=text, by=supervisor, in_full=False)).rows

    # Compared in one run, in rounds: the median search, every name read our way, and the yardstick.
    text = one_typo[0][1]
    times = interleave(
        {
            "index": lambda: indexed(text),
            "read": lambda: reading.scan(typed=[text], files=reading.Files()),
            "yardstick": lambda: open_and_scan(text, supervisor),
        },
        rounds=few(3, 1),
    )
    found, took = measured(indexed, one_typo)
    middle = statistics.median(took)
    yield Line("G4", "indexed search with rights, p95", percentile(took, 0.95) * 1000, 5, "ms")
    yield Line("G4", "indexed search with rights, median", middle * 1000, unit="ms")
    faster = median(times, "yardstick") / middle
    yield Line("G4", "faster than opening and scanning", faster, 1000, at_least=True)
    yield Line("G4", "faster than reading every name our way", median(times, "read") / middle)
    yield Line("G4", "recall, one typo, by the index", found, 0.99, "", at_least=True)
    found, _took = measured(indexed, swapped)
    yield Line("G4", "recall, words in reversed order, by the index", found, 0.99, "", at_least=True)

    found, took = measured(lambda text: find_visible(text=text, by=supervisor), each)
    yield Line("G4", "recall, a typo in each word, with the reading", found, 0.97, "", at_least=True)
    yield Line("G4", "the same, median", statistics.median(took) * 1000, 1000, "ms")
    yield Line("G4", "every name read and compared", median(times, "read") * 1000, 1000, "ms")

    begun = [client.name_used[:length] for client in tried[:20] for length in (3, 5, 8)]
    datakeys.memory.clear()
    first = timed(lambda: find_visible(text=begun[0], by=attorney))
    took = [timed(lambda text=text: find_visible(text=text, by=attorney)) for text in begun]  # type: ignore[misc]
    yield Line("G4", f"type-ahead over {TYPING:,} files, median", statistics.median(took) * 1000, 30, "ms")
    yield Line("G4", "the same, keys not in memory", first * 1000, unit="ms")

    people = NameToken.objects.values("person").distinct().count()
    top = NameToken.objects.values("token").annotate(n=Count("person")).order_by("-n")[0]["n"]
    yield Line("G4", "people who share the commonest token", 100 * top / people, 0.1, "%")
    yield Line("G4", "tokens a person", NameToken.objects.count() / people, unit="")
    words = Counter(word for client in made for word in set(client.name_used.split()))
    yield Line(
        "G4",
        "the commonest single word, which we do not keep",
        100 * words.most_common(1)[0][1] / PEOPLE,
        unit="%",
    )


def measured(
    search: Callable[[str], list[Any]], wanted: list[tuple[Client, str]]
) -> tuple[float, list[float]]:
    """Share of the searches that brought the very person among the 20 shown, and the seconds of each.

    Somebody of the same name counts as well: nobody could tell them apart by it.
    """
    hits, took = 0, []
    for client, text in wanted:
        started = time.perf_counter()
        rows = search(text)
        took.append(time.perf_counter() - started)
        shown = [row[0] for row in rows]
        hits += client in shown or client.name_used in {row.name_used for row in shown}
    return hits / len(wanted), took


def timed(run: Callable[[], Any]) -> float:
    """Seconds."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def open_and_scan(text: str, by: Any) -> list[Client]:
    """What there is without an index: open each name, compare trigrams, keep the twenty nearest."""
    wanted = trigrams(text)
    ranked = []
    people = list(Client.objects.visible_to(by).only("id", "name_used_sealed"))
    for start in range(0, len(people), 2000):
        datakeys.preload(client.pk for client in people[start : start + 2000])
        for client in people[start : start + 2000]:
            name = trigrams(client.name_used)
            ranked.append((len(wanted & name) / len(wanted | name), client))
    return [client for _share, client in sorted(ranked, key=lambda pair: -pair[0])[:20]]


def trigrams(name: str) -> set[str]:
    """Three letters at a time."""
    folded = f"  {name.casefold()} "
    return {folded[i : i + 3] for i in range(len(folded) - 2)}
