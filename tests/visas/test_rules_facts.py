"""The law files of `visas/law/` are usable, and a fault in them is named by file, entry and key."""

import shutil
from pathlib import Path

import pytest

from visas.rules import facts
from visas.rules.facts import LawError, law, load, validate, weakest
from visas.rules.shapes import FLAGS, SHAPES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(facts.FOLDER, tmp_path / "law"))


def spoil(folder: Path, name: str, old: str, new: str) -> list[str]:
    path = folder / f"{name}.yaml"
    text = path.read_text()
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))
    return validate(folder)


def test_the_law_files_have_no_fault():
    assert validate() == []


def test_every_file_of_the_folder_is_read():
    assert {path.stem for path in facts.FOLDER.iterdir()} == set(SHAPES)


def test_every_fact_carries_a_flag_we_can_explain():
    unflagged = {"sources", "warnings", "periods", "actors", "date_words", "guards"}
    for name, entries in law().items():
        for entry in entries.values():
            assert (entry.flag in FLAGS) is (name not in unflagged), (name, entry.id)


def test_a_verified_fact_names_its_source():
    leaning = [e for entries in law().values() for e in entries.values() if e.flag.startswith("verified")]
    assert leaning
    assert [entry.id for entry in leaning if not entry.sources] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "permits",
            "flag: verified_secondary",
            "flag: sure",
            ["permits.yaml", "(a)(16)", "'flag'", "'sure'"],
        ),
        ("permits", "    days_before_expiry: 180\n", "", ["permits.yaml", "EA1", "'days_before_expiry'"]),
        (
            "permits",
            "ended_on: 2025-10-30",
            "ended_on: soon",
            ["permits.yaml", "EA2", "'ended_on'", "'soon'"],
        ),
        ("permits", "id: EA3", "id: EA1", ["permits.yaml", "EA1", "twice"]),
        ("permits", "sources: [S09]", "sources: [S99]", ["permits.yaml", "(a)(16)", "'sources'", "'S99'"]),
        ("status", "    years: 4\n", "    yeers: 4\n", ["status.yaml", "TS1", "'yeers'"]),
        ("adjustment", "cite: INA 245(l)(1)(A)", "sight: INA", ["adjustment.yaml", "A2", "'cite'"]),
        ("family", "class: T-2", "class: T-9", ["family.yaml", "spouse", "'class'"]),
        ("family", "principal_under_21: danger", "principal_under_21: maybe", ["family.yaml", "T-6"]),
        ("deadlines", "roll: back", "roll: sideways", ["deadlines.yaml", "DL09", "'roll'"]),
        ("deadlines", "deadline: DL12", "deadline: DL99", ["deadlines.yaml", "continued_presence"]),
        ("forms", "example: IOE0123456789", "example: IOE1", ["forms.yaml", "RN1", "'example'"]),
        ("machines", "to: preparing", "to: nowhere", ["machines.yaml", "t1_matter", "'nowhere'"]),
        ("machines", "actor: office", "actor: nobody", ["machines.yaml", "t1_matter", "'nobody'"]),
        (
            "machines",
            "dates: [engagement_date]",
            "dates: [x_date]",
            ["machines.yaml", "accept_case", "'x_date'"],
        ),
        ("machines", "law: BF1", "law: BF9", ["machines.yaml", "t1_matter/bfd_grant", "'law'"]),
        ("machines", "notice: DL05", "notice: DL99", ["machines.yaml", "'notice'"]),
        (
            "machines",
            "terminal: [lpr, closed",
            "terminal: [lpr",
            ["machines.yaml", "closed", "nothing leads out"],
        ),
        (
            "machines",
            "initial: screening",
            "initial: lpr",
            ["machines.yaml", "screening", "nothing leads to it"],
        ),
    ],
)
def test_a_fault_is_named_by_file_entry_and_key(folder, name, old, new, expected):
    faults = spoil(folder, name, old, new)
    assert faults
    assert any(all(word in fault for word in expected) for fault in faults), faults
    with pytest.raises(LawError):
        load(folder)


def test_a_key_written_twice_is_a_fault(folder):
    faults = spoil(folder, "status", "    years: 4\n", "    years: 4\n    years: 5\n")
    assert "status.yaml" in faults[0]
    assert "'years' stands twice" in faults[0]


def test_a_missing_file_is_named(folder):
    (folder / "family.yaml").unlink()
    assert validate(folder) == ["visas/law/family.yaml: cannot be read (No such file or directory)."]


def test_a_result_is_no_surer_than_its_weakest_fact():
    assert weakest(("verified", "verified_secondary")) == "verified_secondary"
    assert weakest(("verified", "convention")) == "convention"
    assert weakest(("recalled", "convention")) == "recalled"
