"""What every benchmark shares: rounds that take turns, medians of ratios, and the lines of the table.

A benchmark is a module `bench_<name>.py` with `lines()`, a generator of `Line`. It is run alone, in a
process and a fresh database of its own: `python -m benchmarks.frame bench_<name> [--out FILE]`.

Times are wall time. Machines are noisy, so nothing is judged by a time alone: in each round every variant
runs once, in an order that turns, each is divided by the baseline of the *same round*, and the figure is
the median of those ratios.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SHARE = float(os.environ.get("BENCH_SHARE", "1"))
"""1: a full run. Less: that part of the data and rounds; 0: only to see that everything works."""


@dataclass
class Line:
    """One figure. `limit` is the goal (None: told, not judged); `peers` are the same figure of others."""

    goal: str
    what: str
    ours: float
    limit: float | None = None
    unit: str = "x"
    at_least: bool = False
    peers: dict[str, float] = field(default_factory=dict)
    note: str = ""
    database: str = ""

    @property
    def met(self) -> bool | None:
        if self.limit is None:
            return None
        return self.ours >= self.limit if self.at_least else self.ours <= self.limit


Times = dict[str, list[float]]


def few(full: int, quick: int) -> int:
    """`full`, or the share of it that was asked for, and never less than `quick`."""
    return max(quick, int(full * SHARE))


def interleave(
    variants: dict[str, Callable[[], Any]],
    *,
    rounds: int,
    before: Callable[[str], Any] | None = None,
    inner: int = 1,
) -> Times:
    """Seconds of each variant in each round. `before(name)` runs untimed; `inner` repeats within a timing."""
    names = list(variants)
    times: Times = {name: [] for name in names}
    for name in names:  # once for nothing: caches, prepared statements, lazy imports
        if before:
            before(name)
        variants[name]()
    for turn in range(rounds):
        shift = turn % len(names)
        order = names[shift:] + names[:shift]
        if turn % 2:
            order.reverse()
        gc.collect()
        for name in order:
            if before:
                before(name)
            run = variants[name]
            started = time.perf_counter()
            for _ in range(inner):
                run()
            times[name].append(time.perf_counter() - started)
    return times


def ratio(times: Times, name: str, base: str) -> float:
    """Median over the rounds of `name` divided by `base` of the same round."""
    return statistics.median(a / b for a, b in zip(times[name], times[base], strict=True))


def median(times: Times, name: str) -> float:
    """Median seconds of a variant."""
    return statistics.median(times[name])


def percentile(values: list[float], share: float) -> float:
    """The value that `share` (0 to 1) of the sorted values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


# --- Running one benchmark ------------------------------------------------------------------------


def prepare() -> None:
    """Django, all tables of the product by its migrations, and the scratch tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django

    django.setup()
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for model in apps.get_app_config("benchmarks").get_models():
            editor.create_model(model)
    from audit import triggers

    triggers.install()  # the scratch histories are as append-only as the product's


def run(name: str) -> Iterator[Line]:
    """The lines of one benchmark, marked with the database they were measured on."""
    from django.db import connection

    for line in importlib.import_module(f"benchmarks.{name}").lines():
        line.database = line.database or {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
        yield line


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.frame")
    parser.add_argument("name", help="the module, such as bench_rows")
    parser.add_argument("--out", type=Path, help="write the lines there, as JSON")
    arguments = parser.parse_args()
    prepare()
    found = []
    for line in run(arguments.name):
        state = {None: "", True: "met", False: "MISSED"}[line.met]
        print(f"{line.goal:4} {line.what:60} {line.ours:10.3f} {line.unit} {state}", flush=True)
        for peer, figure in line.peers.items():
            print(f"       {peer:57} {figure:10.3f}", flush=True)
        found.append(asdict(line))
    if arguments.out:
        arguments.out.write_text(json.dumps(found))


if __name__ == "__main__":
    # Under its own name, so that a benchmark's `Line` is this `Line`.
    from benchmarks import frame

    frame.main()
