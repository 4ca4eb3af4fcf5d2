"""The vault's own tables: wrapped keys, the installation's mark, and the tokens of names."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class DataKey(models.Model):
    """One client's data key, wrapped by a root key; the newest version seals, all of them open.

    `client_uuid` is the nil UUID for what belongs to the organisation. A destroyed key keeps its
    row without the key, so that "erased" can be told from "broken". A retired key seals nothing any
    more in this database; it stays for the backups that were made before.
    """

    id = models.PositiveIntegerField(primary_key=True)
    client_uuid = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_uuid", "version"], name="datakey_one_per_version"),
            models.CheckConstraint(
                condition=Q(wrapped__isnull=True, destroyed_at__isnull=False)
                | Q(wrapped__isnull=False, destroyed_at__isnull=True),
                name="datakey_destroyed_has_no_key",
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.pk}"


class Installation(models.Model):
    """One row: the wrapped root secret of the indexes, and what kind of installation this is.

    `kind_sealed` holds "production", "trial" or "test" under the organisation's data key, so that
    it can be neither forged nor changed by whoever can only write to the database.
    `lookup_generation` is that of new look-up tokens; `lookup_previous` the one that is being left.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    wrapped_secret = models.BinaryField()
    kind_sealed = models.BinaryField()
    name_generation = models.PositiveIntegerField(default=1)
    name_bits = models.PositiveSmallIntegerField(default=24)
    name_generation_before = models.PositiveIntegerField(default=0)
    name_bits_before = models.PositiveSmallIntegerField(default=0)
    lookup_generation = models.PositiveSmallIntegerField(default=1)
    lookup_previous = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="installation_is_one_row")]

    def __str__(self) -> str:
        return "installation"


class NameToken(models.Model):
    """A keyed token of a whole name, of it with one letter left out, or of its sound (vault.names).

    `person` is a random number kept in the person's own row: this table alone names nobody. It can
    be rebuilt from the sealed names and stays out of backups.
    """

    person = models.BigIntegerField(db_index=True)
    token = models.PositiveIntegerField(db_index=True)

    def __str__(self) -> str:
        return "name token"


class BackupRun(models.Model):
    """One backup that was made, or one that was tried by restoring it, and how that went.

    `file_name` is the name of the archive without its folder, `size` its bytes, `failure` a short word
    or sentence without any value. It is written at the end: a run that was killed leaves no row.
    """

    class Kind(models.TextChoices):
        """What was run."""

        MADE = "made", "Backup"
        VERIFIED = "verified", "Restore tried"

    kind = models.CharField(max_length=10, choices=Kind)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=80, blank=True)
    size = models.BigIntegerField(default=0)
    ok = models.BooleanField(default=False)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["kind", "-started_at"], name="backup_run_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class SpareFile(models.Model):
    """A stored file that no row names: not yet, or not any more. It is removed once `due_at` has passed.

    Written before the file is, and gone in the transaction that gives the file a row, so that whatever
    was interrupted leaves nothing behind.
    """

    name = models.CharField(max_length=80, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
