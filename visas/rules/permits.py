"""Work permits (EADs) and the bona fide determination: validity, renewal window, automatic extension,
track.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from visas.rules.base import Result, RuleInputError, leaning_on, weekday_words, words
from visas.rules.dates import add_months
from visas.rules.facts import law

_PRINTED = re.compile(r"\(?([A-Z])\)?\(?0*([1-9][0-9]?)\)?")


@dataclass(frozen=True, kw_only=True)
class Ead(Result):
    """Dates of one card. `max_valid_to` is the longest validity policy allows, known only for some
    categories.
    """

    category: str
    max_valid_to: date | None
    renewal_opens: date | None
    auto_extended_to: date | None


@dataclass(frozen=True, kw_only=True)
class BonaFideTrack(Result):
    track: Literal["automatic", "by_rfe", "none_yet", "none_outside_us"]


def category_code(text: str) -> str:
    """`C09`, `c(9)` and `(c)(9)` are all `(c)(9)`. Raises RuleInputError for what is no category."""
    match = _PRINTED.fullmatch(text.strip().upper().replace(" ", ""))
    if not match:
        raise RuleInputError(
            f"{text!r} is not a category. It is printed as a letter and a number, for example C09."
        )
    return f"({match[1].lower()})({match[2]})"


def ead(
    *,
    category: str,
    approved_date: date | None = None,
    valid_to: date | None = None,
    renewal_filed_date: date | None = None,
) -> Ead:
    """Longest validity, first day to renew, and the day a renewal filed in time stretches the card to.

    18 months less a day for (c)(9) approved on or after 2025-12-05 (a request approved since then was
    pending or filed then); renewal from 180 days before the end; 540 days more only for a listed category
    renewed before the card's end and before 2025-10-30 (8 CFR 274a.13(d)). A month without that day gives
    the first of the next.
    """
    code = category_code(category)
    opens_rule, ended_rule = law()["permit_rules"]["EA1"], law()["permit_rules"]["EA2"]
    kind = law()["permit_categories"].get(code)
    leans = [("permit_rules", "EA1")]
    if kind is not None:
        leans.append(("permit_categories", code))
    steps, longest = [], None
    if approved_date and kind and "max_months" in kind.data and approved_date >= kind["max_from"]:
        months = kind["max_months"]
        longest = add_months(approved_date, months) - timedelta(days=1)
        steps.append(
            f"{words(approved_date)} + {months} months - 1 day = {words(longest)}, the longest validity."
        )
    end, opens = valid_to or longest, None
    if end:
        days = opens_rule["days_before_expiry"]
        opens = end - timedelta(days=days)
        steps.append(
            f"{words(end)} - {days} days = {weekday_words(opens)}: a renewal may be filed from then."
        )
    stretched = None
    if renewal_filed_date:
        listed = code in ended_rule["categories"]
        leans.append(("permit_rules", "EA2" if listed else "EA3"))
        if not listed:
            steps.append(f"{code} is not on the list of categories that a renewal extends.")
        elif renewal_filed_date >= ended_rule["ended_on"]:
            steps.append(f"Renewals filed on or after {words(ended_rule['ended_on'])} extend nothing.")
        elif valid_to is None:
            steps.append("The end printed on the card is needed to say what the renewal extends.")
        elif renewal_filed_date > valid_to:
            steps.append(f"The renewal of {words(renewal_filed_date)} came after the card had ended.")
        else:
            more = ended_rule["extension_days"]
            stretched = valid_to + timedelta(days=more)
            steps.append(
                f"Filed {words(renewal_filed_date)}: {words(valid_to)} + {more} days = {words(stretched)}."
            )
    if not steps:
        steps.append("No date is known yet for this card.")
    return Ead(
        category=code,
        max_valid_to=longest,
        renewal_opens=opens,
        auto_extended_to=stretched,
        steps=tuple(steps),
        authorities=leaning_on(*leans),
    )


def bona_fide_track(
    *, received_date: date, rfe_date: date | None = None, in_us: bool = True
) -> BonaFideTrack:
    """Whether USCIS reviews an application for a bona fide determination by itself, because of an RFE, or
    not yet.

    8 CFR 214.205: received on or after 2024-08-28, or an RFE issued on or after that day; only in the US.
    """
    start = law()["bona_fide"]["BF1"]["automatic_from"]
    track: Literal["automatic", "by_rfe", "none_yet", "none_outside_us"]
    if rfe_date is not None and rfe_date < received_date:
        raise RuleInputError(f"An RFE of {words(rfe_date)} is before the receipt of {words(received_date)}.")
    if not in_us:
        track, said = "none_outside_us", "A person outside the US gets no bona fide determination."
    elif received_date >= start:
        track, said = (
            "automatic",
            f"Received {words(received_date)}, on or after {words(start)}: reviewed by itself.",
        )
    elif rfe_date is not None and rfe_date >= start:
        track, said = (
            "by_rfe",
            f"Received before {words(start)}, but an RFE issued {words(rfe_date)}: reviewed.",
        )
    else:
        track = "none_yet"
        said = f"Received before {words(start)} and no RFE since: not reviewed yet."
    return BonaFideTrack(track=track, steps=(said,), authorities=leaning_on(("bona_fide", "BF1")))
