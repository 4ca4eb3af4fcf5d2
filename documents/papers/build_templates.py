"""Makes the Word templates of `documents/papers/templates/`.

Run `python -m documents.papers.build_templates` after a change here; the .docx files are committed, so that an
office can open and edit them in Word. What each paper holds, and in what order, follows the office's list of
papers and sections: caption, relief, records, offense by offense in the statute's own words, evidence,
confidentiality, service, prayer, signature, oath. Nothing is shared between statutes that differs between
them: the tie to the trafficking, the oath and the findings are written out for each.

Look: every paragraph has a style (Title, Heading 1, Body Text, List Number and a few of our own), which an office
may change in Word. California pleading paper, rules of court 2.108 to 2.111 (28 numbered lines at exactly 24 points, court
title on line 8, footer with page number and title of the paper). Used for the federal papers as well: the Central
and Northern Districts of California ask for the same grid.
"""

# ruff: noqa: E501 - the sentences of the papers stay whole, so that they can be read and searched for

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from documents.papers.render import FOLDER, forget_maker

CA, US_VACATUR, US_ARREST = "ca-pc-236-14", "us-18usc3771a-vacatur", "us-18usc3771a-arrest"
LINES = 28
RULE = "______________________________"


BODY, LEFT, HEAD, TITLE, ITEM = "Body Text", "Body Text Left", "Heading 1", "Title", "List Number"
BLOCK, CAPTION, CELL, SIGN = "Attorney Block", "Caption Text", "Table Text", "Signature Block"
NOTE_HEAD, NOTE = "Attorney Note Heading", "Attorney Note"
"""Every paragraph has a style of its own kind, so that an office changes its look in one place in Word."""


