import io
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn

from documents.papers import PaperError, blank, render, render_template, template_for
from documents.papers.build_templates import main
from documents.papers.render import FOLDER, PAPERS

STATUTES = ("ca-pc-236-14", "us-18usc3771a-vacatur", "us-18usc3771a-arrest")


def template(tmp_path, text):
    document = Document()
    document.add_paragraph(text)
    document.core_properties.author = "Sorrel Jay"
    path = tmp_path / "one.docx"
    document.save(path)
    return path


def words_of(content):
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


@pytest.mark.parametrize("statute", STATUTES)
@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_of_every_statute_has_a_template(paper, statute):
    assert template_for(paper, statute).is_file()


def test_there_is_no_template_for_another_statute():
    with pytest.raises(PaperError):
        template_for("petition", "tx-gc-411-0728")


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ word.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ lipsum.__globals__['os'].popen('id').read() }}",
        "{{ rows.append('x') }}",
    ],
)
def test_the_sandbox_refuses_a_template_that_reaches_out(tmp_path, attack):
    with pytest.raises(PaperError, match=r"SecurityError|UndefinedError"):
        render_template(template(tmp_path, attack), {"word": "x", "rows": ["a"]})


def test_a_word_nobody_gave_is_an_error_not_a_gap(tmp_path):
    with pytest.raises(PaperError, match="UndefinedError"):
        render_template(template(tmp_path, "Dear {{ missing }}"), {})


def test_a_value_is_text_never_a_template_and_never_markup(tmp_path):
    value = "{{ 7 * 7 }} <w:p>& \x00\x0b\x07 end"
    said = words_of(render_template(template(tmp_path, "{{ value }}"), {"value": value}))
    assert "49" not in said
    assert "<w:p>&" in said
    assert said.endswith("end")


def test_no_maker_is_left_in_the_properties(tmp_path):
    content = render_template(template(tmp_path, "Hello"), {})
    properties = Document(io.BytesIO(content)).core_properties
    assert (properties.author, properties.title, properties.last_modified_by, properties.comments) == (
        "",
        "",
        "",
        "",
    )
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert not any(b"Sorrel" in package.read(name) for name in package.namelist())


def test_a_blank_is_shaded_in_a_run_of_its_own(tmp_path):
    content = render_template(
        template(tmp_path, "Filed in {{ where }} today"), {"where": blank("the county")}
    )
    runs = Document(io.BytesIO(content)).paragraphs[0].runs
    assert [(run.text, run.font.highlight_color is not None) for run in runs] == [
        ("Filed in ", False),
        ("[BLANK: the county]", True),
        (" today", False),
    ]


def test_the_committed_templates_are_what_the_script_makes(tmp_path, monkeypatch):
    monkeypatch.setattr("documents.papers.build_templates.FOLDER", tmp_path)
    main(tmp_path)
    assert {path.name for path in tmp_path.glob("*.docx")} == {path.name for path in FOLDER.glob("*.docx")}
    for path in FOLDER.glob("*.docx"):
        with zipfile.ZipFile(path) as ours, zipfile.ZipFile(tmp_path / path.name) as made:
            for part in ("word/document.xml", "word/styles.xml"):
                assert ours.read(part) == made.read(part), (path.name, part)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.docx")), ids=lambda path: path.stem)
def test_every_paragraph_has_a_style_of_its_kind_and_none_is_set_by_hand(path):
    word = Document(path)
    cells = [cell for table in word.tables for row in table.rows for cell in row.cells]
    every = [*word.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]
    printed = [p for p in every if p.text.strip() and not p.text.startswith(("{%p", "{%tr"))]
    assert {p.style.name for p in printed} & {"Normal"} == set()
    assert {"Title", "Attorney Block", "Caption Text", "Attorney Note"} <= {p.style.name for p in printed}
    for paragraph in printed:
        assert paragraph.paragraph_format.line_spacing is None, paragraph.text
        assert paragraph.alignment is None, paragraph.text
        assert paragraph.paragraph_format.first_line_indent is None, paragraph.text
    for name in ("Title", "Heading 1", "Body Text", "List Number"):
        style = word.styles[name]
        assert (style.font.name, style.element.find(".//" + qn("w:numPr"))) == ("Times New Roman", None)


def test_headings_and_numbered_paragraphs_can_be_told_apart():
    word = Document(FOLDER / "petition-ca-pc-236-14.docx")
    by_style = {}
    for paragraph in word.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert "VICTIM OF HUMAN TRAFFICKING" in by_style["Heading 1"]
    assert all(text.startswith("{{ number() }}.") for text in by_style["List Number"])


def test_a_paper_needs_its_words():
    with pytest.raises(PaperError, match="petition-ca-pc-236-14"):
        render("petition", "ca-pc-236-14", {})
