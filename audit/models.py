"""The access log and what proves it: events in chains, their heads, signed checkpoints, results of proofs."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from vault.ids import NIL


class AccessEvent(models.Model):
    """Who did what to which row, when. Ids and fixed words only: no name, no text, no value.

    It has no foreign keys, so that nothing that happens to the rows it names can change it.
    `fields` names what was shown or changed; `objects_shown` lists the ids on a page of many; `place` is the
    page that the person came from (the name of its address).

    Each event is a link of the chain of its client (`chain`; the nil id is the organisation's own) and pins
    the history rows written with it (`pins`, audit.rows). `digest` can be checked by anybody, `mac` by
    whoever has the keyring (audit.chain). Rows are written by `audit.services.record` alone; the database
    refuses to change or remove one (audit.triggers).
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
        BROKEN = "broken", "A value did not open"

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    action = models.CharField(max_length=20, choices=Action)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    client_id = models.UUIDField(null=True)
    fields = models.JSONField(default=list)
    objects_shown = models.JSONField(default=list)
    request_id = models.CharField(max_length=32, blank=True)
    place = models.CharField(max_length=40, blank=True)
    chain = models.UUIDField(default=NIL, editable=False)
    seq = models.PositiveBigIntegerField(editable=False)
    digest = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=16)
    pins = models.TextField(blank=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="access_chain_link")]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"


class ChainHead(models.Model):
    """The last link of each chain; moved on by the trigger that takes an event in, and only forwards.

    It makes one writer wait for the other, and tells where a chain ended when its tail is cut.
    """

    chain = models.UUIDField(primary_key=True)
    seq = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=16)

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"


class Door(models.Model):
    """A row that stands here lets the triggers pass (audit.door). It never outlives its transaction."""

    kind = models.CharField(max_length=10)

    def __str__(self) -> str:
        return self.kind


class Checkpoint(models.Model):
    """A signed list of the heads of all chains was written outside (audit.checkpoints)."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    chains = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    written_to = models.CharField(max_length=20)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"checkpoint {self.number}"


class Verification(models.Model):
    """One run of `verify_audit`: how much it walked, and how many faults it found."""

    at = models.DateTimeField(default=timezone.now)
    events = models.PositiveBigIntegerField()
    history_rows = models.PositiveBigIntegerField()
    checkpoint = models.PositiveIntegerField(null=True)
    findings = models.PositiveIntegerField()
    first = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"verification {self.pk}"


class TimedWork(models.Model):
    """When a piece of timed work (`manage tick`) last ran, and whether it went through. One row a piece."""

    name = models.CharField(max_length=100, primary_key=True)
    ran_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
