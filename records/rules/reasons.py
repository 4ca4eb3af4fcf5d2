"""Reason keys put in words, from records/law/reasons.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from records.rules import files
from records.rules.types import KINDS, Reason


def _entry(reason: Reason) -> Mapping[str, Any]:
    found: Mapping[str, Any] = files.reasons()["reasons"][reason.name]
    return found


def detail_words(detail: str) -> str:
    """The detail of a key in words: a kind of record, a day, an item of a list, or as it stands."""
    if detail in KINDS:
        words: str = files.reasons()["kinds"][detail]
        return words
    violent = files.violent_felonies()
    prefix = f"{violent['list_name']}("
    if detail.startswith(prefix):
        item_id = "c" + detail.removeprefix(prefix).rstrip(")")
        item = next((item for item in violent["items"] if item["id"] == item_id), None)
        if item is not None:
            return f"“{item['words']}” is on {violent['list_words']}"
    try:
        day = date.fromisoformat(detail)
    except ValueError:
        return detail.replace("_", " ")
    return f"{day:%b} {day.day}, {day.year}"


def sentence(reason: Reason) -> str:
    text: str = _entry(reason)["says"]
    return text.format(detail=detail_words(reason.detail)) if reason.detail else text


def change(reason: Reason) -> str | None:
    text: str | None = _entry(reason)["change"]
    return text.format(detail=detail_words(reason.detail)) if text and reason.detail else text
