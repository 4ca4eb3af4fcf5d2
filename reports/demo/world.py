"""What every made-up file shares: the office, its staff, agencies, and the reference day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import Office, Role, User
from audit.services import Action, record
from cases.models import Agency
from cases.services.agencies import agency_named, load_agencies
from clients.permissions import RIGHTS
from deadlines.calendars import get_calendar

OFFICE = "Juniper Street Legal"
PASSWORD = "juniper-street-trial-2026"  # noqa: S105 - printed at every start of the trial
DOMAIN = "juniper.example"
COURT_CALENDAR = "us-ca"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff, by the key under which the stories name them."""

    key: str
    name: str
    role: Role
    mailbox: str
    bar_number: str = ""


STAFF = (
    Staff("noor", "Noor Haddad", Role.ATTORNEY, "noor.haddad", "990142"),
    Staff("ines", "Inés Carrillo", Role.ADVOCATE, "ines.carrillo"),
    Staff("theo", "Theo Lindqvist", Role.PARALEGAL, "theo.lindqvist"),
    Staff("ruth", "Ruth Abernathy", Role.SUPERVISOR, "ruth.abernathy", "990017"),
    Staff("sol", "Sol Okafor", Role.ADMINISTRATOR, "sol.okafor"),
    Staff("ada", "Ada Lovage", Role.AUDITOR, "ada.lovage"),
    Staff("priya", "Priya Raman", Role.ATTORNEY, "priya.raman", "990188"),
    Staff("samuel", "Samuel Osei", Role.ATTORNEY, "samuel.osei", "990203"),
    Staff("grace", "Grace Tan", Role.ADVOCATE, "grace.tan"),
    Staff("lena", "Lena Fairweather", Role.PARALEGAL, "lena.fairweather"),
)


@dataclass(slots=True)
class World:
    """The office on its reference day. `seed` decides every chance."""

    today: date
    seed: int
    office: Office
    staff: dict[str, User]
    permissions: dict[str, Permission]
    agencies: dict[tuple[str, str], Agency] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    relative_told: bool = False
    """Whether a story has a person called like one of the staff already."""

    def user(self, key: str) -> User:
        return self.staff[key]

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def file_number(self, year: int) -> str:
        """The next number of a year, past those kept for somebody."""
        while True:
            self.numbers[year] = self.numbers.get(year, 0) + 1
            number = f"{year}-{self.numbers[year]:04d}"
            if number not in self.taken:
                return number

    def agency(self, kind: str, name: str, county: str = "", jurisdiction: str = "US-CA") -> Agency:
        """An agency by kind and name; one that the reference list lacks is added, as records add theirs."""
        found = self.agencies.get((kind, name))
        if found is None:
            found = agency_named(kind=kind, name=name, county=county, jurisdiction=jurisdiction)
            self.agencies[kind, name] = found
        return found


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a day, in the office's time."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def court_day(day: date) -> date:
    """The day itself, or the court day before it."""
    return get_calendar(COURT_CALENDAR).on_or_before(day)


def weekday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def day_of_birth(day: date) -> date:
    """The Saturday or Sunday nearest before a day.

    Births fall on weekends and everything on a criminal record on weekdays, so that no date of birth
    of a demo is also a date of procedure in the clear.
    """
    return day if day.weekday() >= 5 else day - timedelta(days=day.weekday() + 1)


def make_world(*, today: date, seed: int, trial_accounts: bool) -> World:
    """The office with its staff and the agencies of the reference list. Writes them."""
    office, _made = Office.objects.get_or_create(
        name=OFFICE,
        defaults={
            "address": "99 Juniper Street, Suite 4\nOakland, CA 94601",
            "phone": "(510) 555-0199",
            "email": f"office@{DOMAIN}",
        },
    )
    staff = {person.key: _user(person, office, trial_accounts=trial_accounts) for person in STAFF}
    load_agencies()
    return World(
        today=today,
        seed=seed,
        office=office,
        staff=staff,
        permissions={
            row.codename: row
            for row in Permission.objects.filter(content_type__app_label="clients", codename__in=RIGHTS)
        },
        agencies={(row.kind, row.name): row for row in Agency.objects.all()},
    )


def _user(person: Staff, office: Office, *, trial_accounts: bool) -> User:
    """The account of somebody; without a trial password nobody can sign in with it."""
    email = f"{person.mailbox}@{DOMAIN}"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(
            email,
            PASSWORD if trial_accounts else None,
            name=person.name,
            role=person.role,
            office=office,
            bar_number=person.bar_number,
            is_demo=True,
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        record(Action.ACCOUNT, by=None, target=user, fields=["created"])
    return user


def demo_accounts() -> Iterable[User]:
    """The demo accounts somebody can sign in with, in the order of `STAFF`."""
    order = {f"{person.mailbox}@{DOMAIN}": number for number, person in enumerate(STAFF)}
    users = User.objects.filter(is_demo=True, is_active=True, email__in=order)
    return sorted((user for user in users if user.has_usable_password()), key=lambda user: order[user.email])