class Paper:
    """A template in the making, on numbered paper."""

    def __init__(self) -> None:
        self.word: WordDocument = Document()
        self._page()
        self._styles()
        self._note()

    def _styles(self) -> None:
        """The styles of the paper: those that Word knows by name, made plain, and a few of our own."""
        for name in (BODY, HEAD, "Heading 2", TITLE, ITEM):
            self._plain(name)
        for name in (LEFT, BLOCK, CAPTION, CELL, SIGN, NOTE_HEAD, NOTE):
            self.word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            self._plain(name)
        styles: Any = self.word.styles
        for name in (BODY, ITEM):
            styles[name].paragraph_format.first_line_indent = Inches(0.5)
        for name in (TITLE, HEAD, NOTE_HEAD):
            styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for name in (TITLE, HEAD, "Heading 2", NOTE_HEAD):
            styles[name].font.bold = True
            styles[name].paragraph_format.keep_with_next = True
        for name, after in ((CAPTION, 12), (CELL, 0), (NOTE_HEAD, 6), (NOTE, 6)):
            styles[name].paragraph_format.line_spacing = Pt(12)
            styles[name].paragraph_format.space_after = Pt(after)
        for name in (CELL, NOTE):
            styles[name].font.size = Pt(10)

    def _plain(self, name: str) -> None:
        """A style without the colours, lines, theme fonts and numbering that Word's own begins with."""
        style: Any = self.word.styles[name]
        for found in (style.element.pPr, style.element.rPr):
            if found is not None:
                style.element.remove(found)
        style.base_style = self.word.styles["Normal"]
        style.next_paragraph_style = style if name not in (HEAD, TITLE) else self.word.styles[BODY]
        style.font.name = "Times New Roman"
        style.hidden, style.quick_style = False, True

    def _note(self) -> None:
        """A page before the paper: which rules nobody has confirmed. It is taken out before filing."""
        self.text("{%p if notes %}")
        self.text("FOR THE ATTORNEY: REMOVE THIS PAGE BEFORE FILING", NOTE_HEAD)
        self.text(
            "This paper leans on rules that no attorney has confirmed. Read each against the current text.",
            NOTE,
        )
        self.text("{%p for note in notes %}")
        self.text("– {{ note }}", NOTE)
        self.text("{%p endfor %}")
        self.text("", NOTE).add_run().add_break(WD_BREAK.PAGE)
        self.text("{%p endif %}")

    def _page(self) -> None:
        section = self.word.sections[0]
        section.page_width, section.page_height = Inches(8.5), Inches(11)
        section.left_margin, section.right_margin = Inches(1.5), Inches(0.5)
        section.top_margin, section.bottom_margin = Inches(1), Inches(0.67)
        section.header_distance, section.footer_distance = Inches(0.4), Inches(0.3)
        style = self.word.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(12)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(24)
        form.widow_control = False
        self._line_numbers(section.header)
        self._rule_at_the_margin(section._sectPr)
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        footer.paragraph_format.line_spacing = Pt(12)
        _field(footer, "PAGE")
        footer.add_run().add_break()
        footer.add_run("{{ title }}").font.size = Pt(10)
        _border(footer, "top")

    def _line_numbers(self, header: Any) -> None:
        """28 numbers in a frame at the left edge of every page, in step with the text."""
        for number in range(1, LINES + 1):
            line = header.paragraphs[0] if number == 1 else header.add_paragraph()
            line.add_run(str(number))
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            line.paragraph_format.line_spacing = Pt(24)
            frame = OxmlElement("w:framePr")
            for key, value in (("w", 500), ("hSpace", 120), ("wrap", "around"), ("vAnchor", "page"),
                               ("hAnchor", "page"), ("x", 1250), ("y", 1440)):  # fmt: skip
                frame.set(qn(f"w:{key}"), str(value))
            line._p.get_or_add_pPr().insert(0, frame)

    def _rule_at_the_margin(self, properties: Any) -> None:
        borders = OxmlElement("w:pgBorders")
        borders.set(qn("w:offsetFrom"), "text")
        for side, kind in (("left", "double"), ("right", "single")):
            edge = OxmlElement(f"w:{side}")
            for key, value in (("val", kind), ("sz", "4"), ("space", "5"), ("color", "auto")):
                edge.set(qn(f"w:{key}"), value)
            borders.append(edge)
        properties.insert_element_before(borders, "w:lnNumType", "w:pgNumType", "w:cols", "w:docGrid")

    # -- pieces ------------------------------------------------------------------------------------

    def text(self, words: str, style: str = LEFT) -> Paragraph:
        return self.word.add_paragraph(words, style)

    def head(self, words: str) -> None:
        self.text(words, HEAD)

    def item(self, words: str) -> None:
        """A numbered paragraph; the number is counted when the paper is filled."""
        self.text("{{ number() }}.  " + words, ITEM)

    def each(self, loop: str, lines: Iterable[str]) -> None:
        """Paragraphs that repeat for every row of a list; `loop` is "charge in charges"."""
        self.text(f"{{%p for {loop} %}}")
        for line in lines:
            self.text(line, BODY)
        self.text("{%p endfor %}")

    def given(self, test: str, words: str) -> None:
        """A paragraph that stands only where the fact is known."""
        self.text(f"{{%p if {test} %}}")
        self.item(words)
        self.text("{%p endif %}")

    def rows(self, loop: str, heads: Sequence[str], cells: Sequence[str], widths: Sequence[float]) -> None:
        """A table with one row for every item of a list."""
        table = self.word.add_table(rows=1, cols=len(heads))
        table.style = "Table Grid"
        table.autofit = False
        _fill(table, 0, heads, bold=True)
        _repeat_head(table)
        table.add_row().cells[0].text = f"{{%tr for {loop} %}}"
        table.add_row()
        _fill(table, 2, cells)
        table.add_row().cells[0].text = "{%tr endfor %}"
        for column, width in zip(table.columns, widths, strict=True):
            for cell in column.cells:
                cell.width = Inches(width)
        self.text("")

    def caption(self, role: str) -> None:
        """Attorney block from line 1, court title on line 8, title box left, numbers and title right."""
        for line in (
            "{{ attorney.name }} (SBN {{ attorney.bar }})",
            "{{ attorney.office }}",
            "{{ attorney.address }}",
            "Telephone: {{ attorney.phone }}",
            "E-mail: {{ attorney.email }}",
            f"Attorney for {role}",
            "",
        ):
            self.text(line, BLOCK)
        self.text("{{ court_title }}", TITLE)
        self.text("")
        table = self.word.add_table(rows=1, cols=2)
        left, right = table.rows[0].cells
        left.width, right.width = Inches(3.2), Inches(3.2)
        _lines(left, ["{{ people }}", "{{ name }},", "{{ party_role }}"])
        _cell_border(left, ("right", "bottom"))
        _lines(
            right,
            ["Case No. {{ dockets }}", "{{ title }}", "{{ mark }}", "Hearing: {{ hearing }}"],
            bold=(1, 2),
        )
        self.text("")

    def signature(self, name: str, role: str) -> None:
        for line in (f"Dated: {RULE}", "", RULE, name, role):
            self.text(line, SIGN)

    def save(self, name: str) -> None:
        forget_maker(self.word)
        self.word.save(str(FOLDER / name))


