"""Screening: every statute of a jurisdiction answers one charge, with reasons. Doubt is never rounded.

A statute sets conditions: jurisdiction, in force, kind of record, offense, tie, time, and its own.
``does_not_reach``: at least one certainly fails, and every one that does is named. ``cannot_tell``: none
certainly fails and at least one is open; every open doubt is named. ``reaches``: all hold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from deadlines.counting import add_years
from deadlines.law import LawError
from records.rules.offense_tests import check_offense, section_is
from records.rules.reasons import detail_words
from records.rules.statutes import Statute, statutes_of
from records.rules.types import (
    OPEN_DISPOSITIONS,
    Answer,
    ChargeFacts,
    ClientFacts,
    Finding,
    NexusFacts,
    Reason,
)
from records.rules.verdicts import Verdict

WITHOUT_CONVICTION = ("arrest", "charge")
SENTENCED = ("conviction", "juvenile_adjudication", "deferred")
# A deferred case that ended this way left no term running.
ENDED_WITHOUT_TERM = frozenset({"dismissed", "acquitted", "prosecutor_rejected", "detention_only"})


def screen(
    charge: ChargeFacts,
    nexus: NexusFacts,
    client: ClientFacts,
    *,
    jurisdiction: str,
    as_of: date,
    confirmed: Collection[str] = (),
) -> list[Finding]:
    """What every statute of the asked jurisdiction and of the charge's own says to this charge on ``as_of``.

    ``jurisdiction`` is ``US`` or ``US-`` and two letters. ``confirmed`` holds the ids of statutes and lists
    that an attorney has confirmed (a mapping of id to who and when serves as well).
    """
    asked = dict.fromkeys((jurisdiction, charge.jurisdiction))
    return [
        screen_statute(statute, charge, nexus, client, as_of=as_of, confirmed=confirmed)
        for place in asked
        for statute in statutes_of(place)
    ]


def screen_statute(
    statute: Statute,
    charge: ChargeFacts,
    nexus: NexusFacts,
    client: ClientFacts,
    *,
    as_of: date,
    confirmed: Collection[str] = (),
) -> Finding:
    """What one statute says to one charge."""
    alone = _stands_alone(statute, charge)
    if alone is not None:
        answer, reasons = alone
        leans = [statute.id] if answer == "does_not_reach" and _always_leans(statute, reasons) else []
        return _finding(statute, nexus, answer, reasons, [], leans, confirmed)
    if statute.screening is None:
        raise LawError(f"{statute.id} has no screening entry")
    rule = statute.screening
    verdict = Verdict()
    _in_force(statute, as_of, verdict)
    _kind(statute, rule, charge, verdict)
    check_offense(charge, rule["offense"], verdict, confirmed)
    _tie(rule, nexus, verdict)
    _time(rule, charge, as_of, verdict)
    _own_conditions(rule, charge, client, as_of, verdict)
    if verdict.fails:
        leans = _refusal_leans(statute, verdict)
        return _finding(statute, nexus, "does_not_reach", verdict.fails, [], leans, confirmed)
    if verdict.doubts:
        return _finding(statute, nexus, "cannot_tell", verdict.doubts, [], [], confirmed)
    leans = _pass_leans(statute, charge, verdict)
    return _finding(statute, nexus, "reaches", [], verdict.holds, leans, confirmed)


def _stands_alone(statute: Statute, charge: ChargeFacts) -> tuple[Answer, list[Reason]] | None:
    """Answers that need no further condition and stand by themselves."""
    if charge.jurisdiction != statute.jurisdiction:
        return "does_not_reach", [Reason("other_jurisdiction")]
    if statute.full:
        if statute.screening and statute.screening.get("text_not_loaded"):
            return "cannot_tell", [Reason("text_not_loaded")]
    elif statute.scope == "none":
        return "cannot_tell", [Reason("no_relief_found")]
    elif statute.verification == "recalled":
        return "cannot_tell", [Reason("text_not_loaded")]
    if charge.disposition == "vacated":
        return "does_not_reach", [Reason("already_vacated")]
    return None


def _always_leans(statute: Statute, reasons: list[Reason]) -> bool:
    """Every decided answer from a row of another state leans on what nobody has confirmed."""
    return not statute.full and reasons[0].name != "other_jurisdiction"


def _in_force(statute: Statute, as_of: date, verdict: Verdict) -> None:
    if statute.in_force_from is not None and as_of < statute.in_force_from:
        verdict.fail("not_in_force_until", statute.in_force_from.isoformat())


def _kind(statute: Statute, rule: Mapping[str, Any], charge: ChargeFacts, verdict: Verdict) -> None:
    """Whether the law reaches this kind of record. While the outcome is open, so is the kind."""
    if charge.disposition is None:
        verdict.doubt("disposition_unknown")
        return
    if charge.disposition in OPEN_DISPOSITIONS:
        verdict.doubt("case_open")
        return
    reached = statute.reaches.get(charge.kind)
    named_kinds: Mapping[str, bool] = rule.get("named_kinds") or {}
    if charge.kind in named_kinds and any(
        section_is(charge.code or "", charge.section or "", pattern) for pattern in rule["offense"]["named"]
    ):
        reached = named_kinds[charge.kind]
    if charge.kind == "deferred" and charge.severity in rule.get("deferred_not_reached_for", ()):
        reached = False
    if reached is False and charge.kind in WITHOUT_CONVICTION and statute.reaches["conviction"]:
        verdict.fail("no_conviction")
    elif reached is False:
        verdict.fail("kind_not_reached", charge.kind)
    elif reached is None or charge.disposition not in rule.get("dispositions", (charge.disposition,)):
        verdict.doubt("kind_unclear", charge.kind)
    else:
        verdict.holds.append(
            "convicted" if charge.kind == "conviction" else f"it reaches {detail_words(charge.kind)}"
        )


def _tie(rule: Mapping[str, Any], nexus: NexusFacts, verdict: Verdict) -> None:
    """The tie to the trafficking. Rows of other states hold it in words only: there the flag alone counts."""
    accepts = rule.get("nexus_accepts", "flag_alone")
    if accepts == "none_needed":
        verdict.holds.append("no tie to the trafficking is asked")
    elif nexus.flag == "no":
        verdict.fail("nexus_no")
    elif nexus.flag != "yes":
        verdict.doubt("nexus_not_reviewed")
    elif accepts != "flag_alone" and not set(accepts) & set(nexus.basis):
        verdict.doubt("nexus_basis_not_recorded")
    else:
        verdict.holds.append("tied to the trafficking")


def _time(rule: Mapping[str, Any], charge: ChargeFacts, as_of: date, verdict: Verdict) -> None:
    wait = rule.get("wait")
    if wait is None:
        return
    if wait == "not_found":
        # null in the file is "not found", never "no wait"
        verdict.doubt("condition_not_recorded", "waiting_period")
    elif wait.get("test") == "texas_expunction":
        _texas_expunction(wait, charge, as_of, verdict)
    elif wait["from"] == "sentence_completed":
        _after_sentence(wait, charge, as_of, verdict)
    else:
        _after_date(wait, charge, as_of, verdict)


def _after(start: date, wait: Mapping[str, Any]) -> date:
    return add_years(start, wait.get("years", 0)) + timedelta(days=wait.get("days", 0))


def _until(opens: date, as_of: date, verdict: Verdict) -> None:
    if as_of < opens:
        verdict.fail("waiting_period_until", opens.isoformat())


def _outcome_open(charge: ChargeFacts) -> bool:
    return charge.disposition is None or charge.disposition in OPEN_DISPOSITIONS


def _after_sentence(wait: Mapping[str, Any], charge: ChargeFacts, as_of: date, verdict: Verdict) -> None:
    """The sentence, and the wait after it, must be over. Without a sentence there is nothing to wait for."""
    if charge.kind not in wait.get("kinds", SENTENCED):
        return
    completed = charge.sentence_completed
    if completed == "unknown":
        verdict.doubt("sentence_completion_unknown")
    elif isinstance(completed, date):
        _until(_after(completed, wait), as_of, verdict)
    elif not _outcome_open(charge) and not (
        charge.kind == "deferred" and charge.disposition in ENDED_WITHOUT_TERM
    ):
        verdict.fail("sentence_not_completed")


def _after_date(wait: Mapping[str, Any], charge: ChargeFacts, as_of: date, verdict: Verdict) -> None:
    if charge.kind not in wait.get("kinds", (charge.kind,)):
        return
    if _outcome_open(charge) or charge.disposition not in wait.get("dispositions", (charge.disposition,)):
        return
    start = charge.disposition_date if wait["from"] == "disposition_date" else charge.arrest_date
    if start is None:
        verdict.doubt("condition_not_recorded", wait["from"])
    else:
        _until(_after(start, wait), as_of, verdict)


def _texas_expunction(wait: Mapping[str, Any], charge: ChargeFacts, as_of: date, verdict: Verdict) -> None:
    """Acquitted: at once. No charge filed: a wait from the arrest, which a certificate would end.

    A dismissal expunges only where it qualifies, which no input tells (chapter 55A).
    """
    if _outcome_open(charge) or charge.kind not in WITHOUT_CONVICTION or charge.disposition == "acquitted":
        return
    if charge.disposition not in ("prosecutor_rejected", "detention_only"):
        verdict.doubt("condition_not_recorded", "qualifying_dismissal")
    elif charge.arrest_date is None:
        verdict.doubt("condition_not_recorded", "arrest_date")
    else:
        level = charge.severity or "F"  # not known: the longest wait is sure to be over
        if level in wait["days"]:
            opens = charge.arrest_date + timedelta(days=wait["days"][level])
        else:
            opens = add_years(charge.arrest_date, wait["years"][level])
        if as_of < opens:
            verdict.doubt("waiting_period_until", opens.isoformat())
            verdict.doubt("certification_not_recorded")


def _own_conditions(
    rule: Mapping[str, Any], charge: ChargeFacts, client: ClientFacts, as_of: date, verdict: Verdict
) -> None:
    if rule.get("prison_served") == "required":
        if charge.prison_served is None:
            verdict.doubt("prison_term_unknown")
        elif not charge.prison_served:
            verdict.fail("no_prison_term")
    if (limits := rule.get("age_at_offense")) is not None:
        age = client.age_at_offense
        if age is None:
            verdict.doubt("age_unknown")
        elif not limits.get("min", 0) <= age <= limits.get("max", age):
            verdict.fail("age_condition_not_met")
    if "age_now" in rule:
        _age_now(rule["age_now"]["min"], charge, client, as_of, verdict)
    for condition in rule.get("conditions", ()):
        if charge.kind not in condition.get("kinds", (charge.kind,)):
            continue
        met_by = condition.get("met_by_conviction_of", ())
        if charge.kind == "conviction" and any(
            section_is(charge.code or "", charge.section or "", pattern) for pattern in met_by
        ):
            continue
        verdict.doubt("condition_not_recorded", condition["what"])


def _age_now(minimum: int, charge: ChargeFacts, client: ClientFacts, as_of: date, verdict: Verdict) -> None:
    """Her age today is no input; age and day of the offense tell when she was certainly old enough."""
    if client.age_at_offense is None:
        verdict.doubt("age_unknown")
    elif charge.offense_date is None or as_of < add_years(
        charge.offense_date, max(0, minimum - client.age_at_offense)
    ):
        verdict.doubt("condition_not_recorded", f"age_{minimum}_reached")


def _refusal_leans(statute: Statute, verdict: Verdict) -> list[str]:
    """What a refusal leans on that nobody has confirmed: only where a listed reason itself rests on it."""
    if not statute.full:
        return [statute.id]
    names = {reason.name for reason in verdict.fails}
    leans = list(dict.fromkeys(verdict.leans_on)) if "offense_excluded" in names else []
    unverified = (statute.screening or {}).get("unverified") or {}
    if names & set(unverified.get("reasons", ())):
        leans.append(statute.id)
    return leans


def _pass_leans(statute: Statute, charge: ChargeFacts, verdict: Verdict) -> list[str]:
    if not statute.full:
        return [statute.id]
    leans = list(dict.fromkeys(verdict.leans_on))
    unverified = (statute.screening or {}).get("unverified") or {}
    if (
        unverified.get("reaches")
        and not (unverified.get("unless_violent_elements_false") and charge.violent_elements is False)
        and not any(
            section_is(charge.code or "", charge.section or "", pattern)
            for pattern in unverified.get("unless_sections", ())
        )
    ):
        leans.append(statute.id)
    return leans


def _burden(statute: Statute, nexus: NexusFacts) -> str:
    without_documents: str | None = (statute.screening or {}).get("burden_without_documents")
    if without_documents is not None and not nexus.official_documentation:
        return without_documents
    return statute.burden or "not_found"


def _presumption(statute: Statute, nexus: NexusFacts) -> str:
    """From official papers: yes, no, or not_found where nobody read whether the law has one."""
    if statute.full:
        has = {"has": True, "none": False, "not_read": None}[(statute.screening or {})["presumption"]]
    else:
        has = statute.row["documentation_presumption"]
    if has is None:
        return "not_found"
    return "yes" if has and nexus.official_documentation else "no"


def _finding(
    statute: Statute,
    nexus: NexusFacts,
    answer: Answer,
    reasons: list[Reason],
    holds: list[str],
    leans_on: list[str],
    confirmed: Collection[str],
) -> Finding:
    open_leans = [rule_id for rule_id in leans_on if rule_id not in confirmed]
    told = list(dict.fromkeys(reasons))
    if open_leans:
        told.append(Reason("unverified_rule"))
    return Finding(
        statute_id=statute.id,
        citation=statute.citation,
        answer=answer,
        reasons=tuple(told),
        burden=_burden(statute, nexus),
        presumption=_presumption(statute, nexus),
        holds=tuple(dict.fromkeys(holds)),
        leans_on=tuple(leans_on),
        unconfirmed=statute.id not in confirmed or bool(open_leans),
    )
