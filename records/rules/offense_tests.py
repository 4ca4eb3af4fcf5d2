"""The offense condition of a statute: which test it names, and what the test makes of a charge.

The tests read their sections and lists from the ``offense`` entry of a statute's ``screening``:

``any``           every offense; it must be known all the same, because the filing names it
``listed``        sections by name: ``named`` (``named_misdemeanors``, ``named_severity``) pass, ``excluded``
                  are shut out, ``unclear`` need their subdivision; what is left goes by ``misdemeanors``,
                  ``felonies``, ``infractions`` or ``others``: pass, not_listed, not_loaded, violent,
                  violent_else_not_loaded, needs_facts. ``attempts: excluded`` and ``ordinances: unclear``
                  mean what they say
``violent_list``  California's list of violent felonies
``federal_level_a``, ``federal_arrest``, ``federal_reduction``   the three motions of 18 U.S.C. 3771A

A section pattern matches the section itself or a subdivision of it ("5902" matches "18 5902(a)"); ``*`` at
its end lets anything follow, ``~`` lets a letter follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

from records.rules import files
from records.rules.offenses import ListStanding, parts_of, violent_standing
from records.rules.types import OPEN_DISPOSITIONS, ChargeFacts
from records.rules.verdicts import Verdict

OffenseTest = Callable[[ChargeFacts, Mapping[str, Any], Verdict, Collection[str]], None]

FEDERAL_VIOLENT = "18 USC 16(a)"
FEDERAL_CHILD = "18 USC 3771A child victim"
# A local ordinance: the code is named for a municipal code or says so.
ORDINANCE = re.compile(r"MC$|ORD|CITY|MUNI", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    marks = {"*": "", "~": r"(?=$|[^0-9.\-])"}
    end = marks.get(pattern[-1], r"(?=$|[(\s])")
    body = re.escape(pattern.rstrip("*~").lower()).replace(r"\ ", r"[\s/.\-]")
    return re.compile(rf"(?:^|[\s/:\-]){body}{end}")


@lru_cache(maxsize=16384)
def section_is(code: str, section: str, pattern: str) -> bool:
    """Whether a section is meant by a pattern; a pattern such as ``PC 647(b)`` asks for the code as well."""
    wanted, _, rest = pattern.partition(" ")
    if rest and wanted.isalpha() and wanted.isupper():
        if wanted != code.upper():
            return False
        pattern = rest
    found = _pattern(pattern).search(section.lower())
    if found is None:
        return False
    # A number before a hyphen or a dot belongs to the section: 13-3214 does not mean 3214 of another chapter.
    return found.start() == 0 or section[found.start()] != "-" or not pattern[0].isdigit()


def _is_any(charge: ChargeFacts, patterns: Collection[str]) -> bool:
    return any(section_is(charge.code or "", charge.section or "", pattern) for pattern in patterns)


def offense_known(charge: ChargeFacts) -> bool:
    """A missing code is a missing offense, even if the section looks famous."""
    return bool(charge.code) and bool(charge.section)


def _any(
    charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict, confirmed: Collection[str]
) -> None:
    verdict.holds.append("any offense")


def _violence(charge: ChargeFacts, verdict: Verdict, *, list_name: str, when_true: str = "excluded") -> None:
    """What an attorney recorded about violence decides; what nobody recorded stays open."""
    if charge.violent_elements is None:
        verdict.doubt("violent_elements_not_recorded")
    elif charge.violent_elements and when_true == "needs_facts":
        verdict.doubt("offense_needs_facts", list_name)
    elif charge.violent_elements:
        verdict.fail("offense_excluded", list_name)
    else:
        verdict.holds.append("recorded as not violent")


def _outcome(word: str, charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict) -> None:
    list_name = offense.get("list_name", "the law's list")
    if word == "pass":
        verdict.holds.append("the offense is open to this law")
    elif word == "not_listed":
        verdict.fail("offense_not_listed")
    elif word == "not_loaded":
        verdict.doubt("list_not_loaded")
    elif word == "violent":
        _violence(charge, verdict, list_name=list_name, when_true=offense.get("violent_is", "excluded"))
    elif word == "violent_else_not_loaded":
        if charge.violent_elements:
            verdict.fail("offense_excluded", list_name)
        else:
            verdict.doubt("list_not_loaded")
    else:
        verdict.doubt("offense_needs_facts", list_name)


def _level_outcome(charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict) -> None:
    """What is neither named nor shut out, by the level of the offense. An unknown level may be either."""
    others = offense.get("others")
    felony = offense.get("felonies", others)
    misdemeanor = offense.get("misdemeanors", others)
    infraction = offense.get("infractions", misdemeanor)
    by_level = {"F": felony, "M": misdemeanor, "I": infraction}
    if charge.severity is not None:
        _outcome(by_level[charge.severity], charge, offense, verdict)
        return
    verdicts = []
    for word in dict.fromkeys((felony, misdemeanor)):
        each = Verdict()
        _outcome(word, charge, offense, each)
        verdicts.append(each)
    if all(each.fails for each in verdicts) or all(not each.fails and not each.doubts for each in verdicts):
        _outcome(felony, charge, offense, verdict)
    elif doubts := [reason for each in verdicts for reason in each.doubts]:
        verdict.doubts.extend(doubts)
    else:
        verdict.doubt("offense_needs_facts", "level of the offense")


def _listed(
    charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict, confirmed: Collection[str]
) -> None:
    if offense.get("joined_with_slash"):
        _listed_joined(charge, offense, verdict)
        return
    list_name = offense.get("list_name", "the law's list")
    if charge.kind in offense.get("passes_kinds", ()):
        verdict.holds.append("any offense, where there was no conviction")
        return
    if offense.get("attempts") == "excluded" and charge.attempted:
        verdict.fail("offense_excluded", f"{list_name} attempts")
        return
    if _is_any(charge, offense.get("named", ())):
        _named(charge, offense, verdict)
        return
    if charge.severity == "M" and _is_any(charge, offense.get("named_misdemeanors", ())):
        verdict.holds.append("the offense is named in the law")
        return
    if _is_any(charge, offense.get("excluded", ())):
        if offense.get("list_verification") == "recalled" and list_name not in confirmed:
            verdict.doubt("exclusion_unverified", list_name)
        else:
            verdict.fail("offense_excluded", list_name)
        return
    if (charge.section or "").lower() in offense.get("unclear", ()):
        verdict.doubt("offense_needs_facts", list_name)
        return
    if offense.get("ordinances") == "unclear" and ORDINANCE.search(charge.code or ""):
        verdict.doubt("offense_needs_facts", f"{list_name} or a like ordinance")
        return
    _level_outcome(charge, offense, verdict)


def _named(charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict) -> None:
    severity = offense.get("named_severity")
    if severity is None or charge.severity == severity:
        verdict.holds.append("the offense is named in the law")
    elif charge.severity is None:
        verdict.doubt("offense_needs_facts", offense["list_name"])
    else:
        verdict.fail("offense_not_listed")


def _listed_joined(charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict) -> None:
    """A closed list and sections joined by a slash: the worst part decides."""
    code = charge.code or ""
    standings = set()
    for part in parts_of(charge.section or "")[0]:
        if any(section_is(code, part, pattern) for pattern in offense["named"]):
            standings.add("named")
        elif f"{code} {part}" in offense.get("unclear", ()):
            standings.add("unclear")
        elif violent_standing(code, part, False).standing == "not_an_offense":
            standings.add("not_an_offense")
        else:
            standings.add("outside")
    if "outside" in standings:
        verdict.fail("offense_not_listed")
    if "unclear" in standings:
        verdict.doubt("offense_needs_facts", offense["list_name"])
    if "not_an_offense" in standings:
        verdict.doubt("not_an_offense")
    if standings == {"named"}:
        verdict.holds.append("the offense is named in the law")


def _violent_list(
    charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict, confirmed: Collection[str]
) -> None:
    """California: closed to the violent felonies of 667.5(c); misdemeanors and infractions are outside."""
    code = charge.code or ""
    parts, attempt_joined = parts_of((charge.section or "").lower())
    violent = files.violent_felonies()
    list_confirmed = violent["id"] in confirmed
    for part in parts:
        if any(section_is(code, part, pattern) for pattern in offense["passes"]):
            verdict.holds.append("named in the law itself")
            continue
        standing = violent_standing(code, part, charge.attempted or attempt_joined)
        if standing.standing == "not_an_offense":
            verdict.doubt("not_an_offense")
        elif charge.severity in ("M", "I"):
            verdict.holds.append(f"not a felony, so outside {violent['list_words']}")
        else:
            verdict.leans_on.append(violent["id"])
            _on_violent_list(charge, standing, violent, verdict, list_confirmed)


def _on_violent_list(
    charge: ChargeFacts,
    standing: ListStanding,
    violent: Mapping[str, Any],
    verdict: Verdict,
    list_confirmed: bool,
) -> None:
    item = standing.item
    if standing.standing == "outside" and charge.violent_elements:
        # Item (c)(8) fits any felony: the attorney recorded that such a finding was charged and proved.
        item = next(entry for entry in violent["items"] if entry["id"] == "c8")
    detail = (
        violent["list_name"] if item is None else f"{violent['list_name']}({item['id'].removeprefix('c')})"
    )
    shut_out = standing.standing == "section" or (
        standing.standing != "ambiguous" and charge.violent_elements
    )
    settled = standing.standing == "outside" or (
        standing.standing == "condition" and charge.violent_elements is False
    )
    if shut_out:
        if list_confirmed or (item is not None and item["verification"] == "two_secondary"):
            verdict.fail("offense_excluded", detail)
        else:
            verdict.doubt("exclusion_unverified", detail)
    elif settled:
        verdict.holds.append(f"not on {violent['list_words']}")
    else:
        verdict.doubt("offense_needs_facts", detail)


def _federal_level_a(
    charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict, confirmed: Collection[str]
) -> None:
    _violence(charge, verdict, list_name=FEDERAL_VIOLENT)


def _federal_arrest(
    charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict, confirmed: Collection[str]
) -> None:
    """Level A: any outcome. Level B (violent): no child victim, and acquitted, not pursued, or dismissed by
    the Government."""
    if charge.violent_elements is None:
        verdict.doubt("violent_elements_not_recorded")
        return
    if charge.violent_elements is False:
        verdict.holds.append("recorded as not violent")
        return
    if charge.child_victim:
        verdict.fail("offense_excluded", FEDERAL_CHILD)
    elif charge.child_victim is None:
        verdict.doubt("child_victim_unknown")
    ended_well = charge.disposition in ("acquitted", "prosecutor_rejected") or (
        charge.disposition == "dismissed" and charge.dismissed_by == "government"
    )
    if ended_well:
        verdict.holds.append("violent, but it ended in acquittal, non-pursuit or dismissal by the Government")
    elif charge.disposition not in (None, *OPEN_DISPOSITIONS) and charge.kind in ("arrest", "charge"):
        verdict.doubt("level_b_condition_missing")


def _federal_reduction(
    charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict, confirmed: Collection[str]
) -> None:
    """Shut out only if violent and a child was the victim: either one recorded as false settles it."""
    if charge.violent_elements is False or charge.child_victim is False:
        verdict.holds.append("not a violent crime with a child victim")
        return
    if charge.violent_elements and charge.child_victim:
        verdict.fail("offense_excluded", FEDERAL_CHILD)
    if charge.violent_elements is None:
        verdict.doubt("violent_elements_not_recorded")
    if charge.child_victim is None:
        verdict.doubt("child_victim_unknown")


TESTS: Mapping[str, OffenseTest] = {
    "any": _any,
    "listed": _listed,
    "violent_list": _violent_list,
    "federal_level_a": _federal_level_a,
    "federal_arrest": _federal_arrest,
    "federal_reduction": _federal_reduction,
}
# Tests that also ask what an attorney recorded, so that they speak even where the section is missing.
NEED_NO_SECTION = frozenset({"federal_level_a", "federal_arrest", "federal_reduction"})


def check_offense(
    charge: ChargeFacts, offense: Mapping[str, Any], verdict: Verdict, confirmed: Collection[str] = ()
) -> None:
    """Run the offense condition of a statute. A missing code or section is a doubt under every statute."""
    known = offense_known(charge)
    if not known:
        verdict.doubt("offense_unknown")
    if known or offense["test"] in NEED_NO_SECTION:
        TESTS[offense["test"]](charge, offense, verdict, confirmed)
