"""History of our models: django-simple-history, with every row pinned by a link of the audit chain."""

from __future__ import annotations

from simple_history.models import HistoricalRecords


class History(HistoricalRecords):
    """`history = History()` on a model; takes what `HistoricalRecords` takes."""
