"""Reads `visas/law/*.yaml` once, and says what is wrong with it.

`law()` gives every collection of every file by name: `law()["permit_rules"]["EA1"]` is an `Entry`.
`validate()` gives one sentence per fault, each naming file, entry and key; the system check prints them.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from visas.rules.shapes import FLAGS, SHAPES, faults_of

FOLDER = Path(__file__).resolve().parent.parent / "law"

_STRENGTH = {flag: rank for rank, flag in enumerate(FLAGS)}


class LawError(ValueError):
    """The files of `visas/law/` are not usable; the message lists every fault, one a line."""


@dataclass(frozen=True)
class Entry:
    """One fact. `rule` is its words, `data` the figures and names that only some kinds of fact have."""

    id: str
    rule: str
    citation: str
    flag: str
    sources: tuple[str, ...] = ()
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __getitem__(self, key: str) -> Any:
        return self.data[key]


Law = Mapping[str, Mapping[str, Entry]]


def weakest(flags: Iterator[str] | tuple[str, ...]) -> str:
    """The flag a result may claim that leans on facts with these flags."""
    return max(flags, key=_STRENGTH.__getitem__)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, but a key written twice is an error instead of the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def validate(folder: Path = FOLDER) -> list[str]:
    """Every fault in the files of `folder`, as sentences; an empty list when the rules can lean on them.

    Raises deadlines.law.LawError when the date engine's own files, which some entries name, cannot be read.
    """
    raw, faults = _read(folder)
    return faults or faults_of(raw)


@cache
def law() -> Law:
    """All facts by collection and id. Raises LawError when `validate()` would find a fault."""
    return load(FOLDER)


def load(folder: Path) -> Law:
    """The facts of a folder, read afresh. Raises LawError naming file, entry and key of each fault."""
    raw, faults = _read(folder)
    faults = faults or faults_of(raw)
    if faults:
        raise LawError("\n".join(faults))
    return MappingProxyType(
        {
            name: MappingProxyType({row["id"]: _entry(row) for row in rows})
            for collections in raw.values()
            for name, rows in collections.items()
        }
    )


def _entry(row: Mapping[str, Any]) -> Entry:
    data = {k: v for k, v in row.items() if k not in ("id", "rule", "cite", "flag", "sources", "note")}
    return Entry(
        id=row["id"],
        rule=row.get("rule", ""),
        citation=row.get("cite", ""),
        flag=row.get("flag", ""),
        sources=tuple(row.get("sources", ())),
        note=row.get("note", ""),
        data=MappingProxyType(data),
    )


def _read(folder: Path) -> tuple[dict[str, Any], list[str]]:
    raw, faults = {}, []
    for name in SHAPES:
        path = folder / f"{name}.yaml"
        try:
            with path.open("rb") as stream:
                raw[name] = yaml.load(stream, Loader=_Loader)  # noqa: S506 (a safe loader with one check more)
        except OSError as error:
            faults.append(f"visas/law/{path.name}: cannot be read ({error.strerror}).")
        except yaml.YAMLError as error:
            faults.append(f"visas/law/{path.name}: is not YAML we can read: {' '.join(str(error).split())}.")
    return raw, faults
