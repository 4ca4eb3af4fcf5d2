"""People who use the pages: their accounts, and their hands on keyboard and mouse."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.urls import reverse
from playwright.sync_api import Locator, Page

from accounts.models import Role, User
from clients.models import Client
from clients.services import join_team
from tests.factories import make_user

PASSWORD = "plumbago-and-teasel"


def person(role: str, **fields: Any) -> User:
    """Somebody of the office who can sign in through the page."""
    user = make_user(role, **fields)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def colleagues(client: Client, *, by: User) -> tuple[User, User]:
    """An advocate and a supervisor, both on the client's team."""
    advocate, supervisor = person(Role.ADVOCATE), person(Role.SUPERVISOR)
    join_team(client=client, user=advocate, role="advocate", by=by)
    join_team(client=client, user=supervisor, role="supervision", by=by)
    return advocate, supervisor


def _named(words: str, exact: bool) -> re.Pattern[str]:
    """An accessible name; words that only screen readers get stand behind a space of their own."""
    pattern = re.escape(words).replace(":", r"\s*:")
    return re.compile(f"^\\s*{pattern}\\s*$" if exact else pattern)


@dataclass
class Worker:
    """One person at one page. Keeps what was typed that must stay sealed, and where the walk led."""

    page: Page
    site: str
    axe: Callable[[Page], None] | None = None
    typed: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.addresses.append(request.url))
        self.look()

    def look(self) -> None:
        """Look at the page as it stands: its title is kept, and axe finds nothing."""
        self.titles.append(self.page.title())
        if self.axe:
            self.axe(self.page)

    def go(self, name: str, *args: object) -> None:
        """Open a page by its address."""
        answer = self.page.goto(self.site + reverse(name, args=args))
        assert answer is not None
        assert answer.ok, f"{answer.status} {answer.url}"
        self.look()

    def follow(self, link: str | Locator, *, exact: bool = False) -> None:
        """Click a link by its words."""
        found = self.page.get_by_role("link", name=_named(link, exact)) if isinstance(link, str) else link
        with self.page.expect_navigation():
            found.first.click()
        self.look()

    def press(self, button: str, *, exact: bool = True) -> None:
        """Press a button that sends a form, and wait for the page that comes."""
        found = self.page.get_by_role("button", name=_named(button, exact))
        with self.page.expect_navigation() as navigation:
            found.first.click()
        assert navigation.value.status < 500
        self.look()

    def write(self, value: str, *, into: str, sealed: bool = True) -> None:
        """Type into a field, by its name in the form. What has to stay sealed is remembered."""
        self.page.locator(f"[name='{into}']").fill(value)
        if sealed:
            self.typed.append(value)

    def leave(self, value: str, *, into: str) -> None:
        """Type into a field of the intake and leave it: it is saved by itself."""
        with self.page.expect_response(lambda r: f"autosave={into}" in (r.request.post_data or "")) as saved:
            self.write(value, into=into)
            self.page.keyboard.press("Tab")
        assert saved.value.ok

    def date(self, on: date, *, into: str, sealed: bool = False) -> None:
        """Enter a day; of a sealed one, every way of writing it is remembered."""
        self.page.locator(f"[name='{into}']").fill(on.isoformat())
        if sealed:
            self.typed += [on.isoformat(), f"{on:%m/%d/%Y}", f"{on:%Y%m%d}"]

    def choose(self, value: str, *, of: str) -> None:
        """Choose from a list, or tick the radio button or the box of this value."""
        control = self.page.locator(f"select[name='{of}']")
        if control.count():
            control.select_option(value)
            return
        chosen = self.page.locator(f"input[name='{of}'][value='{value}']")
        self.page.locator(f"label[for='{chosen.get_attribute('id')}']").click()
        assert chosen.is_checked()

    def tick(self, name: str) -> None:
        """Tick a box that stands alone."""
        box = self.page.locator(f"input[type=checkbox][name='{name}']")
        self.page.locator(f"label[for='{box.get_attribute('id')}']").click()
        assert box.is_checked()

    def words(self, within: str = "main") -> str:
        """The text of the page as it is read, spaces made single."""
        return re.sub(r"\s+", " ", self.page.locator(within).first.inner_text())

    def card(self, heading: str) -> str:
        """The text of the card with this heading."""
        card = self.page.locator("section.aw-card").filter(
            has=self.page.get_by_role("heading", name=heading, exact=False)
        )
        return re.sub(r"\s+", " ", card.first.inner_text())
