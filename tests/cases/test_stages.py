from datetime import date

import pytest

from cases import services
from cases.models.petitions import Stage
from cases.stages import (
    ACTS,
    CORRECTIONS,
    TRANSITIONS,
    InvalidTransition,
    acts_from,
    check_transition,
    outcome_of,
)
from tests.cases.making import STEPS, at_stage, decide
from tests.factories import TODAY, counsel_of

ALLOWED = {
    "draft": "signed withdrawn",
    "signed": "draft filed withdrawn",
    "filed": "served signed withdrawn",
    "served": "opposed unopposed hearing_set filed granted partly_granted denied withdrawn",
    "opposed": "hearing_set served granted partly_granted denied withdrawn",
    "unopposed": "opposed hearing_set served granted partly_granted denied withdrawn",
    "hearing_set": "served opposed unopposed granted partly_granted denied withdrawn",
    "granted": "partly_granted denied served opposed unopposed hearing_set",
    "partly_granted": "granted denied served opposed unopposed hearing_set",
    "denied": "granted partly_granted served opposed unopposed hearing_set",
    "withdrawn": "",
}


def test_every_stage_is_a_key():
    assert set(TRANSITIONS) == set(Stage)
    assert set(ALLOWED) == set(Stage.values)


@pytest.mark.parametrize("to", Stage.values)
@pytest.mark.parametrize("stage", Stage.values)
def test_each_step_is_allowed_or_refused_as_written(stage, to):
    if to in ALLOWED[stage].split():
        check_transition(stage, Stage(to))
    else:
        with pytest.raises(InvalidTransition, match="does not go from"):
            check_transition(stage, Stage(to))


def test_corrections_are_steps_of_the_table():
    assert all(to in TRANSITIONS[stage] for stage, to in CORRECTIONS.items())


def test_an_ended_petition_offers_its_correction_alone_and_a_withdrawn_one_nothing():
    offered = [[act.key for act in acts_from(stage)] for stage in ("granted", "denied", "withdrawn")]
    assert offered == [["revise"], ["revise"], []]


@pytest.mark.parametrize(
    ("results", "stage"),
    [
        (["granted", "granted"], "granted"),
        (["granted", "withdrawn"], "granted"),
        (["granted", "denied"], "partly_granted"),
        (["granted", "open"], "partly_granted"),
        (["denied", "denied"], "denied"),
        (["denied", "open"], None),
        (["open"], None),
    ],
)
def test_where_the_petition_stands_follows_from_its_charges(results, stage):
    assert outcome_of(results) == stage


def test_a_petition_without_charges_has_no_outcome():
    with pytest.raises(ValueError, match="No charge is left"):
        outcome_of(["withdrawn"])


CALLS = {
    "sign": lambda p, by: services.sign(petition=p, on=TODAY, by=by, today=TODAY),
    "file": lambda p, by: services.file(petition=p, on=TODAY, court_number="1", by=by, today=TODAY),
    "serve": lambda p, by: services.record_service(
        petition=p, recipient=p.prosecutor, method="mail", sent_on=TODAY, by=by, today=TODAY
    ),
    "answer": lambda p, by: services.record_answer(petition=p, opposed=True, on=TODAY, by=by, today=TODAY),
    "decide": lambda p, by: decide(p, "granted", on=TODAY),
    "correct": lambda p, by: services.correct(petition=p, by=by, today=TODAY, note="Wrong file"),
    "withdraw": lambda p, by: services.withdraw(petition=p, on=TODAY, by=by, today=TODAY),
}


@pytest.mark.django_db
@pytest.mark.parametrize("stage", STEPS)
def test_an_act_is_refused_from_a_stage_it_does_not_belong_to(stage):
    petition = at_stage(stage)
    by = counsel_of(petition.client)
    for key, call in CALLS.items():
        if stage not in ACTS[key].stages:
            with pytest.raises(InvalidTransition):
                call(petition, by)


@pytest.mark.django_db
def test_a_correction_goes_back_clears_the_date_and_keeps_the_note():
    petition = at_stage("filed")
    services.correct(
        petition=petition, by=counsel_of(petition.client), today=TODAY, note="Filed in another case"
    )
    petition.refresh_from_db()
    assert (petition.stage, petition.filed_on, petition.signed_on) == ("signed", None, date(2026, 6, 22))
    assert petition.events.filter(stage="signed").latest("created_at").note == "Filed in another case"


@pytest.mark.django_db
def test_a_withdrawn_petition_frees_its_charges_and_its_dates():
    petition = at_stage("served")
    services.withdraw(petition=petition, on=TODAY, by=counsel_of(petition.client), today=TODAY)
    assert set(petition.lines.values_list("result", flat=True)) == {"withdrawn"}
    assert not petition.deadlines.open().exists()
