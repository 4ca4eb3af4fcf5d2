"""The gallery at /components/: every component in every state, with its inputs. Development only.

Each specimen is drawn by the component itself from made-up values; its inputs are the comment at the
top of its file, so the page cannot say anything else than the file does.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.loader import get_template
from django.views.decorators.http import require_safe

from config.templatetags.ui import bar_chart, clock_bar, load_bar
from deadlines.types import ComputedDate, Line

TODAY = dt.date(2026, 11, 23)
COMMENT = re.compile(r"\A\{#(?P<line>.*?)#\}|\A\{% comment %\}(?P<block>.*?)\{% endcomment %\}", re.DOTALL)
NO_ANSWERS = [("notasked", "Not asked"), ("declined", "Declined"), ("unknown", "Does not know")]


@dataclass(frozen=True)
class Specimen:
    """One component: the file's name without ".html" and, per state, a title and the inputs."""

    name: str
    states: dict[str, dict[str, Any]]
    around: tuple[str, str] = ("", "")  # markup that the component needs about it (a table, a form)

    @property
    def small(self) -> bool:
        """Whether its states stand side by side."""
        return self.name in {"tag", "chip", "confidence", "mask", "load_bar"}

    @property
    def template(self) -> str:
        return f"components/{self.name}.html"

    @property
    def inputs(self) -> str:
        template: Any = get_template(self.template)
        source = Path(template.origin.name).read_text(encoding="utf-8")
        found = COMMENT.match(source)
        text = (found["line"] or found["block"]) if found else ""
        return "\n".join(line.strip() for line in text.strip().splitlines())

    def drawn(self) -> list[tuple[str, str]]:
        """Title and markup of each state, drawn by the component itself."""
        before, after = self.around
        page = engines["django"].from_string(before + "{% include specimen_file %}" + after)
        return [
            (title, page.render({**inputs, "specimen_file": self.template}))
            for title, inputs in self.states.items()
        ]


