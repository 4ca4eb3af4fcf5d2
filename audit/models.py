"""The access log: one row for every look at, and every act on, what is confidential."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class AccessEvent(models.Model):
    """Who did what to which row, when. Ids and fixed words only: no name, no text, no value.

    It has no foreign keys, so that nothing that happens to the rows it names can change it.
    `fields` names what was shown or changed; `objects` lists the ids on a page of many.
    """

    class Action(models.TextChoices):
        """What was done."""

        SEEN = "seen", "Looked at"
        LISTED = "listed", "Shown in a list"
        SEARCHED = "searched", "Found by a search"
        REVEALED = "revealed", "Masked value shown"
        CREATED = "created", "Added"
        CHANGED = "changed", "Changed"
        STAGE = "stage", "Moved to another stage"
        FILE_ADDED = "file_added", "File added"
        FILE_OPENED = "file_opened", "File opened"
        DRAFTED = "drafted", "Paper drafted"
        REPORT_SEEN = "report_seen", "Report looked at"
        EXPORTED = "exported", "Exported"
        CONFLICT_CHECKED = "conflict_checked", "Conflict check run"
        TEAM_JOINED = "team_joined", "Joined the care team"
        TEAM_LEFT = "team_left", "Left the care team"
        WALL_SET = "wall_set", "Wall set"
        WALL_LIFTED = "wall_lifted", "Wall lifted"
        REFUSED = "refused", "Refused"
        ACCOUNT = "account", "Account changed"
        SIGNED_IN = "signed_in", "Signed in"
        BREAK_GLASS = "break_glass", "Opened a file by break-glass"
        BREAK_GLASS_CLOSED = "break_glass_closed", "Reviewed a break-glass look"
        UNUSUAL = "unusual", "Unusual looking noted"
        UNUSUAL_CLOSED = "unusual_closed", "Unusual looking reviewed"
        KEYS = "keys", "Keys changed"
        RESEALED = "resealed", "Sealed again under a new key"
        HOLD_SET = "hold_set", "Legal hold set"
        HOLD_LIFTED = "hold_lifted", "Legal hold lifted"
        ERASURE_ASKED = "erasure_asked", "Erasure asked for"
        ERASURE_REFUSED = "erasure_refused", "Erasure refused"
        ERASED = "erased", "Erased for good"
        PURGED = "purged", "One statement or document erased"
        BACKED_UP = "backed_up", "Backup made"
        RESTORED = "restored", "Restored from a backup"
        CHECKPOINT = "checkpoint", "Checkpoint signed"
        KEPT = "kept", "Kept by the system"

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    action = models.CharField(max_length=20, choices=Action)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    client_id = models.UUIDField(null=True)
    fields = models.JSONField(default=list)
    objects_shown = models.JSONField(default=list)
    request_id = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["client_id", "-at"], name="access_of_client")]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"


class TimedWork(models.Model):
    """When a piece of timed work (`manage tick`) last ran, and whether it went through. One row a piece."""

    name = models.CharField(max_length=100, primary_key=True)
    ran_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