def _lines(cell: Any, lines: Sequence[str], bold: Sequence[int] = ()) -> None:
    for index, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
        paragraph.style = CAPTION
        paragraph.add_run(line).bold = index in bold


def _fill(table: Table, row: int, words: Sequence[str], bold: bool = False) -> None:
    for cell, text in zip(table.rows[row].cells, words, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.style = CELL
        paragraph.add_run(text).bold = bold


def _repeat_head(table: Table) -> None:
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


def _cell_border(cell: Any, sides: Sequence[str]) -> None:
    borders = OxmlElement("w:tcBorders")
    for side in sorted(sides):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:val"), "single")
        edge.set(qn("w:sz"), "4")
        borders.append(edge)
    cell._tc.get_or_add_tcPr().append(borders)


def _border(paragraph: Paragraph, side: str) -> None:
    borders, edge = OxmlElement("w:pBdr"), OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "auto")):
        edge.set(qn(f"w:{key}"), value)
    borders.append(edge)
    paragraph._p.get_or_add_pPr().append(borders)


def _field(paragraph: Paragraph, code: str) -> None:
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


# -- California, Penal Code 236.14 -----------------------------------------------------------------

CA_OATH = (
    "I declare under penalty of perjury under the laws of the State of California that the foregoing is true and "
    "correct, except as to matters stated on information and belief, and as to those I believe it to be true."
)
PLACE = f"Executed on {RULE}, at {RULE} (city and state)."


