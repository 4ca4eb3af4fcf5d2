"""A list page as small as one can be: what is measured must not drown in the page around it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from benchmarks import models
from vault import datakeys

MODELS = {
    "plain": models.Plain,
    "sealed": models.Sealed,
    "card": models.Card,
    "one-key": models.OneKey,
    "fernet": models.Fernet,
    "cryptography5": models.Cryptography5,
    "model-fields": models.ModelFields,
}
SHOWN = ("name_used", "legal_name", "city")
PER_PAGE = 50


@require_safe
def page(request: HttpRequest, variant: str) -> HttpResponse:
    """The newest 50, three texts of each; `?only=1` loads the shown columns alone."""
    model = MODELS[variant]
    rows = model.objects.order_by("-opened_on", "-file_number")
    if request.GET.get("only"):
        shown = ["card_sealed"] if variant == "card" else list(SHOWN)
        if variant in {"sealed", "one-key"}:
            shown = [f"{name}_sealed" for name in SHOWN]
        rows = rows.only("client_id", "file_number", "opened_on", *shown)
    found = list(rows[:PER_PAGE])
    if variant in {"sealed", "card"}:
        datakeys.preload(row.client_id for row in found)
    if variant == "card":
        cards = [(row, row.card) for row in found]
        lines = [(row, card["name_used"], card["legal_name"], card["city"]) for row, card in cards]
    else:
        lines = [(row, row.name_used, row.legal_name, row.city) for row in found]
    return render(request, "benchmarks/list.html", {"lines": lines})
