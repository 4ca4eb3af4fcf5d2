"""The figures of a report as CSV or XLSX: as on the page, but small groups hidden and marked.

No name of a client, no number of a file, no date of a person: only what `reports.caseload` counted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import xlsxwriter

from reports.caseload import Report

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
HEAD = ("Table", "Row", "Column", "Figure", "Definition")
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
    """UTF-8 with a byte order mark, which Excel needs to read the signs right."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEAD)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows_of(report))
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def as_xlsx(report: Report) -> bytes:
    """One sheet of text cells: nothing in it is a formula or a link."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": "Caseload", "author": "", "comments": ""})
        sheet = book.add_worksheet("Caseload")
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 2, 30, wrapped)
        sheet.set_column(3, 3, 18, wrapped)
        sheet.set_column(4, 4, 80, wrapped)
        for column, head in enumerate(HEAD):
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(rows_of(report), start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, safe_cell(cell))
    return stream.getvalue()


def file_name(today: date, kind: str) -> str:
    """ "caseload-2026-11-23.csv": nothing about anybody."""
    return f"caseload-{today.isoformat()}.{kind}"
