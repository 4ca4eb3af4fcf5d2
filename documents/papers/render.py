"""Fills a Word template. It knows no client: whoever calls it gathers the words.

Templates run in Jinja's sandbox with every value escaped; a word the caller did not give is an error, never
an empty space. What is missing on file is given as `blank("…")` and stands in the paper in grey.
"""

from __future__ import annotations

import copy
import io
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = Path(__file__).resolve().parent / "templates"
PAPERS = ("petition", "declaration", "proposed_order", "proof_of_service")
BLANK = re.compile(r"(\[BLANK: [^\]]*\])")
# What XML 1.0 cannot hold, and the marks that docxtpl would turn into tabs, paragraphs and page breaks.
UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
PROPERTIES = (
    "author", "category", "comments", "content_status", "identifier", "keywords", "language",
    "last_modified_by", "subject", "title", "version",
)  # fmt: skip


class PaperError(ValueError):
    """A template cannot be filled; the message names the template, never a value."""


def blank(words: str) -> str:
    """What stands in a paper where something is not on file."""
    return f"[BLANK: {words.replace('[', '(').replace(']', ')')}]"


def template_for(paper: str, statute_id: str) -> Path:
    """The template of one paper (one of PAPERS) of one statute. Raises PaperError when there is none."""
    path = FOLDER / f"{paper}-{statute_id}.docx"
    if paper not in PAPERS or not path.is_file():
        raise PaperError(f"No template for {paper} under {statute_id}.")
    return path


def render(paper: str, statute_id: str, words: Mapping[str, Any]) -> bytes:
    """One paper as a Word file without properties, comments or names of makers. Raises PaperError."""
    return render_template(template_for(paper, statute_id), words)


def render_template(path: Path, words: Mapping[str, Any]) -> bytes:
    """Fill any template file. Raises PaperError for a word not given and for what the sandbox refuses."""
    template = DocxTemplate(path)
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        count = itertools.count(1)
        template.render(
            {**_clean(words), "number": lambda: next(count)}, jinja_env=environment, autoescape=True
        )
    except TemplateError as exc:
        raise PaperError(f"{path.name}: {type(exc).__name__}") from exc
    document: WordDocument = template.docx
    for paragraph in _paragraphs(document):
        _grey_blanks(paragraph)
    forget_maker(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def forget_maker(document: WordDocument) -> None:
    """Empty every property that could name a person."""
    for name in PROPERTIES:
        setattr(document.core_properties, name, "")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value)
    if isinstance(value, Mapping):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _paragraphs(document: WordDocument) -> Iterator[Paragraph]:
    for element in document.element.body.iter(qn("w:p")):
        yield Paragraph(element, document)


def _grey_blanks(paragraph: Paragraph) -> None:
    """Put each blank in a run of its own, shaded, so that nobody overlooks it."""
    for run in paragraph.runs:
        if "[BLANK:" not in run.text:
            continue
        for part in [part for part in BLANK.split(run.text) if part]:
            element = copy.deepcopy(run._r)
            run._r.addprevious(element)
            piece = Run(element, paragraph)
            piece.text = part
            if part.startswith("[BLANK:"):
                piece.font.highlight_color = WD_COLOR_INDEX.GRAY_25
        run._r.getparent().remove(run._r)