def ca_petition() -> Paper:
    paper = Paper()
    paper.caption("Petitioner")
    paper.head("RELIEF ASKED")
    paper.item(
        "Petitioner {{ name }} asks this Court under Penal Code section 236.14 to {{ relief.ask }}, and "
        "to order every agency that holds a record of them to seal and destroy it."
    )
    paper.head("PETITIONER, VENUE AND ONE PETITION FOR THIS COUNTY")
    paper.item("Petitioner appears as {{ name.rstrip('.') }}. {{ name_note }}")
    paper.item(
        "Every arrest and case below arose in the County of {{ county }} and was brought by the {{ prosecutor }}. "
        "One petition for them is proper (Cal. Stds. Jud. Admin., std. 4.15(a))."
    )
    paper.head("{{ relief.head }}")
    paper.item("These are the records to which this petition goes:")
    _records(paper)
    paper.head("EACH OFFENSE IS NONVIOLENT")
    paper.item("None of the offenses is listed in Penal Code section 667.5, subdivision (c): {{ sections }}.")
    paper.head("VICTIM OF HUMAN TRAFFICKING")
    paper.item(
        "{{ facts.period }}, petitioner was a victim of human trafficking as Penal Code section 236.1 uses that term. {{ facts.means }}"
    )
    paper.head("EACH OFFENSE WAS THE DIRECT RESULT OF BEING TRAFFICKED, AND INTENT WAS LACKING")
    paper.each(
        "charge in charges",
        [
            "{{ charge.citation }} ({{ charge.description }}), case {{ charge.docket }}, arrest of {{ charge.arrested_on }}: "
            "this was the direct result of being a victim of human trafficking. {{ charge.nexus }}",
            "Because of this, petitioner lacked the requisite intent to commit the offense charged under {{ charge.citation }}.",
        ],
    )
    paper.head("GOOD FAITH, INTERESTS AND TIMING")
    paper.item(
        "Petitioner has made a good-faith effort to distance from the person who exploited petitioner, as far as was safe: {{ facts.distance }}"
    )
    paper.item(
        "Relief is in the best interest of petitioner and in the interest of justice: {{ facts.interests }}"
    )
    paper.item("This petition comes after the trafficking ended or services were sought: {{ facts.timing }}")
    paper.head("GROUNDS AND EVIDENCE")
    paper.item(
        "All grounds and evidence now available to petitioner are these (Pen. Code, § 236.14, subd. (b)):"
    )
    paper.each("line in evidence", ["– {{ line }}"])
    paper.given(
        "facts.money",
        "Money owed: {{ facts.money }} Petitioner asks that collection be stayed and later lifted, except restitution owed to a person.",
    )
    paper.head("CONFIDENTIALITY AND APPEARANCE")
    paper.item(
        "Petitioner asks that the petition, the filings and the records be designated confidential "
        "(Cal. Stds. Jud. Admin., std. 4.15(b)(1); Pen. Code, § 236.14)."
    )
    paper.given(
        "facts.remote", "Petitioner asks to appear by counsel, or by telephone or video: {{ facts.remote }}"
    )
    paper.head("SERVICE")
    paper.item(
        "This petition and its supporting papers are served on the {{ prosecutor }}. The answer is due within 45 days "
        "of receipt (Pen. Code, § 236.14, subd. (c))."
    )
    paper.head("PRAYER")
    paper.text("Petitioner asks the Court to:", BODY)
    for line in (
        "(a) find that petitioner was a victim of human trafficking when each offense was committed, that each was the direct result of it, and that petitioner “lacked the requisite intent to commit the offense”;",
        "(b) {{ relief.prayer }}, as “invalid due to legal defect at the time of the arrest or conviction”;",
        "(c) tell the Department of Justice, and order each agency named in the proposed order to seal and then destroy its records;",
        "(d) keep this file confidential, and give certified copies to petitioner and counsel.",
    ):
        paper.text(line, BODY)
    paper.signature("{{ attorney.name }}", "Attorney for Petitioner")
    paper.head("VERIFICATION")
    paper.text(
        "I am the petitioner. I have read this petition, or it was read to me in my language, and I know what it says. "
        + CA_OATH,
        BODY,
    )
    for line in (PLACE, "", RULE):
        paper.text(line, SIGN)
    paper.text("{{ name }}, Petitioner", SIGN)
    return paper


def _records(paper: Paper) -> None:
    paper.rows(
        "charge in charges",
        ["No.", "Arrest", "Case", "Offense", "Offense date", "Disposition"],
        [
            "{{ charge.number }}",
            "{{ charge.arrested_on }}, {{ charge.agency }}",
            "{{ charge.docket }}",
            "{{ charge.citation }}, {{ charge.description }}",
            "{{ charge.offense_on }}",
            "{{ charge.disposition }}, {{ charge.disposed_on }}",
        ],
        [0.5, 1.4, 1.1, 1.5, 0.9, 1.1],
    )


def _results(paper: Paper) -> None:
    paper.rows(
        "charge in charges",
        ["No.", "Case", "Offense", "Arrest", "Result"],
        [
            "{{ charge.number }}",
            "{{ charge.docket }}",
            "{{ charge.citation }}, {{ charge.description }}",
            "{{ charge.arrested_on }}, {{ charge.agency }}",
            "☐ Granted   ☐ Denied",
        ],
        [0.5, 1.2, 1.9, 1.5, 1.4],
    )


