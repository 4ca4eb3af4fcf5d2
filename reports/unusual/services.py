"""What the auditor does about unusual looks."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import Action, record
from reports.models import UnusualLook, UnusualRules
from reports.permissions import check_can_audit

Outcome = UnusualLook.Outcome


def rules_now() -> UnusualRules:
    """The rules in force; the ones we ship until the auditor has changed any."""
    return UnusualRules.objects.filter(pk=1).first() or UnusualRules()


def to_review() -> int:
    """How many unusual looks wait for a review."""
    return UnusualLook.objects.filter(state=UnusualLook.State.OPEN).count()


@transaction.atomic
def change_rules(*, by: User, **values: Any) -> UnusualRules:
    """Change the rules, from the next reading of the log on. PermissionDenied or ValidationError."""
    check_can_audit(by)
    rules = UnusualRules.objects.select_for_update().filter(pk=1).first()
    new = rules is None
    rules = rules or UnusualRules()
    changed = sorted(name for name, value in values.items() if getattr(rules, name) != value)
    if not changed:
        return rules
    for name in changed:
        setattr(rules, name, values[name])
    rules._history_user = by
    rules.full_clean(validate_unique=False)
    rules.save(force_insert=new)
    record(Action.CHANGED, by=by, target=rules, fields=changed)
    return rules


@transaction.atomic
def review(*, look: UnusualLook, outcome: str, note: str, by: User) -> UnusualLook:
    """Keep what the auditor found. Looks of the same kind that follow count from one.

    Raises PermissionDenied, or ValidationError for a look that is reviewed already, one's own looks, or a
    missing note: who asked or reported says what came of it.
    """
    check_can_audit(by)
    look = UnusualLook.objects.select_for_update().get(pk=look.pk)
    if look.state == UnusualLook.State.REVIEWED:
        raise ValidationError("This was reviewed meanwhile.")
    if look.person_id == by.pk:
        raise ValidationError("These looks are your own: somebody else reviews them.")
    if outcome not in Outcome.values:
        raise ValidationError({"outcome": "Choose what you found."})
    if outcome != Outcome.FINE and not note.strip():
        raise ValidationError({"note": "Say whom you asked or told, and what came of it."})
    look.state, look.outcome, look.note = UnusualLook.State.REVIEWED, outcome, note.strip() or None
    look.reviewed_by, look.reviewed_at = by, timezone.now()
    look._history_user = by
    look.full_clean()
    look.save()
    record(Action.UNUSUAL_CLOSED, by=by, target=look, fields=[outcome])
    return look
