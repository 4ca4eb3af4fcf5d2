"""Screening: the golden table that a lawyer can edit, the shared examples, what holds for any facts."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from records.rules import all_statutes, describe, examples, files, screen, statutes_of
from records.rules.offenses import parts_of, violent_standing
from records.rules.screening import screen_statute
from records.rules.statutes import get_statute
from records.rules.types import DISPOSITIONS, KINDS, ChargeFacts, ClientFacts, NexusFacts

GOLDEN = Path(__file__).with_name("golden_screening.csv")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "law" / "screening-examples.yaml"
AS_OF = date(2026, 11, 21)


def yes_no(text):
    return {"yes": True, "no": False, "": None}[text]


def day(text):
    return date.fromisoformat(text) if text else None


def golden_rows():
    with GOLDEN.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def facts_of(row):
    charge = ChargeFacts(
        jurisdiction=row["law"],
        code=row["code"] or None,
        section=row["section"] or None,
        attempted=row["attempted"] == "yes",
        severity=row["level"] or None,
        kind=row["kind"],
        disposition=row["outcome"] or None,
        dismissed_by=row["dismissed_by"] or None,
        offense_date=day(row["offense"]),
        arrest_date=day(row["arrested"]),
        disposition_date=day(row["disposed"]),
        sentence_completed="unknown" if row["sentence_ended"] == "unknown" else day(row["sentence_ended"]),
        prison_served=yes_no(row["prison"]),
        violent_elements=yes_no(row["violent"]),
        child_victim=yes_no(row["child_victim"]),
    )
    nexus = NexusFacts(
        flag=row["tie"],
        basis=tuple(row["basis"].split()),
        official_documentation=tuple(row["papers"].split()),
    )
    return charge, nexus, ClientFacts(age_at_offense=int(row["age"]) if row["age"] else None)


@pytest.mark.parametrize("row", golden_rows(), ids=lambda row: row["case"])
def test_golden_screening(row):
    finding = screen_statute(
        get_statute(row["statute"]), *facts_of(row), as_of=date.fromisoformat(row["as_of"])
    )
    expected = set(filter(None, row["because"].split("; ")))
    assert (finding.answer, set(finding.because)) == (row["answer"], expected)


def make_charge(**changes):
    plainest = {
        "jurisdiction": "US-CA",
        "code": "PC",
        "section": "487(a)",
        "severity": "F",
        "kind": "conviction",
        "disposition": "convicted",
    }
    return ChargeFacts(**{**plainest, **changes})


TIED = NexusFacts(flag="yes", basis=("direct_result",))


def ask(charge, nexus=TIED, jurisdiction="US-CA", **changes):
    found = screen(charge, nexus, ClientFacts(), jurisdiction=jurisdiction, as_of=AS_OF, **changes)
    return {finding.statute_id: finding for finding in found}


def test_asked_law_and_the_law_of_the_charge_both_answer_once():
    found = screen(
        make_charge(jurisdiction="US", code="US", section="18 1708"),
        TIED,
        ClientFacts(),
        jurisdiction="US-CA",
        as_of=AS_OF,
    )
    assert [finding.statute_id for finding in found] == [
        statute.id for place in ("US-CA", "US") for statute in statutes_of(place)
    ]


def test_a_refusal_says_why_in_plain_words():
    finding = ask(make_charge(section="211"))["ca-pc-236-14"]
    assert finding.sentences[0] == (
        "the offense is shut out: “Robbery of any degree” is on the 667.5(c) list of violent felonies"
    )


def test_a_charge_that_is_reached_says_what_holds():
    finding = ask(make_charge())["ca-pc-236-14"]
    assert finding.holds == (
        "convicted",
        "not on the 667.5(c) list of violent felonies",
        "tied to the trafficking",
    )


def test_a_doubt_says_what_would_change_the_answer():
    finding = ask(make_charge(disposition=None))["ca-pc-236-14"]
    assert finding.changes == ("a disposition",)
    waiting = ask(make_charge(section="647(b)", sentence_completed=date(2027, 3, 1)))["ca-pc-1203-49"]
    assert waiting.changes == ("asked again on or after Mar 1, 2027",)


def test_confirming_the_list_takes_the_mark_away_and_only_there():
    confirmed = {"ca-violent-felonies": "Noor Haddad", "ca-pc-236-14": "Noor Haddad"}
    before, after = ask(make_charge()), ask(make_charge(), confirmed=confirmed)
    assert before["ca-pc-236-14"].because == ("unverified_rule",)
    assert before["ca-pc-236-14"].unconfirmed
    assert after["ca-pc-236-14"].because == ()
    assert not after["ca-pc-236-14"].unconfirmed
    assert after["ca-pc-236-15"].unconfirmed


def test_confirming_the_list_lets_an_item_from_memory_refuse():
    burglary = make_charge(section="460(a)", violent_elements=True)
    assert ask(burglary)["ca-pc-236-14"].answer == "cannot_tell"
    confirmed = ask(burglary, confirmed={"ca-violent-felonies"})["ca-pc-236-14"]
    assert confirmed.because == ("offense_excluded:PC 667.5(c)(21)",)


def test_florida_papers_lower_the_burden_and_raise_the_presumption():
    charge = make_charge(jurisdiction="US-FL", code="FS", section="796.07(2)(e)")
    bare = ask(charge, NexusFacts(flag="yes"), "US-FL")["fl-943-0583"]
    papers = NexusFacts(flag="yes", official_documentation=("t_visa_approval",))
    with_papers = ask(charge, papers, "US-FL")["fl-943-0583"]
    assert (bare.burden, bare.presumption) == ("clear_and_convincing", "no")
    assert (with_papers.burden, with_papers.presumption) == ("preponderance", "yes")


@pytest.mark.parametrize(
    ("section", "plain"),
    [
        ("496(a)", "receiving stolen property"),
        ("211", "robbery"),
        ("484(a)/490.5(a)", "theft; petty theft from a shop"),
        ("647(b)(9)", "soliciting or engaging in prostitution (one subsection for all sides before 2017)"),
    ],
)
def test_a_section_in_plain_words(section, plain):
    words = describe("PC", section)
    assert words.plain == plain
    assert not words.verified


@pytest.mark.parametrize(
    ("code", "section"), [("PC", "99999"), (None, "211"), ("PC", None), ("LAMC", "41.18")]
)
def test_a_section_that_is_not_in_the_table_gets_no_words(code, section):
    assert describe(code, section) is None


def test_parts_of_a_joined_section():
    assert parts_of("664/187(a)") == (("187(a)",), True)
    assert parts_of("484(a)/490.5") == (("484(a)", "490.5"), False)


@pytest.mark.parametrize(
    ("section", "standing"),
    [
        ("288(a)", "section"),
        ("288(c)(1)", "outside"),
        ("288", "ambiguous"),
        ("243", "condition"),
        ("1203.2", "not_an_offense"),
        ("218", "open"),
    ],
)
def test_standing_on_the_violent_list(section, standing):
    assert violent_standing("PC", section, False).standing == standing


charges = st.builds(
    ChargeFacts,
    jurisdiction=st.sampled_from(sorted({statute.jurisdiction for statute in all_statutes().values()})),
    code=st.sampled_from(["PC", "US", "FS", "ILCS", "ARS", None]),
    section=st.sampled_from(
        ["647(b)", "211", "459", "18 1708", "812.13", "720 5/11-14", "13-3214", "", None]
    ),
    attempted=st.booleans(),
    severity=st.sampled_from(["F", "M", "I", None]),
    kind=st.sampled_from(KINDS),
    disposition=st.sampled_from([*DISPOSITIONS, None]),
    dismissed_by=st.sampled_from(["government", "court", None]),
    offense_date=st.none() | st.dates(date(2000, 1, 1), AS_OF),
    arrest_date=st.none() | st.dates(date(2000, 1, 1), AS_OF),
    disposition_date=st.none() | st.dates(date(2000, 1, 1), AS_OF),
    sentence_completed=st.sampled_from([None, "unknown", date(2020, 2, 29), date(2027, 3, 1)]),
    prison_served=st.sampled_from([True, False, None]),
    violent_elements=st.sampled_from([True, False, None]),
    child_victim=st.sampled_from([True, False, None]),
)
reviews = st.builds(
    NexusFacts,
    flag=st.sampled_from(["yes", "no", "not_reviewed"]),
    basis=st.lists(st.sampled_from(["direct_result", "result", "scheme_or_direction"]), max_size=2).map(
        tuple
    ),
    official_documentation=st.sampled_from([(), ("t_visa_approval",)]),
)


@given(charge=charges, nexus=reviews, age=st.none() | st.integers(10, 60))
def test_what_holds_for_any_facts(charge, nexus, age):
    words = files.reasons()["reasons"]
    found = screen(charge, nexus, ClientFacts(age_at_offense=age), jurisdiction="US-CA", as_of=AS_OF)
    assert len({finding.statute_id for finding in found}) == len(found)
    for finding in found:
        for reason in finding.reasons:
            assert finding.answer in words[reason.name]["with"]
            assert reason.sentence
        if finding.answer == "reaches":
            assert set(finding.because) <= {"unverified_rule"}
            assert charge.code
            assert charge.section
            assert charge.disposition is not None
        else:
            assert finding.because
        if finding.answer == "does_not_reach" and charge.disposition is None:
            assert not {"no_conviction", f"kind_not_reached:{charge.kind}"} & set(finding.because)


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not beside the project")
def test_shared_examples_come_out_exactly():
    def comparable(results):
        return sorted(
            ({**result, "because": sorted(result["because"])} for result in results), key=json.dumps
        )

    data = yaml.safe_load(SHARED.read_text(encoding="utf-8"))
    wrong = [
        example["id"]
        for example in data["examples"]
        if comparable(examples.run(example)["results"]) != comparable(example["expected"])
    ]
    assert wrong == []


def test_facts_that_cannot_be_read_are_named():
    result = examples.run(
        {"id": "X", "inputs": {"jurisdiction": "US-CA", "as_of": "2026-11-21", "charge": {}}}
    )
    assert result["results"] == []
    assert "kind" in result["error"]


def test_command_prints_one_json_line_per_example(tmp_path, capsys):
    charge = {"jurisdiction": "US-WY", "kind": "conviction", "disposition": "convicted", "code": "WS"}
    inputs = {
        "jurisdiction": "US-WY",
        "as_of": "2026-11-21",
        "charge": {**charge, "section": "6-3-602", "court": "District Court", "county": "Laramie"},
        "nexus": {"flag": "yes", "basis": ["result"]},
        "client": {"age_at_offense": None},
    }
    file = tmp_path / "examples.yaml"
    file.write_text(yaml.safe_dump({"examples": [{"id": "X-1", "inputs": inputs}]}), encoding="utf-8")
    call_command("screen", str(file))
    assert json.loads(capsys.readouterr().out) == {
        "id": "X-1",
        "results": [
            {
                "statute": "us-wy",
                "answer": "reaches",
                "because": ["unverified_rule"],
                "burden": "not_stated",
                "presumption": "not_found",
            }
        ],
    }
