"""Template tags and filters of the look: icons, dates in the words of the screen, small charts.

A built-in library (settings `TEMPLATES["OPTIONS"]["builtins"]`), so no page needs `{% load ui %}`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from deadlines.types import day_words
from reports import words

register = template.Library()

# The symbols of templates/frame/sprite.html; a test holds the two together.
ICONS = frozenset(
    {
        *("search", "check", "clock", "alert", "arrow", "back", "dash", "dot", "lock", "eye", "plus", "exit"),
        *("menu", "x", "question", "doc", "quote", "cal", "user", "users", "print", "down", "up", "caret"),
        *("flag", "pause", "mail", "globe", "hash", "ear", "phone", "key"),
    }
)

# The icon that stands in a status tag when the caller names none.
TAG_ICONS = {"": "dot", "go": "arrow", "soon": "clock", "late": "alert", "done": "check", "open": "dash"}
PATH_ICONS = {"done": "check", "soon": "clock", "hold": "pause", "now": "", "": ""}

SOON_DAYS = 6  # "this week" on the home page of the design: due within six days of today


# --- Icons ----------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """One symbol of the sprite, hidden from screen readers: the word beside it says the same.

    `size` is "" (16 px) or "lg" (20 px). Raises ValueError for a symbol that is not in the sprite.
    """
    if name not in ICONS:
        raise ValueError(f"There is no icon named {name!r}.")
    return format_html(
        '<svg class="aw-icon{}" aria-hidden="true" focusable="false"><use href="#i-{}"></use></svg>',
        " aw-icon--lg" if size == "lg" else "",
        name,
    )


@register.filter
def tag_icon(kind: str | None) -> str:
    """The icon for a status tag of this kind (`""`, go, soon, late, done, open)."""
    return TAG_ICONS.get(kind or "", "dot")


@register.filter
def path_icon(kind: str | None) -> str:
    """The icon inside the dot of a stop on the path; empty for a plain ring."""
    return PATH_ICONS.get(kind or "", "")


# --- Words ----------------------------------------------------------------------------------------


@register.filter
def initials(name: object) -> str:
    """ "Noor Haddad" → "NH"; an e-mail address gives its first letter."""
    parts = str(name or "").split("@")[0].replace(".", " ").split()
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


@register.filter
def sentence_case(text: object) -> str:
    """ "Two-Factor Authentication" → "Two-factor authentication"; abbreviations and digits stay as they are.

    For the pages of the sign-in library, whose headings are in title case.
    """
    first, *rest = str(text).split() or [""]
    return " ".join([_tail_lower(first), *(word if word.isupper() else word.lower() for word in rest)])


def _tail_lower(word: str) -> str:
    return word if word.isupper() else word[:1] + word[1:].lower()


def _date(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, dt.date) else None


@register.filter
def day(value: object, today: object = None) -> str:
    """A date as people say it: "Fri, Nov 27", with the year when it is not this year's.

    `today` is a date to compare with (a page that shows another day passes it); else the office's
    own day. Anything but a date gives "".
    """
    date = _date(value)
    if date is None:
        return ""
    return day_words(date, _date(today) or timezone.localdate())


@register.filter
def moment(value: object, today: object = None) -> str:
    """A moment in the office's time zone: "Fri, Nov 27, 4:05 pm"."""
    if not isinstance(value, dt.datetime):
        return ""
    return words.moment(value, _date(today) or timezone.localdate())


@register.filter
def clock(value: object) -> str:
    """The time of day in the office's time zone: "4:05 pm"."""
    return words.clock(value) if isinstance(value, dt.datetime) else ""


def _days_until(value: object, today: object) -> int | None:
    date = _date(value)
    if date is None:
        return None
    return (date - (_date(today) or timezone.localdate())).days


def _count(days: int) -> str:
    return words.counted(days, "day")


@register.filter
def from_today(value: object, today: object = None) -> str:
    """How far a due date lies: "today", "tomorrow", "in 8 days", "4 days overdue"."""
    days = _days_until(value, today)
    if days is None:
        return ""
    if days < 0:
        return f"{_count(-days)} overdue"
    return {0: "today", 1: "tomorrow"}.get(days) or f"in {_count(days)}"


@register.filter
def ago(value: object, today: object = None) -> str:
    """How long ago something happened: "today", "yesterday", "4 days ago"; "in 8 days" if ahead."""
    days = _days_until(value, today)
    if days is None:
        return ""
    if days > 0:
        return from_today(value, today)
    return {0: "today", -1: "yesterday"}.get(days) or f"{_count(-days)} ago"