def _agencies(paper: Paper) -> None:
    paper.rows(
        "agency in agencies",
        ["Agency", "Must", "By"],
        ["{{ agency.name }}", "{{ agency.duty }}", "{{ agency.due }}"],
        [3.0, 2.0, 1.5],
    )


def _judge(paper: Paper, role: str) -> None:
    paper.text("IT IS SO ORDERED.", "Heading 2")
    paper.signature("", role)


def ca_order() -> Paper:
    paper = Paper()
    paper.caption("Petitioner")
    paper.text(
        "The petition of {{ name }} under Penal Code section 236.14 came before the Court. Having read the papers and the evidence, THE COURT FINDS:",
        BODY,
    )
    paper.item(
        "The petition was served on the {{ prosecutor }} and received on {{ received_on }}. It was ☐ opposed ☐ not opposed."
    )
    paper.item(
        "Petitioner was a victim of human trafficking at the time of each offense marked granted, shown by clear and convincing evidence."
    )
    paper.item(
        "The commission of each such offense was the direct result of being a victim of human trafficking."
    )
    paper.item(
        "Petitioner “lacked the requisite intent to commit the offense”. Each such {{ relief.each }} is “invalid due to legal defect at the time of the arrest or conviction”."
    )
    paper.item(
        "Petitioner has made a good-faith effort to distance from the perpetrator of the trafficking. Relief is in the best interest of petitioner and in the interest of justice."
    )
    paper.text("THE COURT ORDERS, for each case and offense:", BODY)
    _results(paper)
    paper.item(
        "{{ relief.decree }}, because petitioner “lacked the requisite intent to commit the offense” and each is “invalid due to legal defect at the time of the arrest or conviction”."
    )
    paper.item(
        "The Department of Justice shall be told that petitioner was a victim of human trafficking when the offense was committed, and of the relief ordered."
    )
    paper.item(
        "Each agency below shall seal its records of the arrests and cases marked granted, and then destroy them and this order as Penal Code section 236.14, subdivision (k), requires:"
    )
    _agencies(paper)
    paper.given("facts.money", "Fines, fees and collection: {{ facts.money }}")
    paper.item(
        "Petitioner may lawfully deny or refuse to acknowledge the {{ relief.set_aside }} set aside by this order."
    )
    paper.item(
        "The file, this order included, is confidential. Certified copies of this order go to petitioner and counsel."
    )
    _judge(paper, "Judge of the Superior Court")
    return paper


# -- Federal, 18 U.S.C. 3771A ----------------------------------------------------------------------

US_OATH = (
    "I declare under penalty of perjury under the laws of the United States of America that the foregoing is true "
    "and correct (28 U.S.C. § 1746)."
)


def _us_end(paper: Paper) -> None:
    paper.head("EVIDENCE")
    paper.item(
        "The supporting evidence is described here; copies of the documents that show the right to relief are attached:"
    )
    paper.each("line in evidence", ["– {{ line }}"])
    paper.given(
        "facts.provider",
        "A provider or clinician states under oath that movant was trafficked: {{ facts.provider }}",
    )
    paper.item("Other proof was looked for and is not readily at hand: {{ facts.search }}")
    paper.item("No one else need be arrested, charged or convicted for this relief.")
    paper.given("facts.position", "Position of the Government: {{ facts.position }}")
    paper.head("SEAL AND FEE")
    paper.item(
        "This motion, its documents and every order on it are filed under seal (18 U.S.C. § 3771A(h)). No fee is due."
    )
    paper.head("SERVICE")
    paper.item("This motion and its affidavits are served on the {{ prosecutor }}.")