class IntakeForm(forms.Form):
    """Every kind of control the application uses."""

    name = forms.CharField(label="Name to use", help_text="Any name. A legal name can wait.")
    phone = forms.CharField(required=False)
    phone_none = forms.ChoiceField(choices=NO_ANSWERS, required=False, widget=forms.RadioSelect)
    language = forms.ChoiceField(choices=[("es", "Spanish"), ("mam", "Mam"), ("en", "English")])
    interpreter = forms.ChoiceField(
        choices=[("yes", "Needed"), ("no", "Not needed"), ("unknown", "Does not know")],
        widget=forms.RadioSelect(attrs={"class": "aw-seg"}),
    )
    contact = forms.ChoiceField(
        label="Best way", choices=[("text", "Text"), ("call", "Call")], widget=forms.RadioSelect
    )
    needs = forms.MultipleChoiceField(
        label="What does she need today?",
        choices=[
            ("sleep", "A place to sleep"),
            ("safe", "To be safe from someone"),
            ("food", "Food or money"),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    needs_none = forms.ChoiceField(choices=NO_ANSWERS, required=False, widget=forms.RadioSelect)
    seen_on = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    sheet = forms.FileField(label="RAP sheet", help_text="PDF with a text layer, or text. 25 MB at most.")
    agreed = forms.BooleanField(label="She agreed to this", help_text="In her language.")

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        digits = sum(character.isdigit() for character in phone)
        if phone and digits != 10:
            raise forms.ValidationError(f"Enter 10 digits. This has {digits}.")
        return phone


class SafetyForm(forms.Form):
    """What is safe on one phone."""

    CHOICES = [("y", "Yes"), ("n", "No"), ("q", "Not asked")]
    text = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    call = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    voicemail = forms.ChoiceField(label="Leave voicemail", choices=CHOICES, widget=forms.RadioSelect)


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        label="Your decision",
        choices=[
            ("", "Not decided"),
            ("other", "Not the same person"),
            ("same", "Same person: stop, tell the supervisor"),
        ],
    )


def _rfe() -> ComputedDate:
    day = dt.date
    return ComputedDate(
        raw=day(2026, 11, 26),
        due=day(2026, 11, 27),
        safe=TODAY,
        due_source="computed",
        citation="8 CFR 103.2(b)(8); 103.8(b); 1.2",
        confirmed=True,
        lines=(
            Line(day(2026, 8, 31), "", "notice mailed"),
            Line(None, "+ 84 days", "longest an RFE may give"),
            Line(TODAY, "", "safe: work to this date", "soon", True),
            Line(None, "+ 3 days", "served by mail"),
            Line(day(2026, 11, 26), "", "raw: Thanksgiving", None, True),
            Line(day(2026, 11, 27), "", "due: USCIS must have it", "due"),
        ),
    )


def _sealing() -> ComputedDate:
    day = dt.date
    return ComputedDate(
        raw=day(2026, 11, 19),
        due=day(2026, 11, 19),
        due_source="computed",
        citation="Penal Code 236.14(k)",
        reasons=("confirm_before_use",),
        lines=(
            Line(day(2026, 8, 21), "", "order entered"),
            Line(None, "+ 90 days", "to seal, from the order"),
            Line(day(2026, 11, 19), "", "due; later than one year from arrest", "due", True),
        ),
    )


def _stops() -> list[dict[str, Any]]:
    return [
        {
            "name": "Charges",
            "state": "In review: 9 of 13 decided",
            "kind": "now",
            "url": "#",
            "next": "Decide nexus, 4 charges",
            "next_note": "Wren · Mon, Nov 30",
        },
        {
            "name": "T visa",
            "state": "Granted Nov 15, 2023",
            "kind": "done",
            "url": "#",
            "next": "None. Status ends",
            "next_note": "Sun, Nov 14, 2027",
        },
        {
            "name": "Green card",
            "state": "Window open; on hold",
            "kind": "hold",
            "url": "#",
            "next": "Family first, then I-485",
            "next_note": "Wren · by Fri, Nov 12, 2027",
        },
        {
            "name": "Family",
            "state": "6 relatives: 1 granted",
            "kind": "soon",
            "url": "#",
            "next": "Send the RFE answer",
            "next_kind": "soon",
            "next_note": "Wren · today",
        },
    ]


def _stages() -> list[dict[str, Any]]:
    words = ["Drafted", "She signed", "Filed", "Served", "Answered", "Heard", "Decided", "Agencies", "Proved"]
    return [
        {
            "name": word,
            "state": f"Jun {12 + index}" if index < 5 else "",
            "kind": "done" if index < 5 else ("now" if index == 5 else ""),
            "current": index == 5,
        }
        for index, word in enumerate(words)
    ]


def _identity() -> dict[str, Any]:
    return {
        "name": "Linnet",
        "pronouns": "she / ella",
        "file_number": "2026-0142",
        "language": "Spanish",
        "interpreter": "interpreter needed",
        "language_note": "A woman, not from Puebla",
        "reach": "Text, Mon–Fri 4–6 pm",
        "reach_rule": "no voicemail",
        "say": "Juniper Street",
        "never": "the number ending 71; e-mail",
        "reveals": [{"key": "phone", "label": "Show number"}],
        "contact": "Iris Sorrel",
        "contact_role": "advocate",
        "contact_note": "Since Jan 12, 2026 · 2nd",
        "alerts": [
            {"label": "Collision Dec 15, 9:00 am", "kind": "late", "url": "#"},
            {"label": "RFE answer: send today", "kind": "soon"},
            {"label": "Walled: 4 people may open", "icon": "lock"},
        ],
    }


def _side() -> list[list[dict[str, Any]]]:
    return [
        [
            {"label": "Overview", "url": "#", "current": True},
            {"label": "Charges and record", "url": "#", "count": 13},
            {"label": "Petitions", "url": "#", "count": 3},
        ],
        [
            {"label": "Goals, promises", "url": "#", "count": "2 due", "soon": True},
            {"label": "Who has seen this file", "url": "#"},
        ],
    ]


def specimens() -> list[Specimen]:
    """Every file of templates/components/, in the order of the page."""
    rfe, sealing = _rfe(), _sealing()
    bound = IntakeForm({"name": "", "phone": "(510) 555-014", "language": "es", "needs": ["sleep"]})
    bound.is_valid()
    plain = IntakeForm(
        initial={"name": "Linnet", "interpreter": "yes", "contact": "text"}, auto_id="plain_%s"
    )
    pages = Paginator(range(240), 20)
    table = '<div class="aw-scroll"><table class="aw-table aw-table--stack">'
    stages: list[dict[str, Any]] = [
        {"label": "Screening", "n": 21},
        {"label": "Drafting", "n": 18, "kind": "soon"},
        {"label": "Waiting for answer", "n": 9},
        {"label": "Proved", "n": None, "shown": "<5"},
    ]
    return [
        *_charts(stages),
        Specimen(
            "tag",
            {
                "neutral": {"label": "In 7 days", "icon": "clock"},
                "go": {"label": "Going", "kind": "go"},
                "soon": {"label": "In 2 days", "kind": "soon"},
                "late": {"label": "4 days overdue", "kind": "late"},
                "done": {"label": "Granted Oct 6", "kind": "done"},
                "open": {"label": "Not yet", "kind": "open"},
                "wraps": {
                    "label": "A longer status that may break over two lines",
                    "kind": "soon",
                    "wrap": True,
                },
            },
        ),
        Specimen(
            "chip",
            {
                "link": {"label": "T-1 notice", "url": "#"},
                "passage": {"label": "Passage 2", "url": "#", "icon": "quote"},
                "add": {"url": "#", "icon": "plus", "name": "Link evidence to charge 1.1"},
                "plain": {"label": "Letter"},
            },
        ),
        Specimen(
            "pagehead",
            {
                "with actions": {
                    "title": "Petition 1: vacatur, Alameda County",
                    "sub": "Penal Code 236.14 · filed under seal",
                    "crumbs": [{"label": "Petitions", "url": "#"}, {"label": "1 of 3"}],
                    "actions": [
                        {"label": "Record what happened", "url": "#", "icon": "plus"},
                        {"label": "Draft a document", "url": "#"},
                        {"label": "Withdraw", "dialog": "withdraw"},
                    ],
                }
            },
        ),
        Specimen(
            "card_head",
            {
                "title, tag, note, link": {
                    "id": "g-card",
                    "title": "Conflict check",
                    "tag": "3 to settle",
                    "tag_kind": "soon",
                    "note": "Runs on every name",
                    "url": "#",
                    "link": "All",
                },
                "step": {"id": "g-step", "title": "A safe way to reach her", "step": 1, "note": "First"},
            },
            ('<section class="aw-card">', '<div class="aw-card__body">The body of the card.</div></section>'),
        ),
        Specimen(
            "card_foot",
            {
                "": {
                    "text": "A promise that was broken closes only when we have told her.",
                    "url": "#",
                    "link": "Why",
                }
            },
        ),
        Specimen(
            "table_head",
            {
                "": {
                    "caption": "Outcomes by statute",
                    "columns": ["Statute", {"label": "Decided", "num": True}],
                }
            },
            (
                '<table class="aw-table">',
                '<tbody><tr><th scope="row">PC 236.14</th><td class="aw-num">162</td></tr></tbody></table>',
            ),
        ),
        Specimen(
            "due",
            {
                "open, with a note": {
                    "date": rfe,
                    "today": TODAY,
                    "note": "Send today",
                    "note_kind": "soon",
                    "open": True,
                },
                "closed": {"date": sealing, "today": TODAY, "note": "Order of Aug 21"},
            },
            (
                table + '<tbody><tr class="aw-table__soon"><td>',
                "</td><td>Answer the RFE</td></tr></tbody></table></div>",
            ),
        ),
        Specimen(
            "due_row",
            {"": {"date": rfe, "columns": 2, "today": TODAY}},
            (
                table
                + '<tbody><tr><td><details class="aw-why" open><summary>Fri, Nov 27</summary></details></td>'
                + "<td>Answer</td></tr>",
                "</tbody></table></div>",
            ),
        ),
        Specimen(
            "sum",
            {
                "confirmed": {"date": rfe, "today": TODAY, "checked": "Checked by Wren Alder, Sep 3"},
                "unconfirmed": {"date": sealing, "today": TODAY, "confirm_url": "#"},
            },
        ),
        Specimen("sumcol", {"": {"date": sealing, "today": TODAY}}),
        Specimen(
            "cite",
            {
                "confirmed": {"date": rfe},
                "unconfirmed": {"date": sealing},
                "printed": {"date": ComputedDate(due_source="printed", citation="Minute order, Oct 6")},
            },
        ),
        Specimen(
            "dates",
            {
                "": {
                    "date": rfe,
                    "today": TODAY,
                    "raw_note": "Thanksgiving",
                    "due_label": "Due: USCIS has it",
                },
                "no answer": {"date": ComputedDate()},
            },
        ),
        Specimen("path", {"matters": {"stops": _stops()}, "stages": {"stops": _stages(), "tight": True}}),
        Specimen(
            "timeline",
            {
                "": {
                    "items": [
                        {
                            "title": "Hearing on charge 5.2",
                            "meta": "Tue, Dec 15, 9:00 am",
                            "kind": "ahead",
                            "text": "Interpreter booked.",
                        },
                        {
                            "title": "RAP sheet imported",
                            "meta": "Thu, Nov 12 · Teal Lark",
                            "text": "58 lines, 3 not read.",
                            "url": "#",
                            "link": "Review it",
                        },
                        {
                            "title": "Petition 1 granted",
                            "meta": "Tue, Oct 6",
                            "kind": "done",
                            "text": "Orders sent on Oct 9.",
                        },
                    ]
                }
            },
        ),
        Specimen(
            "alarm",
            {
                "collision": {
                    "id": "g-alarm",
                    "title": "Collision: Tuesday, December 15, René C. Davidson Courthouse",
                    "text": "Linnet is due in Dept. 11. A person she must not meet is due in Dept. 9.",
                    "reveal": "person",
                    "reveal_label": "Show who",
                    "note": "All 4 people on the file have seen this.",
                    "actions": [
                        {"label": "Make the court-day plan", "url": "#"},
                        {"label": "Record what was done", "url": "#"},
                    ],
                },
                "inside a card": {
                    "id": "g-alarm2",
                    "title": "Same floor, same hours",
                    "text": "Dept. 9 and Dept. 11.",
                    "level": 3,
                    "soon": True,
                },
            },
        ),
        Specimen(
            "note",
            {
                "neutral": {"text": "Orders were sent to 6 agencies.", "icon": "mail"},
                "soon": {
                    "strong": "Hold the I-485.",
                    "text": "Two relatives have no Supplement A yet.",
                    "kind": "soon",
                },
                "late": {"text": "The file was not saved.", "kind": "late"},
                "done": {"text": "Saved.", "kind": "done"},
                "quiet": {
                    "text": "Look here before asking her.",
                    "kind": "quiet",
                    "icon": "quote",
                    "url": "#",
                    "link": "Passages",
                },
            },
        ),
        Specimen(
            "mask",
            {
                "masked": {"key": "ssn", "label": "Show SSN", "dots": "•••-••-••••"},
                "opened": {"key": "ssn", "label": "Show SSN", "value": "000-12-3456"},
            },
        ),
        Specimen(
            "facts",
            {
                "": {
                    "facts": [
                        {"label": "Court", "value": "Dept. 11, Oakland"},
                        {"label": "Interpreter", "tag": "Booked", "tag_kind": "done", "value": "Spanish"},
                        {
                            "label": "Home",
                            "mask": {"key": "address", "label": "Show address", "dots": "Oakland"},
                            "note": "Mail goes to the office",
                        },
                    ]
                }
            },
        ),
        Specimen(
            "seg_links",
            {
                "": {
                    "name": "Show charges",
                    "links": [
                        {"label": "All", "count": 13, "url": "#", "current": True},
                        {"label": "Tied", "count": 8, "url": "#"},
                        {"label": "Not reviewed", "count": 4, "url": "#"},
                    ],
                }
            },
        ),
        Specimen(
            "seg_radios",
            {
                value: {
                    "name": f"nexus-{value}",
                    "id": f"g-nexus-{value}",
                    "label": f"Nexus of charge 1.{index}",
                    "value": value,
                    "small": True,
                    "choices": [("yes", "Yes"), ("no", "No"), ("open", "Not reviewed")],
                }
                for index, value in enumerate(["yes", "no", "open"], 1)
            },
        ),
        Specimen(
            "board",
            {
                "": {
                    "columns": [
                        {
                            "label": "Screening",
                            "count": 1,
                            "tickets": [
                                {
                                    "who": "Heron A.",
                                    "url": "#",
                                    "file_number": "2026-0110",
                                    "what": "California, 2 charges",
                                    "next": "Jurisdiction: cannot tell",
                                }
                            ],
                        },
                        {
                            "label": "Drafting",
                            "count": 1,
                            "tickets": [
                                {
                                    "who": "Linnet",
                                    "url": "#",
                                    "file_number": "2026-0142",
                                    "what": "Federal 3771A, 1 charge",
                                    "next": "Judgment copy: chase today",
                                    "kind": "soon",
                                }
                            ],
                        },
                        {"label": "Her review", "count": 0, "tickets": []},
                    ]
                }
            },
        ),
        Specimen(
            "ticket",
            {
                "late": {
                    "ticket": {
                        "who": "Linnet",
                        "url": "#",
                        "file_number": "2026-0142",
                        "what": "Alameda, charge 5.2",
                        "next": "Dec 15: collision",
                        "kind": "late",
                    }
                }
            },
        ),
        Specimen(
            "source",
            {
                "": {
                    "lines": [
                        {"n": 34, "state": "read", "kind": "court", "text": "COURT:                NAM:02"},
                        {"n": 39, "state": "page", "kind": "page", "text": "          Page 2 of 3"},
                        {
                            "n": 41,
                            "state": "check",
                            "kind": "check",
                            "text": "  DISPO:D1SMISSED/FURTHERANCE OF JUST!CE",
                        },
                        {
                            "n": 48,
                            "state": "not",
                            "kind": "not read",
                            "text": "ÇNT:O3   4▯▯.7 PC-R▯▯▯ STOL▯▯ PR▯P",
                        },
                    ]
                }
            },
        ),
        Specimen(
            "source_line",
            {"": {"line": {"n": 50, "state": "check", "kind": "check", "text": "2018O517  CASC ALAMEDA"}}},
            ('<ol class="aw-source">', "</ol>"),
        ),
        Specimen("source_key", {"": {"read": 48, "check": 3, "unread": 3, "page": 4}}),
        Specimen(
            "parsed_head",
            {
                "sure": {
                    "title": "Arrest 2 · Feb 27, 2016 · Oakland PD",
                    "confidence": "sure",
                    "lines": "lines 28–41",
                },
                "not read": {
                    "title": "3 lines not read",
                    "unread": True,
                    "lines": "They stay here until each is settled",
                },
            },
            ('<article class="aw-parsed">', '<div class="aw-card__body">The charges of it.</div></article>'),
        ),
        Specimen("confidence", {level: {"level": level} for level in ("sure", "check", "weak")}),
        Specimen(
            "screen",
            {
                "": {
                    "results": [
                        {
                            "outcome": "reaches",
                            "statute": "PC 236.14",
                            "reason": "not on the 667.5(c) list; convicted; tied",
                        },
                        {
                            "outcome": "not",
                            "statute": "PC 236.14",
                            "reason": "robbery is on the 667.5(c) list",
                        },
                        {
                            "outcome": "unknown",
                            "statute": "18 USC 3771A",
                            "reason": "no court is named on the sheet",
                            "confirmed": False,
                        },
                    ]
                }
            },
        ),
        Specimen(
            "figs",
            {
                "": {
                    "figs": [
                        {
                            "label": "Open files",
                            "value": "143",
                            "n": "of 171 people served",
                            "definition": "Served: at least one contact.",
                        },
                        {
                            "label": "Charges cleared",
                            "value": "93%",
                            "n": "214 of 229 decided",
                            "definition": "Decided in the period.",
                        },
                        {"label": "Hidden", "value": "<5", "n": "so that nobody is recognised"},
                    ]
                }
            },
        ),
        Specimen(
            "empty",
            {
                "with an act": {
                    "title": "No plan yet",
                    "text": "The point of contact makes it with her before the hearing.",
                    "url": "#",
                    "action": "Make the plan",
                },
                "without": {"title": "Nothing is late", "icon": "check"},
            },
        ),
        Specimen(
            "pagination",
            {
                "middle": {
                    "page_obj": pages.page(5),
                    "label": "Clients, pages",
                    "before": "?q=linnet&page=",
                    "ellipsis": "…",
                    "pages": list(pages.get_elided_page_range(5, on_each_side=1, on_ends=1)),
                }
            },
        ),
        Specimen("error_summary", {"": {"form": bound, "still": True}}),
        Specimen(
            "field",
            {name: {"field": plain[name]} for name in plain.fields if not name.endswith("_none")}
            | {f"{name}, wrong": {"field": bound[name]} for name in ("phone", "contact", "sheet", "agreed")},
        ),
        Specimen("noanswer", {"": {"field": IntakeForm(auto_id="alone_%s")["phone_none"], "about": "Phone"}}),
        Specimen(
            "choice_grid",
            {
                "": {
                    "legend": "On this phone, is it safe to…",
                    "fields": list(SafetyForm(auto_id="safe_%s")),
                    "columns": ["Yes", "No", "Not asked"],
                }
            },
        ),
        Specimen(
            "progress",
            {
                "known": {
                    "id": "g-known",
                    "label": "Reading RAP sheets",
                    "done": 3,
                    "total": 8,
                    "note": "About a minute left.",
                },
                "not known": {"id": "g-unknown", "label": "Building the exhibit packet"},
            },
        ),
        Specimen(
            "dialog",
            {
                "opens from the page head above": {
                    "id": "withdraw",
                    "title": "Withdraw petition 1?",
                    "text": "The court is told; her charges stay on the file.",
                    "action": "#",
                    "button": "Withdraw it",
                    "danger": True,
                }
            },
            ("", '<p class="aw-sm aw-muted">Press “Withdraw” in the page head.</p>'),
        ),
        Specimen(
            "hit",
            {
                "walled": {
                    "hit": {
                        "walled": True,
                        "strength": "strong",
                        "why": [
                            {"text": "The name you typed, Sorrel Jay, matches letter by letter"},
                            {"text": "Whose file, and what he is in it, is not shown to you", "icon": "lock"},
                        ],
                        "ask": {
                            "label": "Ask Ruth Abernathy",
                            "url": "#",
                            "note": "She sees both files and decides",
                        },
                    }
                },
                "to decide": {
                    "hit": {
                        "title": "Jay Sorrell, 2019-0088",
                        "strength": "possible",
                        "why": [
                            {"text": "Sounds like Sorrel Jay", "icon": "ear"},
                            {"text": "Was a client here, closed 2020"},
                        ],
                    },
                    "field": DecisionForm(auto_id="hit_%s")["decision"],
                },
                "weak": {
                    "hit": {
                        "title": "Linnet M., 2021-0140",
                        "strength": "weak",
                        "why": [{"text": "Same first name"}],
                    }
                },
            },
        ),
        Specimen(
            "checklist",
            {
                "": {
                    "items": [
                        {"text": "Birth record from the civil registry", "note": "got Oct 22"},
                        {"text": "Cover letter", "note": "draft 3", "open": True},
                    ]
                }
            },
        ),
        Specimen(
            "list",
            {
                "": {
                    "items": [
                        {
                            "title": "Today, 4:00 pm",
                            "tag": "In 5 hours",
                            "tag_kind": "soon",
                            "text": "Text Linnet what the DA said",
                            "meta": "You, on Nov 19. Text only, Spanish.",
                        },
                        {
                            "title": "Wed",
                            "when": "in 2 days",
                            "text": "Send the order in plain words",
                            "url": "#",
                            "link": "Open",
                        },
                    ]
                }
            },
        ),
        Specimen(
            "menu",
            {
                "": {
                    "id": "g-menu",
                    "label": "Export",
                    "icon": "down",
                    "items": [
                        {"label": "This report, to print", "url": "#", "note": "PDF, with every definition"},
                        {"label": "Figures as a spreadsheet", "url": "#"},
                    ],
                    "foot": "Each export is recorded.",
                }
            },
        ),
        Specimen(
            "savebar", {"": {"save": "Save and close", "go_on": "Save, go on", "note": "Saved 10:52 am."}}
        ),
        Specimen(
            "print_head",
            {
                "on paper only": {
                    "title": "My week",
                    "printed": dt.datetime(2026, 11, 23, 17, 30, tzinfo=dt.UTC),
                    "by": "Wren Alder",
                }
            },
        ),
        Specimen(
            "clock",
            {
                "running": {
                    "who": "Robin, her daughter",
                    "days": 238,
                    "words": "days and counting",
                    "kind": "soon",
                    "median": 401,
                    "start": "Mar 30",
                    "note": "Since Mar 30, 2026, when USCIS received it.",
                },
                "ended": {
                    "days": 554,
                    "words": "days, ended Nov 15, 2023",
                    "ended": True,
                    "start": "May 2022",
                },
            },
        ),
    ]


def _charts(stages: list[dict[str, Any]]) -> list[Specimen]:
    """The charts, whose numbers their tags compute."""
    return [
        Specimen("bar_chart", {"": bar_chart(stages, "Open petitions by stage", "Petitions", "Stage")}),
        Specimen("clock_bar", {"": clock_bar(238, 401, "Mar 30")}),
        Specimen("load_bar", {"below the mark": load_bar(27, 30), "above it": load_bar(34, 30)}),
    ]


@require_safe
@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    """The gallery. 404 outside development and trial; shows nobody's data, so no sign-in is asked."""
    if not (settings.DEBUG or getattr(settings, "SHOW_GALLERY", False)):
        raise Http404
    context = {"specimens": specimens(), "identity": _identity(), "side": _side()}
    return render(request, "gallery/index.html", context)
