"""What one condition of a statute says: what certainly fails, what is open, what holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from records.rules.types import Reason


@dataclass(slots=True)
class Verdict:
    """Collected over the conditions of one statute; one certain failure decides, else one doubt does.

    ``leans_on`` holds ids of unconfirmed lists that a pass or a refusal rests on.
    """

    fails: list[Reason] = field(default_factory=list)
    doubts: list[Reason] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    leans_on: list[str] = field(default_factory=list)

    def fail(self, name: str, detail: str | None = None) -> None:
        self.fails.append(Reason(name, detail))

    def doubt(self, name: str, detail: str | None = None) -> None:
        self.doubts.append(Reason(name, detail))
