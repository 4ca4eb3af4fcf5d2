"""Courts, prosecutors and everybody else who holds a record. Public facts; no client data."""

from __future__ import annotations

from django.db import models

from audit.history import History


class Agency(models.Model):
    """A court, prosecutor, police department, jail, probation office or record keeper."""

    class Kind(models.TextChoices):
        """What it is."""

        COURT = "court", "Court"
        PROSECUTOR = "prosecutor", "Prosecutor"
        POLICE = "police", "Police or sheriff"
        PROBATION = "probation", "Probation"
        CORRECTIONS = "corrections", "Corrections"
        REPOSITORY = "repository", "State or federal record keeper"
        OTHER = "other", "Other"

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=120)
    jurisdiction = models.CharField(max_length=6, default="US-CA")
    county = models.CharField(max_length=60, blank=True)
    address = models.TextField(blank=True)
    calendar = models.CharField(max_length=12, blank=True, help_text="court calendar: us-ca, us-federal …")
    history = History()
    from_migrations = True  # the reference list: no version before `load_agencies` gives one

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="agency_named_once")]

    def __str__(self) -> str:
        return self.name
