"""From files to text, and the command that prints records."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from records.readers import files, read, text_of
from tests.records.sheet_maker import make_sheet

TEXT, EXPECTED = make_sheet(11)


def pdf_of(pages, password=None):
    """A PDF whose pages print the given lines in a fixed-width font."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Courier"),
        }
    )
    for lines in pages:
        page = writer.add_blank_page(612, 792)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        shown = "".join(
            f"BT /F1 9 Tf 36 {760 - 11 * row} Td ({_escaped(line)}) Tj ET\n" for row, line in enumerate(lines)
        )
        stream = DecodedStreamObject()
        stream.set_data(shown.encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _escaped(line):
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def test_pdf_with_text_gives_the_same_record_as_the_text():
    lines = TEXT.split("\n")
    data = pdf_of([lines[start : start + 60] for start in range(0, len(lines), 60)])

    assert read(text_of(data, "sheet.pdf")).to_json() == EXPECTED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_decoded(encoding):
    assert text_of("CII/A99000101 \u00c7NT\n".encode(encoding), "a.txt") == "CII/A99000101 \u00c7NT\n"


def test_bytes_of_no_encoding_are_still_text():
    assert text_of(b"CNT:01 \x81\x8d\n", "a.txt").startswith("CNT:01 ")


def test_locked_pdf_says_what_to_do():
    with pytest.raises(files.Encrypted, match="without a password"):
        text_of(pdf_of([["CII/A99000101"]], password="wren"), "a.pdf")


def test_scan_without_text_says_what_to_do():
    with pytest.raises(files.NoText, match="OCR"):
        text_of(pdf_of([[]]), "a.pdf")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x01" * 9, "a.txt"),
        (b"plain", "a.pdf"),
        (b"%PDF-1.7\ngarbage", "a.pdf"),
    ],
)
def test_other_files_are_refused(data, name):
    with pytest.raises(files.UnknownFile):
        text_of(data, name)


def test_too_large_files_are_refused(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(files.TooLarge):
        text_of(b"x" * 11, "a.txt")
    monkeypatch.undo()
    monkeypatch.setattr(files, "MAX_PAGES", 1)
    with pytest.raises(files.TooLarge, match="2 pages"):
        text_of(pdf_of([["A"], ["B"]]), "a.pdf")


def test_command_prints_one_object_a_line_and_a_bad_file_stops_nothing(tmp_path, capsys):
    good, bad = tmp_path / "good.txt", tmp_path / "bad.pdf"
    good.write_text(TEXT, encoding="utf-8")
    bad.write_bytes(b"%PDF-1.7\nbroken")

    call_command("read_rapsheet", str(bad), str(tmp_path), str(good))

    broken, folder, record = map(json.loads, capsys.readouterr().out.splitlines())
    assert record == EXPECTED
    for empty in (broken, folder):
        assert empty["events"] == []
        assert empty["subject"]["cii"] is None
        assert empty["error"]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"Dear Wren,\nsee you on Monday.\n", b"\x89PNG\r\n\x1a\n\x00"]
)
@pytest.mark.parametrize("into_folder", [False, True])
def test_command_says_of_each_file_that_it_is_no_rap_sheet(tmp_path, capsys, content, into_folder):
    good, strange = tmp_path / "good.txt", tmp_path / "strange.txt"
    good.write_text(TEXT, encoding="utf-8")
    strange.write_bytes(content)
    where = {"out": tmp_path / "out"} if into_folder else {}

    call_command("read_rapsheet", str(good), str(strange), **where)

    printed = capsys.readouterr()
    (said,) = printed.err.splitlines()
    assert str(strange) in said
    assert "nothing in this file was recognised as a RAP sheet" in said
    text = (
        (tmp_path / "out" / "strange.json").read_text(encoding="utf-8")
        if into_folder
        else printed.out.splitlines()[1]
    )
    assert json.loads(text)["events"] == []


def test_command_is_silent_about_a_sheet_that_holds_no_arrest(tmp_path, capsys):
    sheet = tmp_path / "clean.txt"
    sheet.write_text("CII/A99011223\nDOB/19900517    SEX/F\nNAM/01 DUNLIN,YARROW\n", encoding="utf-8")
    call_command("read_rapsheet", str(sheet))
    assert capsys.readouterr().err == ""


def test_command_writes_files_into_a_folder(tmp_path):
    sheet = tmp_path / "wren.txt"
    sheet.write_text(TEXT, encoding="utf-8")

    call_command("read_rapsheet", str(sheet), out=tmp_path / "out")

    assert json.loads((tmp_path / "out" / "wren.json").read_text(encoding="utf-8")) == EXPECTED


def test_command_names_a_missing_path(tmp_path):
    missing = tmp_path / "none.txt"

    with pytest.raises(CommandError, match=r"There is no file .*none\.txt"):
        call_command("read_rapsheet", str(missing))


def test_command_refuses_two_results_of_one_name(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "wren.txt").write_text(TEXT, encoding="utf-8")

    with pytest.raises(CommandError, match=r"wren\.json"):
        call_command(
            "read_rapsheet", str(tmp_path / "a" / "wren.txt"), str(tmp_path / "b" / "wren.txt"), out=tmp_path
        )
