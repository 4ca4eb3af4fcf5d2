"""What may follow what: the five machines, their guards and the step indicator."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from visas import stages
from visas.rules.facts import law
from visas.stages import InvalidTransition, StopState, UnknownState, Verdict, machine, machines

SHARED = Path(__file__).resolve().parents[3] / "shared" / "law" / "t-visa.yaml"
NAMES = ["t1_matter", "t_derivative", "t_adjustment", "ead", "continued_presence"]
ALL_STATES = [(name, state) for name in NAMES for state in machine(name).states]


def test_there_are_five_machines():
    assert list(machines()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_state_named_anywhere_is_a_state(name):
    found = machine(name)
    named = {found.initial, *found.terminal, *found.good_ends}
    named.update(state for t in found.transitions for state in (t.source, t.to))
    assert named <= set(found.states)


@pytest.mark.parametrize(("name", "state"), ALL_STATES)
def test_an_end_has_no_way_out_and_every_other_state_has_one(name, state):
    found = machine(name)
    assert bool(found.next_events(state)) is not found.state(state).terminal


@pytest.mark.parametrize("name", NAMES)
def test_every_state_is_reached_from_the_first_and_reaches_an_end(name):
    found = machine(name)
    seen, todo = set(), [found.initial]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo.extend(t.to for t in found.next_events(state))
    assert seen == set(found.states)
    ends = set(found.terminal)
    while grown := {t.source for t in found.transitions if t.to in ends} - ends:
        ends |= grown
    assert ends == set(found.states)


@pytest.mark.parametrize("name", NAMES)
def test_every_move_says_in_words_what_happens_who_acts_and_what_is_asked(name):
    for move in machine(name).transitions:
        assert move.label
        assert move.actor_label
        assert len(move.date_labels) == len(move.dates) > 0
        assert bool(move.guard) is bool(move.test)


@pytest.mark.parametrize("name", NAMES)
def test_labels_of_states_are_words_and_differ(name):
    labels = [state.label for state in machine(name).states.values()]
    assert len(set(labels)) == len(labels)
    assert not [label for label in labels if "_" in label or not label[0].isupper()]


def test_one_event_from_one_state_to_one_state_is_one_move():
    for found in machines().values():
        moves = [(t.source, t.event, t.to) for t in found.transitions]
        assert len(set(moves)) == len(moves)


def test_every_test_of_a_guard_exists_and_none_is_idle():
    assert {guard["test"] for guard in law()["guards"].values()} == set(stages.TESTS)


@pytest.mark.parametrize("test", list(stages.TESTS))
def test_a_guard_that_knows_nothing_asks_a_person(test):
    assert stages.TESTS[test]({})[0] is Verdict.CONFIRM


def test_an_unknown_machine_or_state_is_named():
    with pytest.raises(UnknownState, match="No machine 'u_visa'"):
        machine("u_visa")
    with pytest.raises(UnknownState, match="has no stage 'limbo'"):
        machine("ead").next_events("limbo")


def test_next_events_of_a_filed_matter():
    assert {(t.event, t.to, t.actor_label) for t in machine("t1_matter").next_events("filed")} == {
        ("rejected", "preparing", "USCIS"),
        ("receipt_notice", "receipted", "USCIS"),
    }


def d(text: str) -> date:
    return date.fromisoformat(text)


ADMITTED = {"t1_admission_date": d("2023-11-15"), "status_end_date": d("2027-11-14")}
# machine, state, event, to, facts, verdict
GUARDS = [
    ("t1_matter", "biometrics_done", "bfd_grant", "bfd_positive", {"received_date": d("2024-08-28")}, "open"),
    ("t1_matter", "biometrics_done", "bfd_grant", "bfd_positive",
     {"received_date": d("2024-08-27")}, "confirm"),
    ("t1_matter", "biometrics_done", "bfd_grant", "bfd_positive",
     {"received_date": d("2024-03-04"), "rfe_date": d("2025-02-10")}, "open"),
    ("t1_matter", "biometrics_done", "bfd_grant", "bfd_positive",
     {"received_date": d("2024-03-04"), "rfe_date": d("2024-08-27")}, "refused"),
    ("t1_matter", "biometrics_done", "bfd_grant", "bfd_positive",
     {"received_date": d("2025-03-04"), "in_us": False}, "refused"),
    ("t1_matter", "rfe_open", "response_received", "biometrics_done",
     {"response_received_date": d("2026-11-27"), "due_date": d("2026-11-27")}, "open"),
    ("t1_matter", "rfe_open", "response_received", "biometrics_done",
     {"response_received_date": d("2026-11-28"), "due_date": d("2026-11-27")}, "refused"),
    ("t1_matter", "denied", "i290b_received", "appeal_or_motion_pending",
     {"received_date": d("2027-01-05"), "due_date": d("2027-01-04")}, "confirm"),
    ("t1_matter", "denied", "i290b_received", "appeal_or_motion_pending",
     {"received_date": d("2027-01-04"), "due_date": d("2027-01-04")}, "open"),
    ("t1_matter", "denied", "time_passed", "denied_final",
     {"due_date": d("2027-01-04"), "as_of": d("2027-01-04")}, "refused"),
    ("t1_matter", "denied", "time_passed", "denied_final",
     {"due_date": d("2027-01-04"), "as_of": d("2027-01-05")}, "open"),
    ("t1_matter", "approved", "i485_receipted", "adjustment",
     {**ADMITTED, "received_date": d("2026-11-14")}, "refused"),
    ("t1_matter", "approved", "i485_receipted", "adjustment",
     {**ADMITTED, "received_date": d("2026-11-15")}, "open"),
    ("t1_matter", "approved", "i485_receipted", "adjustment",
     {**ADMITTED, "completion_letter_date": d("2025-05-01"), "received_date": d("2025-05-02")}, "open"),
    ("t1_matter", "approved", "i485_receipted", "adjustment",
     {**ADMITTED, "received_date": d("2027-11-15")}, "refused"),
    ("t1_matter", "approved", "status_end_passed", "status_expired",
     {**ADMITTED, "as_of": d("2027-11-14")}, "refused"),
    ("t1_matter", "approved", "status_end_passed", "status_expired",
     {**ADMITTED, "as_of": d("2027-11-15")}, "open"),
    ("t1_matter", "adjustment", "i485_denied_status_left", "approved",
     {**ADMITTED, "decision_date": d("2027-11-14")}, "open"),
    ("t1_matter", "adjustment", "i485_denied_no_status_left", "status_expired",
     {**ADMITTED, "decision_date": d("2027-11-14")}, "refused"),
    ("t1_matter", "adjustment", "i485_denied_no_status_left", "status_expired",
     {**ADMITTED, "decision_date": d("2027-11-15")}, "open"),
    ("t1_matter", "screening", "accept_case", "preparing", {}, "open"),
    ("t_derivative", "planned", "send_supplement_a", "filed",
     {"sent_date": d("2026-05-02"), "principal_lpr_date": d("2026-05-01")}, "refused"),
    ("t_derivative", "planned", "send_supplement_a", "filed", {"sent_date": d("2026-05-02")}, "confirm"),
    ("t_derivative", "receipted", "bfd_grant", "bfd_positive",
     {"in_us": True, "principal_bfd_date": d("2025-05-01"), "bfd_date": d("2025-05-01")}, "open"),
    ("t_derivative", "receipted", "bfd_grant", "bfd_positive",
     {"in_us": True, "principal_bfd_date": d("2025-05-02"), "bfd_date": d("2025-05-01")}, "refused"),
    ("t_derivative", "receipted", "bfd_grant", "bfd_positive", {"in_us": False}, "refused"),
    ("t_derivative", "receipted", "approval", "approved_abroad",
     {"principal_approval_date": d("2025-05-02"), "approval_date": d("2025-05-01")}, "refused"),
    ("t_derivative", "approved_abroad", "visa", "visa_issued",
     {"visa_date": d("2026-05-02"), "principal_status_end_date": d("2027-05-01")}, "open"),
    ("t_derivative", "approved_abroad", "visa", "visa_issued",
     {"visa_date": d("2026-05-02"), "principal_lpr_date": d("2026-05-01")}, "refused"),
    ("t_derivative", "approved_abroad", "visa", "visa_issued",
     {"visa_date": d("2027-05-02"), "principal_status_end_date": d("2027-05-01")}, "confirm"),
    ("t_derivative", "admitted", "i485_receipted", "adjustment",
     {"received_date": d("2027-01-04"), "principal_i485_received_date": d("2027-01-04"),
      "status_end_date": d("2027-11-14")}, "open"),
    ("t_derivative", "admitted", "i485_receipted", "adjustment",
     {"received_date": d("2027-01-04"), "principal_i485_received_date": d("2027-01-05")}, "refused"),
    ("t_derivative", "admitted", "i485_receipted", "adjustment",
     {"received_date": d("2027-11-15"), "status_end_date": d("2027-11-14")}, "refused"),
    ("t_adjustment", "not_yet_open", "three_years_complete", "open",
     {"opens_date": d("2026-11-15"), "as_of": d("2026-11-14")}, "refused"),
    ("t_adjustment", "not_yet_open", "three_years_complete", "open",
     {"opens_date": d("2026-11-15"), "as_of": d("2026-11-15")}, "open"),
    ("ead", "granted", "day_180_before_expiry", "renewal_window",
     {"valid_to": d("2027-11-14"), "as_of": d("2027-05-17")}, "refused"),
    ("ead", "granted", "day_180_before_expiry", "renewal_window",
     {"valid_to": d("2027-11-14"), "as_of": d("2027-05-18")}, "open"),
    ("ead", "renewal_window", "valid_to_passed", "expired",
     {"valid_to": d("2027-11-14"), "as_of": d("2027-11-14")}, "refused"),
    ("continued_presence", "granted", "end_date_passed", "ended",
     {"end_date": d("2028-03-15"), "as_of": d("2028-03-16")}, "open"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state", "event", "to", "facts", "verdict"), GUARDS)
def test_a_guard_that_dates_can_decide_is_decided(name, state, event, to, facts, verdict):
    offers = [
        o for o in machine(name).allowed(state, facts) if (o.transition.event, o.transition.to) == (event, to)
    ]
    assert [offer.verdict for offer in offers] == [verdict]
    assert offers[0].reason or not offers[0].transition.guard


@pytest.mark.parametrize(("name", "state", "event", "to", "facts", "verdict"), GUARDS)
def test_a_move_goes_through_only_as_its_guard_says(name, state, event, to, facts, verdict):
    found = machine(name)
    for confirmed in (False, True):
        if verdict == "open" or (verdict == "confirm" and confirmed):
            move = found.check(state, event=event, to=to, facts=facts, confirmed=confirmed)
            assert (move.event, move.to) == (event, to)
        else:
            with pytest.raises(InvalidTransition):
                found.check(state, event=event, to=to, facts=facts, confirmed=confirmed)


def test_a_move_that_is_not_in_the_machine_is_refused_in_words():
    with pytest.raises(InvalidTransition, match="From “Screening” the file cannot go that way"):
        machine("t1_matter").check("screening", event="approval", to="approved", facts={})


def path(name: str, state: str, **known) -> dict[str, str]:
    return {stop.key: stop.state.value for stop in machine(name).path(state, **known)}


WALK = ["screening", "preparing", "filed", "receipted", "biometrics_done"]


def test_a_new_matter_has_its_first_stop_before_it():
    assert list(path("t1_matter", "screening").values()) == ["now", *["ahead"] * 8]


def test_a_stop_that_was_passed_over_says_so():
    found = path("t1_matter", "approved", visited=WALK, opens=d("2026-11-15"), as_of=d("2026-11-14"))
    assert list(found.items()) == [
        ("screened", "done"), ("filed", "done"), ("receipted", "done"), ("biometrics", "done"),
        ("bona_fide", "passed_over"), ("granted", "done"), ("three_years", "now"), ("i485", "ahead"),
        ("green_card", "ahead"),
    ]  # fmt: skip


def test_three_years_are_done_on_their_day():
    found = path("t1_matter", "approved", visited=WALK, opens=d("2026-11-15"), as_of=d("2026-11-15"))
    assert (found["three_years"], found["i485"]) == ("done", "now")


def test_a_green_card_asked_for_early_passes_over_the_three_years():
    found = path(
        "t1_matter", "adjustment", visited=[*WALK, "approved"], opens=d("2028-06-02"), as_of=d("2027-01-01")
    )
    assert (found["three_years"], found["i485"], found["green_card"]) == ("passed_over", "done", "now")


def test_bona_fide_stays_done_while_a_request_for_evidence_is_open():
    found = path("t1_matter", "rfe_open", visited=[*WALK, "bfd_positive"])
    assert (found["bona_fide"], found["granted"]) == ("done", "now")


def test_a_package_sent_back_takes_its_stops_back():
    found = path("t1_matter", "preparing", visited=["screening", "preparing", "filed"])
    assert (found["screened"], found["filed"], found["receipted"]) == ("done", "now", "ahead")


def test_a_denied_green_card_takes_its_stop_back():
    found = path("t1_matter", "approved", visited=[*WALK, "approved", "adjustment"])
    assert (found["granted"], found["i485"]) == ("done", "ahead")


@pytest.mark.parametrize("end", ["denied_final", "withdrawn", "closed"])
def test_nothing_is_next_on_a_matter_that_is_over(end):
    found = path("t1_matter", end, visited=WALK)
    assert found["biometrics"] == "done"
    assert (found["granted"], found["green_card"]) == ("not_reached", "not_reached")


def test_a_resident_has_every_stop_behind_her():
    found = path("t1_matter", "lpr", visited=[*WALK, "bfd_positive", "approved", "adjustment"])
    assert set(found.values()) == {"done"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("needed", ["now", "ahead", "ahead", "ahead"]),
        ("filed", ["done", "now", "ahead", "ahead"]),
        ("receipted", ["done", "done", "now", "ahead"]),
        ("granted", ["done", "done", "done", "ahead"]),
        ("renewal_window", ["done", "done", "done", "now"]),
        ("expired", ["done", "done", "done", "now"]),
        ("superseded", ["done", "done", "done", "done"]),
        ("not_needed", ["done", "done", "done", "not_reached"]),
    ],
)
def test_the_path_of_a_work_permit(state, expected):
    assert list(path("ead", state).values()) == expected


def test_a_renewal_walks_the_path_again():
    found = path("ead", "filed", visited=["needed", "filed", "receipted", "granted", "renewal_window"])
    assert list(found.values()) == ["done", "now", "ahead", "ahead"]


@pytest.mark.parametrize(("name", "state"), ALL_STATES)
def test_no_path_has_two_stops_at_once_and_nothing_done_lies_ahead(name, state):
    found = [stop.state for stop in machine(name).path(state)]
    assert found.count(StopState.NOW) <= 1
    behind = [s in (StopState.DONE, StopState.PASSED_OVER) for s in found]
    assert behind == sorted(behind, reverse=True)


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the project")
@pytest.mark.parametrize("name", NAMES)
def test_the_machine_is_the_one_of_the_fact_file(name):
    theirs = yaml.safe_load(SHARED.read_text())["state_machines"][name]
    ours = machine(name)
    assert (ours.initial, ours.terminal, set(ours.states)) == (
        theirs["initial"], frozenset(theirs["terminal"]), set(theirs["states"])
    )  # fmt: skip
    moves = {
        (source, t["to"], t["event"], t["actor"], tuple(t["dates"]))
        for t in theirs["transitions"]
        for source in (t["from"] if isinstance(t["from"], list) else [t["from"]])
    }
    assert {(t.source, t.to, t.event, t.actor, t.dates) for t in ours.transitions} == moves
    guarded = {t["event"] for t in theirs["transitions"] if "guard" in t}
    assert guarded <= {t.event for t in ours.transitions if t.guard}
