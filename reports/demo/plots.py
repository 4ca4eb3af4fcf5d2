"""What happens in a file: the stories of the first files, and how further ones are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

CA, FEDERAL = "ca-pc-236-14", "us-18usc3771a-vacatur"


@dataclass(frozen=True, slots=True)
class PetitionPlot:
    """One petition. What `days` counts depends on the stage.

    draft, signed, filed, opposed, unopposed, withdrawn, and the decisions: days since. served: days until
    the prosecutor's answer is due (below zero: overdue). hearing_set: days until the hearing.
    `confirmed`: how many agencies have confirmed (a grant).
    """

    stage: str
    days: int
    county: str = "Alameda"
    statute: str = CA
    charges: int = 2
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Plot:
    """One file.

    `sheet`: none, review (lines not read), fresh (not accepted at all) or accepted. `visa`: a state of the
    T-1 machine, entered `visa_days` ago; for an open notice the days since it was mailed.
    """

    petitions: tuple[PetitionPlot, ...] = ()
    state: str = "open"
    sheet: str = "accepted"
    visa: str = ""
    visa_days: int = 30
    family: int = 0
    lead: str = "noor"
    advocate: str = "ines"
    paralegal: str = "theo"
    reviewed: bool = True
    record: bool = True
    handed_over: bool = False
    wall: bool = False
    conflict: str = ""
    promises: tuple[str, ...] = ("kept",)
    contact: bool = True
    answers: tuple[str, ...] = ()


P = PetitionPlot
NOOR = Plot()
PRIYA = Plot(lead="priya", advocate="grace", paralegal="lena")
SAMUEL = Plot(lead="samuel", advocate="ines", paralegal="theo")

CAST: tuple[Plot, ...] = (
    # The first is Marisol (reports.demo.marisol).
    NOOR,
    replace(NOOR, petitions=(P("granted", 94, confirmed=5),), promises=("kept", "tomorrow")),
    replace(
        NOOR,
        petitions=(P("served", -6, "Los Angeles", charges=3),),
        visa="biometrics_done",
        promises=("late",),
    ),
    replace(
        NOOR,
        petitions=(P("hearing_set", 2, "Los Angeles", charges=3),),
        promises=("tomorrow",),
        handed_over=True,
    ),
    replace(NOOR, petitions=(P("filed", 10, statute=FEDERAL, county="", charges=1),), promises=("today",)),
    replace(NOOR, petitions=(P("draft", 6, "Fresno", charges=3),), sheet="review", reviewed=False),
    replace(
        NOOR, petitions=(P("signed", 3, "San Mateo", charges=1),), visa="receipted", visa_days=96, family=1
    ),
    replace(NOOR, petitions=(P("hearing_set", 11, "Fresno"),), wall=True, promises=("kept", "renegotiated")),
    replace(NOOR, petitions=(P("partly_granted", 60, "Kern", charges=3, confirmed=2),)),
    replace(
        NOOR, petitions=(P("granted", 230, "Los Angeles", confirmed=99),), visa="approved", visa_days=420
    ),
    replace(NOOR, petitions=(P("denied", 40, "Sacramento"),), promises=("broken", "kept")),
    replace(NOOR, record=True, sheet="fresh", reviewed=False, promises=("today",)),
    replace(
        NOOR, visa="rfe_open", visa_days=80, record=False, sheet="none", family=1, promises=("tomorrow",)
    ),
    replace(NOOR, petitions=(P("opposed", 9, "Alameda"),), visa="bfd_positive", visa_days=70),
    replace(NOOR, petitions=(P("unopposed", 5, "Santa Clara"),)),
    replace(
        NOOR, state="intake", record=False, sheet="none", conflict="open", contact=False, promises=("today",)
    ),
    replace(
        NOOR, state="intake", record=False, sheet="none", answers=("legal_name", "date_of_birth"), promises=()
    ),
    replace(PRIYA, petitions=(P("served", 3, "San Diego"),), sheet="review", reviewed=False),
    replace(PRIYA, petitions=(P("served", 19, "Contra Costa"),), visa="waiting_list", visa_days=50),
    replace(PRIYA, petitions=(P("withdrawn", 33, "Fresno"),)),
    replace(
        PRIYA,
        visa="preparing",
        visa_days=24,
        record=False,
        sheet="none",
        family=2,
        promises=("today", "kept"),
    ),
    replace(PRIYA, visa="filed", visa_days=9, record=False, sheet="none", family=1),
    replace(PRIYA, visa="noid_open", visa_days=29, record=False, sheet="none", promises=("late", "kept")),
    replace(PRIYA, visa="denied", visa_days=21, record=False, sheet="none"),
    replace(PRIYA, petitions=(P("granted", 20, "San Diego", confirmed=1),), handed_over=True),
    replace(PRIYA, state="closed", petitions=(P("granted", 400, "Kern", confirmed=99),)),
    replace(PRIYA, state="declined", record=False, sheet="none", conflict="conflict", promises=()),
    replace(SAMUEL, visa="adjustment", visa_days=120, family=1, record=False, sheet="none"),
    replace(SAMUEL, visa="lpr", visa_days=90, state="closed", record=False, sheet="none"),
    replace(
        SAMUEL, visa="approved", visa_days=1110, record=False, sheet="none", family=2, promises=("late",)
    ),
    replace(SAMUEL, visa="extension_pending", visa_days=40, record=False, sheet="none"),
    replace(SAMUEL, petitions=(P("granted", 100, "Alameda", confirmed=3),), visa="appeal_or_motion_pending"),
    replace(SAMUEL, petitions=(P("denied", 12, statute=FEDERAL, county="", charges=1),), wall=True),
    replace(SAMUEL, petitions=(P("hearing_set", 20, statute=FEDERAL, county="", charges=1),)),
    replace(SAMUEL, petitions=(P("draft", 20, "Los Angeles"), P("served", 33, "Kern")), promises=("today",)),
    replace(
        NOOR,
        state="intake",
        record=False,
        sheet="none",
        advocate="grace",
        conflict="open",
        promises=("late",),
    ),
    replace(PRIYA, visa="noir_open", visa_days=15, record=False, sheet="none"),
    replace(PRIYA, visa="status_expired", visa_days=60, record=False, sheet="none", handed_over=True),
    replace(SAMUEL, visa="withdrawn", visa_days=100, record=False, sheet="none"),
    replace(
        NOOR, petitions=(P("draft", 2, "Alameda", charges=1),), advocate="grace", promises=("renegotiated",)
    ),
    replace(
        NOOR, visa="rfe_open", visa_days=95, record=False, sheet="none", advocate="grace", promises=("late",)
    ),
    replace(SAMUEL, visa="denied_final", visa_days=80, state="closed", record=False, sheet="none"),
    replace(PRIYA, visa="revoked_final", visa_days=70, state="closed", record=False, sheet="none"),
    replace(SAMUEL, visa="closed", visa_days=50, state="closed", record=False, sheet="none"),
    replace(
        PRIYA, visa="screening", visa_days=5, conflict="screened", reviewed=False, promises=("kept", "today")
    ),
)

STAGES = (
    ("draft", 0, 40),
    ("signed", 0, 10),
    ("filed", 0, 6),
    ("served", -8, 40),
    ("served", 1, 40),
    ("opposed", 3, 30),
    ("unopposed", 3, 30),
    ("hearing_set", 1, 50),
    ("granted", 4, 700),
    ("granted", 95, 700),
    ("partly_granted", 20, 500),
    ("denied", 10, 500),
    ("withdrawn", 10, 300),
)
COUNTIES = (
    "Alameda",
    "Los Angeles",
    "Fresno",
    "San Mateo",
    "Kern",
    "Sacramento",
    "Santa Clara",
    "San Diego",
    "Contra Costa",
)
VISA_STATES = (
    "preparing",
    "filed",
    "receipted",
    "biometrics_done",
    "bfd_positive",
    "bfd_positive",
    "waiting_list",
    "rfe_open",
    "approved",
    "approved",
    "approved",
    "extension_pending",
    "adjustment",
    "lpr",
    "denied",
    "withdrawn",
)
LEADS = (NOOR, PRIYA, SAMUEL)


def plots(count: int, chance: Random) -> Iterator[Plot]:
    """The stories of `count` files: the cast first, then drawn ones."""
    yield from CAST[:count]
    for _ in range(len(CAST), count):
        yield _drawn(chance)


def _drawn(chance: Random) -> Plot:
    plot = replace(
        chance.choice(LEADS),
        advocate=chance.choice(("ines", "grace")),
        promises=tuple(chance.choices(("kept", "kept", "late", "tomorrow", "renegotiated", "broken"), k=2)),
        handed_over=chance.random() < 0.2,
        wall=chance.random() < 0.02,
        state=chance.choices(("open", "closed", "intake", "declined"), (70, 20, 6, 4))[0],
    )
    if plot.state in ("intake", "declined"):
        return replace(
            plot, record=False, sheet="none", conflict="conflict" if plot.state == "declined" else ""
        )
    kind = chance.random()
    if kind < 0.75:
        wanted = 1 if chance.random() < 0.8 else 2
        counties = chance.sample(COUNTIES, wanted)
        petitions = tuple(_petition(chance, county, plot.state) for county in counties)
        plot = replace(plot, petitions=petitions, sheet=chance.choice(("accepted", "none")))
        plot = replace(plot, reviewed=chance.random() < 0.7)
    else:
        plot = replace(plot, record=False, sheet="none")
    if kind >= 0.75 or chance.random() < 0.35:
        state = chance.choice(VISA_STATES) if plot.state == "open" else chance.choice(("lpr", "withdrawn"))
        plot = replace(plot, visa=state, visa_days=chance.randint(1, 60), family=chance.choice((0, 0, 1, 2)))
    return plot


def _petition(chance: Random, county: str, state: str) -> PetitionPlot:
    if state == "closed":
        return P(chance.choice(("granted", "denied")), chance.randint(300, 700), county, confirmed=99)
    if chance.random() < 0.06:
        return P("filed", chance.randint(1, 25), "", FEDERAL, charges=1)
    stage, least, most = chance.choice(STAGES)
    return P(
        stage,
        chance.randint(least, most),
        county,
        charges=chance.randint(1, 3),
        confirmed=chance.randint(0, 6),
    )
