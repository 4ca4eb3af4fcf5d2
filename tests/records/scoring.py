"""A scorer for readings, written from the published rules of the example sheets.

Events, counts and dispositions are lined up in order; then each field counts as right, invented (a value
where none or another is expected) or missed. A wrong value is therefore both invented and missed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

RELIEFS = {"dismissed", "acquitted", "set_aside", "reduced", "vacated", "sealed"}
SUBJECT = ("cii", "dob", "sex", "race")
EVENT = ("cycle", "type", "date", "agency", "name_id", "dob")
COUNT = ("number", "code", "section", "description", "level")


def _plain(value):
    if isinstance(value, str):
        return re.sub(r"\s*,\s*", ",", " ".join(value.split())).casefold()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


@dataclass
class Score:
    """Right, invented and missed values per field, and grave errors in words."""

    right: dict = field(default_factory=lambda: defaultdict(int))
    invented: dict = field(default_factory=lambda: defaultdict(int))
    missed: dict = field(default_factory=lambda: defaultdict(int))
    grave: list = field(default_factory=list)
    wrong: list = field(default_factory=list)

    def value(self, name, want, got, where=""):
        want, got = _plain(want), _plain(got)
        if want in (None, []) and got in (None, []):
            return
        if isinstance(want, list) or isinstance(got, list):
            self.items(name, want or [], got or [], where)
            return
        if want == got:
            self.right[name] += 1
            return
        self.wrong.append(f"{where} {name}: expected {want!r}, got {got!r}")
        if got is not None:
            self.invented[name] += 1
        if want is not None:
            self.missed[name] += 1

    def items(self, name, want, got, where=""):
        left = list(got)
        for item in want:
            if item in left:
                left.remove(item)
                self.right[name] += 1
            else:
                self.missed[name] += 1
                self.wrong.append(f"{where} {name}: missed {item!r}")
        for item in left:
            self.invented[name] += 1
            self.wrong.append(f"{where} {name}: invented {item!r}")

    def add(self, other):
        for mine, theirs in (
            (self.right, other.right),
            (self.invented, other.invented),
            (self.missed, other.missed),
        ):
            for name, number in theirs.items():
                mine[name] += number
        self.grave += other.grave
        self.wrong += other.wrong

    def f1(self, name=None):
        def total(counter):
            return counter[name] if name else sum(counter.values())

        right, invented, missed = total(self.right), total(self.invented), total(self.missed)
        return 2 * right / (2 * right + invented + missed) if right + invented + missed else 1.0


def align(want, got, likeness):
    """Pairs of (wanted, got) in order with the greatest sum of likeness; None for a gap."""
    rows, columns = len(want), len(got)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            alike = likeness(want[i], got[j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike if alike > 0 else 0)
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        alike = likeness(want[i], got[j])
        if alike > 0 and best[i][j] == best[i + 1][j + 1] + alike:
            pairs.append((want[i], got[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((want[i], None))
            i += 1
        else:
            pairs.append((None, got[j]))
            j += 1
    return pairs + [(item, None) for item in want[i:]] + [(None, item) for item in got[j:]]


def _alike(keys):
    def likeness(one, other):
        return 0.01 + sum(
            1
            for key in keys
            if one.get(key) not in (None, []) and _plain(one.get(key)) == _plain(other.get(key))
        )

    return likeness


def _fields(score, names, want, got, where):
    for name, label in names:
        if want is None or name in want:
            score.value(label, (want or {}).get(name), (got or {}).get(name), where)


def _disposition(score, want, got, where):
    want_type, got_type = (want or {}).get("type"), (got or {}).get("type")
    if want_type != got_type:
        for kind, verb in ((want_type, "missed"), (got_type, "invented")):
            if kind == "convicted" or kind in RELIEFS:
                score.grave.append(f"{where}: {kind} {verb}")
    _fields(score, [(n, f"disposition.{n}") for n in ("type", "date", "severity")], want, got, where)
    wanted, found = (want or {}).get("sentence") or {}, (got or {}).get("sentence") or {}
    for name in ("probation", "jail", "prison", "other"):
        score.value(f"sentence.{name}", wanted.get(name), found.get(name), where)


def score_sheet(want, got, name=""):
    """Compare one expected object with one reading (both as JSON objects)."""
    score = Score()
    subject, read = want.get("subject", {}), got.get("subject", {})
    _fields(
        score,
        [(n, f"subject.{n}") for n in (*SUBJECT, "other_dobs", "names", "monikers")],
        subject,
        read,
        name,
    )
    likeness = _alike(("type", "date", "agency", "numbers", "name_id"))
    for event, mine in align(want.get("events", []), got.get("events", []), likeness):
        where = f"{name} {(event or mine).get('type')} {(event or mine).get('date')}"
        keys = [(n, f"event.{n}") for n in (*EVENT, "numbers")]
        if event is not None and "cycle" not in event:
            keys = [key for key in keys if key[0] != "cycle"]
        _fields(score, keys, event, mine, where)
        if event and mine:
            if event.get("date") != mine.get("date"):
                score.grave.append(f"{where}: date wrong")
            if event.get("type") == "court" and _plain(event.get("numbers")) != _plain(mine.get("numbers")):
                score.grave.append(f"{where}: case number wrong, {mine.get('numbers')}")
        counts = align(
            (event or {}).get("counts", []), (mine or {}).get("counts", []), _alike((*COUNT, "dispositions"))
        )
        for count, my_count in counts:
            at = f"{where} count {(count or my_count).get('number')}"
            _fields(score, [(n, f"count.{n}") for n in (*COUNT, "flags")], count, my_count, at)
            pairs = align(
                (count or {}).get("dispositions", []),
                (my_count or {}).get("dispositions", []),
                _alike(("type", "date", "severity", "sentence")),
            )
            for disposition, mine_too in pairs:
                _disposition(score, disposition, mine_too, at)
    return score
