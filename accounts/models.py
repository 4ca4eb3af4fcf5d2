"""The people who work here: offices, users and their roles."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import History


class Office(models.Model):
    """One office of the organisation; its letters in papers and its time zone."""

    name = models.CharField(max_length=120, unique=True)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    history = History()

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person's account is for. A role opens pages; rights on a client come from her team."""

    ATTORNEY = "attorney", "Attorney"
    ADVOCATE = "advocate", "Advocate"
    PARALEGAL = "paralegal", "Paralegal"
    SUPERVISOR = "supervisor", "Supervisor"
    ADMINISTRATOR = "administrator", "System administrator"
    AUDITOR = "auditor", "Auditor"


CASEWORK_ROLES = frozenset({Role.ATTORNEY, Role.ADVOCATE, Role.PARALEGAL, Role.SUPERVISOR})


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address; cannot make a superuser."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A user with a verified-by-invitation address. Raises ValueError without an address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, *args: object, **kwargs: object) -> User:
        """Refused: nobody may read everything."""
        raise NotImplementedError("Afterword has no superuser: nobody may read every file.")

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff, signed in by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="people")
    bar_number = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    session_epoch = models.PositiveIntegerField(default=0)

    objects: ClassVar[UserManager] = UserManager()
    _history_user: User  # set by services: who the history row names
    history = History(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(is_superuser=False), name="user_no_superuser")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split()[0]

    @property
    def initials(self) -> str:
        """Two letters for the round mark in the top bar."""
        words = self.name.split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @property
    def does_casework(self) -> bool:
        """Whether pages with clients are open to this role at all."""
        return self.role in CASEWORK_ROLES