def us_vacatur_motion() -> Paper:
    paper = Paper()
    paper.caption("Movant")
    paper.head("RELIEF ASKED")
    paper.item(
        "Movant {{ name }} asks this Court under 18 U.S.C. § 3771A to vacate for cause the convictions listed below and to order their expungement."
    )
    paper.head("THE OFFENSES")
    paper.item("This Court entered judgment for these offenses:")
    _records(paper)
    paper.head("EACH IS A LEVEL A OFFENSE")
    paper.item(
        "No element of {{ sections }} is the use, attempted use or threatened use of physical force against a person or property (18 U.S.C. § 16(a))."
    )
    paper.head("VICTIM OF TRAFFICKING")
    paper.item(
        "{{ facts.period }}, movant was a victim of trafficking as 22 U.S.C. § 7102 defines it. {{ facts.means }}"
    )
    paper.head("EACH OFFENSE WAS A DIRECT RESULT")
    paper.each(
        "charge in charges",
        [
            "{{ charge.citation }}, case {{ charge.docket }}: taking part in this offense was a direct result of having been a victim of trafficking. {{ charge.nexus }}"
        ],
    )
    _us_end(paper)
    paper.head("PRAYER")
    paper.text(
        "Movant asks the Court to “vacate the conviction for cause”, to “set aside the verdict and enter a judgment of acquittal” on each offense, to find that the judgment was legally infirm because the conduct was compelled, and to order every reference to the arrest, the proceedings and their results expunged from all official records.",
        BODY,
    )
    paper.signature("{{ attorney.name }}", "Attorney for Movant")
    return paper


def us_arrest_motion() -> Paper:
    paper = Paper()
    paper.caption("Movant")
    paper.head("RELIEF ASKED")
    paper.item(
        "Movant {{ name }} asks this Court under 18 U.S.C. § 3771A to order the records of the arrests listed below expunged."
    )
    paper.head("THE ARRESTS")
    paper.item("Movant was arrested in this district and division:")
    _records(paper)
    paper.head("LEVEL OF EACH ARREST")
    paper.item("{{ facts.level }}")
    paper.head("VICTIM OF TRAFFICKING")
    paper.item(
        "{{ facts.period }}, movant was a victim of trafficking as 22 U.S.C. § 7102 defines it. {{ facts.means }}"
    )
    paper.head("WHAT LED TO EACH ARREST WAS DIRECTLY RELATED")
    paper.each(
        "charge in charges",
        [
            "{{ charge.citation }}, arrest of {{ charge.arrested_on }}: the conduct or alleged conduct that led to this arrest was directly related to movant having been a victim of trafficking. {{ charge.nexus }}"
        ],
    )
    _us_end(paper)
    paper.head("PRAYER")
    paper.text(
        "Movant asks the Court to order every reference to the arrests, any proceedings and their results expunged from all official records, so that each “shall not be regarded as an arrest under Federal law”.",
        BODY,
    )
    paper.signature("{{ attorney.name }}", "Attorney for Movant")
    return paper


def us_vacatur_order() -> Paper:
    paper = Paper()
    paper.caption("Movant")
    paper.text(
        "On the sealed motion of {{ name }} under 18 U.S.C. § 3771A, after notice to the Government and an opportunity to be heard, THE COURT FINDS by a preponderance of the evidence:",
        BODY,
    )
    paper.item("Movant was convicted of each level A offense below.")
    paper.item(
        "Movant was a victim of trafficking (22 U.S.C. § 7102), and taking part in each offense marked granted was a direct result of it. The judgment was legally infirm because the conduct was compelled."
    )
    paper.item(
        "Where the Court relied on an affidavit alone, it is credible and no other evidence is readily available. ☐ Yes ☐ Not relied on"
    )
    paper.text("THE COURT ORDERS, for each case and offense:", BODY)
    _results(paper)
    paper.item(
        "For each offense marked granted the Court does “vacate the conviction for cause” and “set aside the verdict and enter a judgment of acquittal”. It “shall not be regarded as a conviction under Federal law”."
    )
    paper.item(
        "Each agency below shall expunge every reference to the arrest, the proceedings and their results from all official records:"
    )
    _agencies(paper)
    paper.item("Fines and restitution: " + RULE)
    paper.item(
        "The parties shall take every further action needed for full relief. This file stays sealed. Copies go to movant and counsel."
    )
    _judge(paper, "United States District Judge")
    return paper