@register.filter
def urgency(value: object, today: object = None) -> str:
    """ "late" once a due date has passed, "soon" within six days of it, else "": a tag's kind."""
    days = _days_until(value, today)
    if days is None or days > SOON_DAYS:
        return ""
    return "late" if days < 0 else "soon"


@register.filter
def working(date: object, today: object = None) -> Iterable[object]:
    """The steps of a computed date, each with `text`, `note` and `role`; empty when there are none.

    `date` is a deadlines.types.ComputedDate, whose steps depend on the day, or holds a plain list.
    """
    steps = getattr(date, "steps", ())
    return steps(_date(today) or timezone.localdate()) if callable(steps) else steps


@register.filter
def percent(n: float | None, whole: float | None) -> str:
    """ "93%" of a whole; "" when there is no whole, because a share of nothing is not a figure."""
    return f"{round(100 * n / whole)}%" if n is not None and whole else ""


# --- Lists in pages -------------------------------------------------------------------------------


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page_obj: Page, label: str = "Pages") -> dict[str, Any]:
    """Links to the other pages of a list. Keeps what else the address asks for (filters, search)."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else None
    if query is not None:
        query.pop("page", None)
    return {
        "page_obj": page_obj,
        "label": label,
        "before": f"?{query.urlencode()}&page=" if query else "?page=",
        "pages": page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1),
        "ellipsis": page_obj.paginator.ELLIPSIS,
    }


# --- Charts: static SVG with numbers computed here, no script and no style attribute ---------------

CHART = {"width": 440, "label": 128, "row": 35, "bar": 24, "top": 6, "value": 42}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(
    rows: Iterable[Mapping[str, Any]], title: str, unit: str = "", label_head: str = "", value_head: str = ""
) -> dict[str, Any]:
    """Horizontal bars, a one-sentence summary for screen readers, and the same as a table.

    Each row is `{"label": str, "n": int | None}`, with optional `"kind"` ("soon", "late", "done",
    "mid") and `"shown"`, the words in place of the number. A row whose `n` is None is a hidden small
    count: it is hatched at a fixed length, which says nothing about the number, and reads `shown`.
    """
    given = list(rows)
    longest = max((row["n"] or 0 for row in given), default=0) or 1
    room = CHART["width"] - CHART["label"] - CHART["value"]
    drawn = []
    for index, row in enumerate(given):
        y = CHART["top"] + index * CHART["row"]
        hidden = row["n"] is None
        width = 24 if hidden else round(room * row["n"] / longest)
        drawn.append(
            {
                "label": row["label"],
                "shown": row.get("shown") or ("hidden" if hidden else f"{row['n']:,}"),
                "hidden": hidden,
                "fill": f"f-{row.get('kind') or 'teal'}",
                "y": y,
                "text_y": y + 17,
                "width": width,
                "value_x": CHART["label"] + width + 7,
                "hatch_y": y + CHART["bar"],
            }
        )
    return {
        "rows": drawn,
        "title": title,
        "summary": f"{title}: " + ", ".join(f"{row['label']} {row['shown']}" for row in drawn) + ".",
        "width": CHART["width"],
        "height": CHART["top"] + len(drawn) * CHART["row"],
        "x": CHART["label"],
        "label_x": CHART["label"] - 10,
        "bar": CHART["bar"],
        "unit": unit,
        "label_head": label_head or title,
        "value_head": value_head or unit or "Count",
    }


@register.inclusion_tag("components/load_bar.html")
def load_bar(n: int, mark: int, full: int | None = None) -> dict[str, Any]:
    """A small bar for a table cell: `n` of `full` (default 4/3 of the mark), with a line at `mark`.

    Amber above the mark. The number itself stands in the cell beside it.
    """
    whole = full or max(round(mark * 4 / 3), n, 1)
    return {
        "width": min(120, round(120 * n / whole)),
        "mark": min(120, round(120 * mark / whole)),
        "fill": "f-soon" if n > mark else "f-teal",
    }


@register.inclusion_tag("components/clock_bar.html")
def clock_bar(days: int, median: int | None = None, start: str = "", ended: bool = False) -> dict[str, Any]:
    """Days waited, drawn against the office's median; the figure itself is text beside it.

    `start` labels the left end ("Mar 30"). A running clock is amber, one that has ended is green.
    """
    full = max(days, median or 0, 1) * 1.06
    return {
        "days": days,
        "median": median,
        "start": start,
        "ended": ended,
        "width": round(296 * days / full),
        "median_x": round(296 * median / full) if median else None,
        "summary": _count(days) if ended else f"{_count(days)} so far",
    }
