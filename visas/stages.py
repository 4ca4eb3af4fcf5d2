"""What may follow what: the machines of the T-1, the family member, the green card, the work permit and
Continued Presence.

Built from `visas/law/machines.yaml`; nothing here reads the clock or a database. A guard that dates can
decide is decided from the facts passed in; any other comes back as words for a person to confirm.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from visas.rules.adjustment import aos_receipt
from visas.rules.base import RuleInputError, words
from visas.rules.facts import law
from visas.rules.permits import bona_fide_track

Facts = Mapping[str, Any]
"""What is known, by name: dates (`received_date`, `status_end_date`, `due_date`, `as_of`, the others that
the tests below name) and `in_us`. A name that is absent, or None, is not known.
"""


class Verdict(StrEnum):
    """Whether a move may be made: yes, no, or a person must confirm the guard's words."""

    OPEN = "open"
    REFUSED = "refused"
    CONFIRM = "confirm"


class StopState(StrEnum):
    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    PASSED_OVER = "passed_over"
    NOT_REACHED = "not_reached"


class UnknownState(KeyError):
    """A machine or state that the law file does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


class InvalidTransition(ValueError):
    """The move is not in the machine, or its guard refuses it; the message is a sentence for the person."""


@dataclass(frozen=True)
class State:
    key: str
    label: str
    terminal: bool
    stop: str | None
    steps_back: bool


@dataclass(frozen=True)
class Transition:
    """One move. `dates` are the keys asked for, `date_labels` their words; `guard` is "" without one."""

    source: str
    to: str
    event: str
    label: str
    actor: str
    actor_label: str
    dates: tuple[str, ...]
    date_labels: tuple[str, ...]
    guard: str = ""
    test: str = ""
    note: str = ""


@dataclass(frozen=True)
class Offer:
    """A move with the verdict on its guard and the reason in words ("" for a move without a guard)."""

    transition: Transition
    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Stop:
    """One stop of the step indicator. `day` is given only for a stop that a date opens."""

    key: str
    label: str
    state: StopState
    day: date | None = None


@dataclass(frozen=True)
class Machine:
    key: str
    label: str
    flag: str
    note: str
    initial: str
    terminal: frozenset[str]
    good_ends: frozenset[str]
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    stops: tuple[Mapping[str, Any], ...]

    def state(self, key: str) -> State:
        """Raises UnknownState."""
        try:
            return self.states[key]
        except KeyError:
            raise UnknownState(f"{self.label} has no stage {key!r}.") from None

    def next_events(self, state: str) -> tuple[Transition, ...]:
        """Every move that leads out of a state, guards not yet asked. Raises UnknownState."""
        self.state(state)
        return tuple(t for t in self.transitions if t.source == state)

    def allowed(self, state: str, facts: Facts = MappingProxyType({})) -> tuple[Offer, ...]:
        """Every move out of a state with what its guard says about these facts. Raises UnknownState."""
        return tuple(_offer(t, facts) for t in self.next_events(state))

    def check(self, state: str, *, event: str, to: str, facts: Facts, confirmed: bool = False) -> Transition:
        """The move, if it may be made now.

        `confirmed` says that a person has read the guard's words and says they hold. Raises
        InvalidTransition.
        """
        for offer in self.allowed(state, facts):
            if (offer.transition.event, offer.transition.to) != (event, to):
                continue
            if offer.verdict is Verdict.REFUSED:
                raise InvalidTransition(offer.reason)
            if offer.verdict is Verdict.CONFIRM and not confirmed:
                raise InvalidTransition(f"Confirm first: {offer.reason}")
            return offer.transition
        raise InvalidTransition(f"From “{self.state(state).label}” the file cannot go that way.")

    def path(
        self, state: str, *, visited: Iterable[str] = (), opens: date | None = None, as_of: date | None = None
    ) -> tuple[Stop, ...]:
        """The stops of the step indicator.

        `visited` are the earlier states in order, so that a stop once reached stays reached until a step
        back; `opens` and `as_of` decide a stop that a date opens (three years of presence). Raises
        UnknownState.
        """
        reached = self._reached([*visited, state])
        last = max(reached, default=-1)
        for index, stop in enumerate(self.stops):
            if stop.get("opens_by_date") and last == index - 1 and opens and as_of and as_of >= opens:
                last = index
                reached.add(index)
        over, now_given, stops = self.is_over(state), False, []
        for index, stop in enumerate(self.stops):
            early = bool(stop.get("opens_by_date") and opens and as_of and as_of < opens)
            if index in reached or (index < last and not stop.get("optional") and not early):
                found = StopState.DONE
            elif index < last:
                found = StopState.PASSED_OVER
            elif over:
                found = StopState.NOT_REACHED
            elif not now_given and state in stop.get("now_in", (state,)):
                found, now_given = StopState.NOW, True
            else:
                found = StopState.AHEAD
            day = opens if stop.get("opens_by_date") else None
            stops.append(Stop(stop["id"], stop["label"], found, day))
        return tuple(stops)

    def is_over(self, state: str) -> bool:
        """Nothing more can be won from here: an end, or a state that leads only to an end that is not a
        good one.
        """
        lost = self.terminal - self.good_ends
        return state in self.terminal or all(t.to in lost for t in self.next_events(state))

    def _reached(self, states: Iterable[str]) -> set[int]:
        order = {stop["id"]: index for index, stop in enumerate(self.stops)}
        reached: set[int] = set()
        for key in states:
            state = self.state(key)
            index = -1 if state.stop is None else order[state.stop]
            if state.steps_back:
                reached = {i for i in reached if i <= index}
            if index >= 0:
                reached.add(index)
        return reached


@cache
def machines() -> Mapping[str, Machine]:
    """The machines by key. Raises LawError when the law files are not usable."""
    return MappingProxyType({key: _machine(key) for key in law()["machines"]})


def machine(key: str) -> Machine:
    """`t1_matter`, `t_derivative`, `t_adjustment`, `ead` or `continued_presence`. Raises UnknownState."""
    try:
        return machines()[key]
    except KeyError:
        raise UnknownState(f"No machine {key!r}. Known: {', '.join(machines())}.") from None


def _machine(key: str) -> Machine:
    entry = law()["machines"][key]
    terminal = frozenset(entry["terminal"])
    return Machine(
        key=key,
        label=entry.rule,
        flag=entry.flag,
        note=entry.note,
        initial=entry["initial"],
        terminal=terminal,
        good_ends=frozenset(entry["good_ends"]),
        states=MappingProxyType(
            {
                row["id"]: State(
                    row["id"], row["label"], row["id"] in terminal, row["stop"], row.get("steps_back", False)
                )
                for row in entry["states"]
            }
        ),
        transitions=tuple(_transition(row, source) for row in entry["transitions"] for source in row["from"]),
        stops=tuple(MappingProxyType(stop) for stop in entry["stops"]),
    )


def _transition(row: Mapping[str, Any], source: str) -> Transition:
    guard = law()["guards"].get(row.get("guard", ""))
    return Transition(
        source=source,
        to=row["to"],
        event=row["event"],
        label=row["label"],
        actor=row["actor"],
        actor_label=law()["actors"][row["actor"]].rule,
        dates=tuple(row["dates"]),
        date_labels=tuple(law()["date_words"][key].rule for key in row["dates"]),
        guard=guard.rule if guard else "",
        test=guard["test"] if guard else "",
        note=row.get("note", ""),
    )


def _offer(transition: Transition, facts: Facts) -> Offer:
    if not transition.test:
        return Offer(transition, Verdict.OPEN, "")
    try:
        verdict, reason = TESTS[transition.test](facts)
    except RuleInputError as problem:
        # The days on file fit no rule: no guess either way, a person reads and decides.
        verdict, reason = Verdict.CONFIRM, f"{transition.guard} {problem}"
    return Offer(transition, verdict, reason or transition.guard)


# ------------------------------------------------------------------ tests of guards
# Each takes the facts and gives a verdict with its reason; an empty reason stands for the guard's own words.

Answer = tuple[Verdict, str]
_ASK: Answer = (Verdict.CONFIRM, "")


def _known(facts: Facts, *names: str) -> list[date] | None:
    """The dates of those names, or None when one of them is not known."""
    values = [value for name in names if (value := facts.get(name)) is not None]
    return values if len(values) == len(names) else None


def _compare(holds: bool, yes: str, no: str) -> Answer:
    return (Verdict.OPEN, yes) if holds else (Verdict.REFUSED, no)


def _bona_fide(facts: Facts) -> Answer:
    received = facts.get("received_date")
    if received is None:
        return _ASK
    track = bona_fide_track(
        received_date=received, rfe_date=facts.get("rfe_date"), in_us=facts.get("in_us") is not False
    )
    if track.track == "none_yet" and facts.get("rfe_date") is None:
        return Verdict.CONFIRM, f"{track.steps[0]} Was there an RFE, or an expedite request from ICE?"
    return _compare(track.track in ("automatic", "by_rfe"), track.steps[0], track.steps[0])


def _by_due_date(facts: Facts) -> Answer:
    found = _known(facts, "response_received_date", "due_date")
    if not found:
        return _ASK
    received, due = found
    return _compare(
        received <= due,
        f"Received {words(received)}, due {words(due)}.",
        f"Received {words(received)}, after the due date, {words(due)}.",
    )


def _appeal_in_time(facts: Facts) -> Answer:
    found = _known(facts, "received_date", "due_date")
    if not found:
        return _ASK
    received, due = found
    if received <= due:
        return Verdict.OPEN, f"Received {words(received)}, due {words(due)}."
    return (
        Verdict.CONFIRM,
        f"Received {words(received)}, after {words(due)}: a late appeal is rejected unless it meets the "
        "rules of a motion, and a late motion to reopen needs a delay reasonable and beyond control.",
    )


def _aos_timely(facts: Facts) -> Answer:
    found = _known(facts, "t1_admission_date", "received_date")
    if not found:
        return _ASK
    admitted, received = found
    receipt = aos_receipt(
        t1_admission_date=admitted,
        i485_received_date=received,
        status_end_date=facts.get("status_end_date"),
        completion_letter_date=facts.get("completion_letter_date"),
    )
    return _compare(receipt.result == "timely", receipt.steps[-1], receipt.steps[-1])


def _window_open(facts: Facts) -> Answer:
    found = _known(facts, "opens_date", "as_of")
    if not found:
        return _ASK
    opens, today = found
    return _compare(today >= opens, f"Open since {words(opens)}.", f"Opens only on {words(opens)}.")


def _over(name: str, what: str) -> Callable[[Facts], Answer]:
    """True once the day of that name lies before `as_of`: the day itself still belongs to the period."""

    def test(facts: Facts) -> Answer:
        found = _known(facts, name, "as_of")
        if not found:
            return _ASK
        last, today = found
        return _compare(today > last, f"{what} {words(last)}.", f"Not yet: {what.lower()} {words(last)}.")

    return test


def _status_at_decision(*, left: bool) -> Callable[[Facts], Answer]:
    def test(facts: Facts) -> Answer:
        found = _known(facts, "status_end_date", "decision_date")
        if not found:
            return _ASK
        ends, decided = found
        verb = "ended" if ends < decided else "ends"
        said = f"Status {verb} {words(ends)}; the decision is of {words(decided)}."
        return _compare((ends >= decided) is left, said, said)

    return test


def _renewal_open(facts: Facts) -> Answer:
    found = _known(facts, "valid_to", "as_of")
    if not found:
        return _ASK
    last, today = found
    opens = last - timedelta(days=law()["permit_rules"]["EA1"]["days_before_expiry"])
    return _compare(
        today >= opens, f"Open since {words(opens)}.", f"A renewal may be filed from {words(opens)}."
    )


def _principal_can_carry(facts: Facts) -> Answer:
    resident, sent = facts.get("principal_lpr_date"), facts.get("sent_date")
    if resident and sent and sent >= resident:
        return (
            Verdict.REFUSED,
            f"The principal became a resident on {words(resident)}: Supplement A is too late.",
        )
    return _ASK


def _principal_bona_fide(facts: Facts) -> Answer:
    if facts.get("in_us") is False:
        return Verdict.REFUSED, "A person outside the US gets no bona fide determination."
    days = [d for d in (facts.get("principal_bfd_date"), facts.get("principal_approval_date")) if d]
    if not days or facts.get("bfd_date") is None or facts.get("in_us") is None:
        return _ASK
    first, mine = min(days), facts["bfd_date"]
    return _compare(
        first <= mine,
        f"The principal was bona fide or approved on {words(first)}.",
        f"The principal comes first: bona fide or approved only on {words(first)}.",
    )


def _principal_approved(facts: Facts) -> Answer:
    found = _known(facts, "principal_approval_date", "approval_date")
    if not found:
        return _ASK
    principal, mine = found
    said = f"The principal was approved on {words(principal)}"
    return _compare(principal <= mine, f"{said}.", f"{said}, after this approval.")


def _principal_in_status(facts: Facts) -> Answer:
    resident, visa = facts.get("principal_lpr_date"), facts.get("visa_date")
    if visa is None:
        return _ASK
    if resident and resident <= visa:
        return Verdict.REFUSED, f"The principal became a resident on {words(resident)} and is no longer T-1."
    ends = facts.get("principal_status_end_date")
    if ends is None:
        return _ASK
    if ends < visa:
        # A pending I-485 or I-539 of the principal may have stretched the status: only a person can say.
        return Verdict.CONFIRM, f"The principal's T-1 status ended {words(ends)} unless it was extended."
    return Verdict.OPEN, f"The principal's T-1 status lasts to {words(ends)}."


def _after_principal_i485(facts: Facts) -> Answer:
    received = facts.get("received_date")
    if received is None:
        return _ASK
    principal, ends = facts.get("principal_i485_received_date"), facts.get("status_end_date")
    if principal and received < principal:
        return Verdict.REFUSED, f"The principal's I-485 was received only on {words(principal)}."
    if ends and received > ends:
        return Verdict.REFUSED, f"T status ended {words(ends)}, before the I-485 was received."
    if principal is None or ends is None:
        return _ASK
    return (
        Verdict.OPEN,
        f"The principal's I-485 was received {words(principal)}; T status lasts to {words(ends)}.",
    )


TESTS: Mapping[str, Callable[[Facts], Answer]] = MappingProxyType(
    {
        "bona_fide": _bona_fide,
        "by_due_date": _by_due_date,
        "appeal_in_time": _appeal_in_time,
        "aos_timely": _aos_timely,
        "window_open": _window_open,
        "status_over": _over("status_end_date", "Status ended"),
        "due_date_over": _over("due_date", "The last day was"),
        "card_over": _over("valid_to", "The last day on the card was"),
        "end_over": _over("end_date", "The last day was"),
        "status_over_at_decision": _status_at_decision(left=False),
        "status_left_at_decision": _status_at_decision(left=True),
        "renewal_open": _renewal_open,
        "principal_can_carry": _principal_can_carry,
        "principal_bona_fide": _principal_bona_fide,
        "principal_approved": _principal_approved,
        "principal_in_status": _principal_in_status,
        "after_principal_i485": _after_principal_i485,
    }
)
