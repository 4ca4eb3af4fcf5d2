"""The relief statutes as data: they load, they are whole, and a page can say how sure we are."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from deadlines.checks import check_deadline_law
from deadlines.law import LawError
from deadlines.rules import dated_statutes
from records.rules import all_statutes, files, get_statute, statutes_of, unconfirmed_notes
from records.rules import statutes as statute_book
from records.rules.checks import check_record_law

SHARED_LAW = Path(__file__).resolve().parents[3] / "shared" / "law"


def test_all_law_files_are_sound():
    assert statute_book.validate() == []


def test_start_up_checks_name_every_problem(monkeypatch):
    assert check_record_law() == []
    assert check_deadline_law() == []
    monkeypatch.setattr(statute_book, "validate", lambda: ["statutes.yaml: us-zz: citation is missing"])
    assert [error.msg for error in check_record_law()] == ["statutes.yaml: us-zz: citation is missing"]


def test_thirteen_statutes_in_full_and_sixty_four_rows():
    full = [statute for statute in all_statutes().values() if statute.full]
    assert (len(full), len(all_statutes()) - len(full)) == (13, 64)
    assert {statute.id for statute in full} == set(dated_statutes())


def test_every_statute_names_its_sources():
    assert all(statute.citation and statute.sources for statute in all_statutes().values())


def test_a_statute_for_a_page():
    statute = get_statute("ca-pc-236-14")
    assert statute.jurisdiction == "US-CA"
    assert statute.in_force_from.isoformat() == "2017-01-01"
    assert statute.burden == "clear_and_convincing"
    assert "state or local prosecutorial agency that obtained the conviction" in statute.service
    assert "named agencies" in statute.order_must_say
    assert [duty["who"] for duty in statute.order_duties][:1] == ["court"]
    assert "legal defect" in statute.immigration_note
    assert {source["kind"] for source in statute.sources} == {"primary", "secondary"}


def test_what_nobody_confirmed_is_said_until_an_attorney_confirms():
    statute = get_statute("ca-pc-236-14")
    notes = unconfirmed_notes(statute)
    assert notes[0] == "No attorney has confirmed this rule."
    assert any("destruction deadline" in note for note in notes)
    assert unconfirmed_notes(statute, confirmed={"ca-pc-236-14"}) == ()


def test_states_of_a_jurisdiction():
    assert [statute.id for statute in statutes_of("US-OH")] == ["us-oh", "us-oh-low", "us-oh-nonconv"]
    assert statutes_of("US-ZZ") == ()


def test_an_unknown_statute_is_refused():
    with pytest.raises(LawError, match="no statute 'us-zz'"):
        get_statute("us-zz")


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("burden_of_proof", "beyond doubt", "burden_of_proof is 'beyond doubt'"),
        ("screening", {"offense": {"test": "guess"}}, "screening.offense.test"),
    ],
)
def test_a_fault_names_file_entry_and_key(tmp_path, monkeypatch, key, value, named):
    data = yaml.safe_load((files.LAW_DIR / "statutes.yaml").read_text(encoding="utf-8"))
    data["statutes"][0][key] = value
    (tmp_path / "statutes.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    monkeypatch.setattr(files, "LAW_DIR", tmp_path)
    files.statutes.cache_clear()
    try:
        with pytest.raises(LawError) as raised:
            files.statutes()
    finally:
        files.statutes.cache_clear()
    assert "statutes.yaml: us-18usc3771a-vacatur" in str(raised.value)
    assert named in str(raised.value)


@pytest.mark.skipif(not SHARED_LAW.is_dir(), reason="../shared is not beside the project")
def test_nothing_of_the_shared_statutes_was_lost():
    core = yaml.safe_load((SHARED_LAW / "vacatur-core.yaml").read_text(encoding="utf-8"))
    for row in core["statutes"]:
        ours = get_statute(row["id"])
        assert len(ours.deadlines) == len(row["deadlines"])
        assert len(ours.order_duties) == len(row["order_duties"])
        for key in set(row) - {"deadlines", "order_duties"}:
            assert ours.row[key] == row[key], (row["id"], key)
