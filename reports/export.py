"""Tables as CSV or XLSX; the caseload’s figures as on the page, but small groups hidden and marked.

Of the figures: no name of a client, no number of a file, no date of a person: only what
`reports.caseload` counted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import xlsxwriter

from reports.caseload import Report

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
HEAD = ("Table", "Row", "Column", "Figure", "Definition")
WIDTHS = (30, 30, 30, 18, 80)
NOTE = "Counts of 1 to 4 people are hidden, and any number that would give them away."
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before a sign that begins one.

    Source: OWASP, CSV injection (ASVS 1.2.10). A lone dash, which stands for "nobody", stays.
    """
    start = text.lstrip(" ")
    return f"'{text}" if start.startswith(FORMULA_STARTS) else text


def rows_of(report: Report) -> Iterator[tuple[str, str, str, str, str]]:
    """Every figure of the report on a row of its own."""
    yield "Period", report.period.words, "", "", NOTE
    for figure in report.figures:
        yield "Figures", figure.label, "Value", figure.value, figure.definition
        yield "Figures", figure.label, "n of N", figure.n, figure.definition
    for table in report.tables.values():
        for row in table.rows:
            for column, words in zip(table.columns[1:], row[1:], strict=True):
                yield table.title, row[0], column, words, table.definition


def as_csv(report: Report) -> bytes:
    return csv_file(HEAD, rows_of(report))


def as_xlsx(report: Report) -> bytes:
    return xlsx_file("Caseload", HEAD, rows_of(report), widths=WIDTHS)


def csv_file(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs to read the signs right."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(head)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def xlsx_file(
    title: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, widths: Sequence[int]
) -> bytes:
    """One sheet of text cells: nothing in it is a formula or a link. `widths` in characters."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": title, "author": "", "comments": ""})
        sheet = book.add_worksheet(title)
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        for column, (cell, width) in enumerate(zip(head, widths, strict=True)):
            sheet.set_column(column, column, width, wrapped)
            sheet.write_string(0, column, cell, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, safe_cell(cell))
    return stream.getvalue()


def file_name(today: date, kind: str) -> str:
    """ "caseload-2026-11-23.csv": nothing about anybody."""
    return f"caseload-{today.isoformat()}.{kind}"
