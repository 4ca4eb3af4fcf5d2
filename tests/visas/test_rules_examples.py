"""Every kind of worked example is answered; the shared ones exactly, where they are beside the project."""

from pathlib import Path

import pytest
import yaml

from deadlines import examples as engine
from visas.rules import examples

SHARED = Path(__file__).resolve().parents[3] / "shared" / "law" / "t-visa.yaml"

OWN = [
    ("aos_window",
     {"t1_admission_date": "2022-05-10", "status_end_date": None, "completion_letter_date": None},
     {"status_end_date": "2026-05-09", "status_end_source": "computed", "path": "three_years",
      "opens": "2025-05-10", "closes": "2026-05-09", "last_safe_receipt": "2026-05-08"}),
    ("aos_receipt", {"t1_admission_date": "2022-05-10", "status_end_date": "2026-05-09",
                     "completion_letter_date": None, "i485_received_date": "2026-05-10"}, {"result": "late"}),
    ("presence", {"t1_admission_date": "2022-05-10", "as_of": "2026-11-21",
                  "trips": [{"depart": "2026-10-01", "return": None}]},
     {"longest_elapsed": 51, "aggregate_elapsed": 51, "result": "ok", "must_return_by": "2026-12-30",
      "excused_elapsed": []}),
    ("age_out", {"relationship": "child", "dob": "2004-04-04", "married": True,
                 "i914_received_date": "2024-05-01", "i914_decision_date": None},
     {"age_on_receipt": 20, "birthday_21": "2025-04-04", "result": "not_eligible_as_child"}),
    ("derivative_class", {"principal_dob": "1990-01-01", "i914_received_date": "2024-05-01",
                          "i914_decision_date": None, "relative": "spouse", "relative_dob": "1991-01-01",
                          "married": True, "danger_of_retaliation": False, "as_of": "2026-11-21"},
     {"principal_age_on_receipt": 34, "code": "T-2"}),
    ("bfd_track", {"received_date": "2025-03-04", "rfe_date": None, "in_us": False},
     {"track": "none_outside_us"}),
    ("ead",
     {"category": "(c)(40)", "approved_date": None, "valid_to": "2030-02-09", "renewal_filed_date": None},
     {"max_valid_to": None, "renewal_opens": "2029-08-13", "auto_extended_to": None}),
    ("period", {"what": "continued_presence", "start_date": "2025-12-31"}, {"end_date": "2027-12-30"}),
    ("address_change", {"move_date": "2027-02-20"}, {"due_date": "2027-03-02"}),
    ("wait_without_work_permission", {"start_date": "2026-01-01", "as_of": "2026-02-01", "permissions": []},
     {"days": 31}),
    ("extension", {"status_end_date": "2027-12-31", "years": 1}, {"new_status_end_date": "2028-12-31"}),
    ("compliance_exception", {"dob": "1990-01-01", "first_act_date": "2020-01-01", "last_act_date": None,
                              "trauma": True, "reported": True},
     {"age_at_first_act": 30, "exception": "trauma"}),
    ("response_deadline",
     {"notice": "NOIR", "form": "I-914", "service_date": "2026-06-02", "served_by": "mail"},
     {"days": 30, "mail_days": 3, "raw_date": "2026-07-05", "due_date": "2026-07-06",
      "safe_date": "2026-07-02", "rolled": True}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _registered():
    examples.register()


@pytest.mark.parametrize(("kind", "inputs", "expected"), OWN, ids=[row[0] for row in OWN])
def test_each_kind_is_answered_through_the_registry(kind, inputs, expected):
    answer = engine.run({"id": "own", "kind": kind, "inputs": inputs, "expected": expected})
    assert answer == {"id": "own", "actual": expected, "ok": True}


def test_every_kind_of_ours_has_an_example():
    assert set(examples.KINDS) <= {row[0] for row in OWN}


def test_a_missing_input_is_an_error_and_not_a_crash():
    answer = engine.run({"id": "x", "kind": "address_change", "inputs": {}, "expected": {"due_date": None}})
    assert answer == {"id": "x", "ok": False, "error": "RuleInputError: The example needs move_date."}


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the project")
def test_the_shared_examples_are_answered_exactly():
    answers = engine.run_file(SHARED)
    assert len(answers) >= 30
    assert [answer for answer in answers if not answer["ok"]] == []


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the project")
def test_every_kind_the_shared_file_describes_is_known():
    kinds = yaml.safe_load(SHARED.read_text())["example_kinds"]
    assert set(kinds) <= set(engine.KINDS)
