"""Arrests and charges typed in by hand: from a court file, or put right on the record."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from audit.services import Action, record
from clients.models import Client
from records.models import Arrest, Charge, Disposition
from records.permissions import check_can_review
from records.services.courts import county_of
from records.services.imports import apply_standing, results_on_file
from records.services.outcomes import standing_of
from records.services.plausible import check_days

ARREST_FIELDS = frozenset({"arrested_on", "agency", "jurisdiction", "number"})
CHARGE_FIELDS = frozenset(
    {"code", "section", "description", "attempted", "level", "court", "county", "case_number", "offense_on"}
)
RESULT_FIELDS = frozenset({"type", "on", "severity"})


@transaction.atomic
def add_charge(
    *,
    client: Client,
    by: User,
    charge: dict[str, Any],
    arrest: Arrest | None = None,
    new_arrest: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
    today: date | None = None,
) -> Charge:
    """Add a charge to an arrest on file, or to a new one. The dictionaries hold the columns named above.

    Raises PermissionDenied, or ValidationError, by column, also for days that cannot be.
    """
    client = Client.objects.select_for_update().get(pk=client.pk)
    check_can_review(by, client)
    _only(charge, CHARGE_FIELDS)
    arrested_on = arrest.arrested_on if arrest else (new_arrest or {}).get("arrested_on")
    days = {"offense_on": charge.get("offense_on")} | ({} if arrest else {"arrested_on": arrested_on})
    check_days(client, days, today=today)
    check_days(client, {"on": (result or {}).get("on")}, after={"the arrest": arrested_on}, today=today)
    if arrest is None:
        arrest = _new_arrest(client, new_arrest or {}, by)
    elif arrest.client_id != client.pk:
        raise ValidationError("This arrest belongs to another file.")
    last = Charge.objects.filter(arrest=arrest).aggregate(Max("ordinal"))["ordinal__max"] or 0
    row = Charge(client=client, arrest=arrest, ordinal=last + 1, **charge)
    row.county = row.county or county_of(row.court)
    apply_standing(row, [])
    _save(row, by)
    record(Action.CREATED, by=by, target=row)
    return add_result(charge=row, by=by, today=today, **result) if result else row


@transaction.atomic
def change_charge(
    *,
    charge: Charge,
    by: User,
    result: dict[str, Any] | None = None,
    today: date | None = None,
    **values: Any,
) -> Charge:
    """Put a charge right, and add a result. Only what differs is written; earlier values stay in history."""
    row = _corrected(charge, by, values, today)
    return add_result(charge=row, by=by, today=today, **result) if result else row


def _corrected(charge: Charge, by: User, values: dict[str, Any], today: date | None) -> Charge:
    row = _locked(charge, by)
    _only(values, CHARGE_FIELDS)
    changed = [name for name, value in values.items() if (getattr(row, name) or None) != (value or None)]
    if not changed:
        return row
    if "offense_on" in changed:
        check_days(row.client, {"offense_on": values["offense_on"]}, today=today)
    results = results_on_file(row)
    in_court = bool(row.court)
    before = standing_of(results, in_court=in_court)
    for name in changed:
        setattr(row, name, values[name])
    if "court" in changed and "county" not in changed:
        row.county = county_of(row.court) or row.county
    if in_court != bool(row.court):
        apply_standing(row, results, before=before)
    _save(row, by)
    record(Action.CHANGED, by=by, target=row, fields=changed)
    return row


@transaction.atomic
def add_result(
    *,
    charge: Charge,
    by: User,
    type: str,
    on: Any = None,
    severity: str = "",
    sentence: Any = None,
    today: date | None = None,
) -> Charge:
    """Add what a court or agency did, after everything on file; the charge then stands anew.

    Raises PermissionDenied, or ValidationError for what is on file already as the last result, and for a
    day that cannot be.
    """
    row = _locked(charge, by)
    check_days(row.client, {"on": on}, after={"the arrest": row.arrest.arrested_on}, today=today)
    results = results_on_file(row)
    if results and (results[-1].type, results[-1].on, results[-1].severity) == (type, on, severity or ""):
        raise ValidationError("This result is on file already, as the last one.")
    before = standing_of(results, in_court=bool(row.court))
    last = Disposition.objects.filter(charge=row).aggregate(Max("ordinal"))["ordinal__max"] or 0
    disposition = Disposition(
        client_id=row.client_id,
        charge=row,
        ordinal=last + 1,
        type=type,
        on=on,
        severity=severity or "",
        sentence=sentence,
    )
    _save(disposition, by)
    apply_standing(row, results_on_file(row), before=before)
    _save(row, by)
    record(Action.CHANGED, by=by, target=row, fields=["results"])
    return row


def _new_arrest(client: Client, values: dict[str, Any], by: User) -> Arrest:
    _only(values, ARREST_FIELDS)
    last = Arrest.objects.filter(client=client).aggregate(Max("ordinal"))["ordinal__max"] or 0
    arrest = Arrest(client=client, ordinal=last + 1, **values)
    arrest.county = county_of(arrest.agency)
    _save(arrest, by)
    record(Action.CREATED, by=by, target=arrest)
    return arrest


def _locked(charge: Charge, by: User) -> Charge:
    row: Charge = (
        Charge.objects.select_for_update(of=("self",)).select_related("client", "arrest").get(pk=charge.pk)
    )
    check_can_review(by, row.client)
    return row


def _only(values: dict[str, Any], allowed: frozenset[str]) -> None:
    unknown = set(values) - allowed
    if unknown:
        raise ValueError(f"Not changed through this service: {sorted(unknown)}")


def _save(row: Any, by: User) -> None:
    row._history_user = by
    row.full_clean()
    row.save()