def us_arrest_order() -> Paper:
    paper = Paper()
    paper.caption("Movant")
    paper.text(
        "On the sealed motion of {{ name }} under 18 U.S.C. § 3771A, after notice to the Government and an opportunity to be heard, THE COURT FINDS by a preponderance of the evidence:",
        BODY,
    )
    paper.item("Movant was arrested as listed below, and was a victim of trafficking (22 U.S.C. § 7102).")
    paper.item(
        "The conduct or alleged conduct that led to each arrest marked granted was directly related to movant having been a victim of trafficking. The condition for a level B arrest is met where it applies."
    )
    paper.text("THE COURT ORDERS, for each arrest:", BODY)
    _results(paper)
    paper.item(
        "All official records of each arrest marked granted, of any proceedings and of their results are expunged. It “shall not be regarded as an arrest under Federal law”."
    )
    paper.item("Each agency below shall carry this out:")
    _agencies(paper)
    paper.item("This file stays sealed. Copies go to movant and counsel.")
    _judge(paper, "United States District Judge")
    return paper


# -- Papers whose frame is one, with the words of each statute -------------------------------------


def declaration(role: str, oath: str) -> Paper:
    paper = Paper()
    paper.caption(role)
    paper.text("I, {{ name }}, declare:", BODY)
    paper.text("{%p for part in parts %}")
    paper.head("{{ part.head }}")
    paper.text("{%p for line in part.lines %}")
    paper.text("{{ line.n }}.  {{ line.text }}", BODY)
    paper.text("{%p endfor %}")
    paper.text("{%p endfor %}")
    paper.head("OATH")
    paper.text(oath, BODY)
    for line in (PLACE, "", RULE):
        paper.text(line, SIGN)
    paper.text("{{ name }}", SIGN)
    return paper


def proof_of_service(oath: str, role: str) -> Paper:
    paper = Paper()
    paper.caption(role)
    paper.item(
        "I am over 18 and not a party to this case. I am a resident of or employed in the county where the service took place. My name and business address are: {{ server }}"
    )
    paper.item("I served these papers: {{ served_titles }}")
    paper.text("On:", BODY)
    paper.rows(
        "row in served",
        ["Recipient", "Address or e-mail", "Method", "Sent", "Received"],
        [
            "{{ row.name }}",
            "{{ row.address }}",
            "{{ row.method }}",
            "{{ row.sent_on }}",
            "{{ row.received_on }}",
        ],
        [1.9, 1.9, 0.9, 0.9, 0.9],
    )
    paper.item(
        "By mail: in a sealed envelope with postage paid, deposited at "
        + RULE
        + " (city and state). By e-mail: from the electronic service address "
        + RULE
        + "."
    )
    paper.text(oath, BODY)
    for line in (PLACE, "", RULE):
        paper.text(line, SIGN)
    paper.text("Signature of the person who served", SIGN)
    return paper


def main(folder: Path = FOLDER) -> None:
    """Write every template."""
    folder.mkdir(exist_ok=True)
    ca_proof_oath = "I declare under penalty of perjury under the laws of the State of California that the foregoing is true and correct."
    made = {
        ("petition", CA): ca_petition(),
        ("petition", US_VACATUR): us_vacatur_motion(),
        ("petition", US_ARREST): us_arrest_motion(),
        ("proposed_order", CA): ca_order(),
        ("proposed_order", US_VACATUR): us_vacatur_order(),
        ("proposed_order", US_ARREST): us_arrest_order(),
        ("declaration", CA): declaration("Petitioner", CA_OATH),
        ("declaration", US_VACATUR): declaration("Movant", US_OATH),
        ("declaration", US_ARREST): declaration("Movant", US_OATH),
        ("proof_of_service", CA): proof_of_service(ca_proof_oath, "Petitioner"),
        ("proof_of_service", US_VACATUR): proof_of_service(US_OATH, "Movant"),
        ("proof_of_service", US_ARREST): proof_of_service(US_OATH, "Movant"),
    }
    for (paper, statute), template in made.items():
        template.save(f"{paper}-{statute}.docx")


if __name__ == "__main__":
    main()
