"""Fixtures for tests in a real browser: a live server at localhost, a strict page, a person at work."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browser.people import PASSWORD, Worker

AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # only an experimental rule would read the style sheets again
}
ASK_AXE = """options => axe.run(options).then(found => found.violations.map(
    rule => rule.id + ": " + rule.nodes.slice(0, 4).map(node => node.html.slice(0, 160)).join(" | ")))"""


@pytest.fixture
def site(live_server, settings):
    """Address of the live server, by the name that cookies and passkeys accept."""
    settings.ALLOWED_HOSTS = ["localhost"]
    return f"http://localhost:{urlsplit(live_server.url).port}"


@pytest.fixture
def strict_page(browser: Browser, site: str):
    """A page that fails the test on a policy violation, a script error or a request to elsewhere."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()

    def heard(message: ConsoleMessage) -> None:
        # Chromium writes a line for every answer of 422; those are forms that say what is wrong.
        if message.type == "error" and "status of 422" not in message.text:
            faults.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{site}/", "data:", "blob:", "about:")):
            faults.append(f"request to {urlsplit(request.url).netloc}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", asked)
    page.set_default_timeout(20_000)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def sign_in(strict_page: Page, site: str) -> Callable[..., Page]:
    """Sign in through the page, as anybody would; the user's password must be `PASSWORD`."""

    def go(user) -> Page:
        strict_page.context.clear_cookies()
        strict_page.goto(f"{site}/account/login/")
        strict_page.locator("input[name=login]").fill(user.email)
        strict_page.locator("input[name=password]").fill(PASSWORD)
        strict_page.get_by_role("button", name="Sign in", exact=True).click()
        strict_page.wait_for_url(f"{site}/")
        return strict_page

    return go


@pytest.fixture(scope="session")
def findings() -> Callable[[Page], list[str]]:
    """What axe finds on the page as it stands, a line for each rule that is broken."""
    script = Axe().axe_script

    def found(page: Page) -> list[str]:
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(script)
        broken: list[str] = page.evaluate(ASK_AXE, AXE)
        return broken

    return found


@pytest.fixture
def check_axe(findings) -> Callable[[Page], None]:
    """Fails on any finding of axe on the page as it stands."""

    def check(page: Page) -> None:
        assert findings(page) == [], page.url

    return check


@pytest.fixture
def at_work(sign_in, site, check_axe) -> Callable[..., Worker]:
    """at_work(user) signs the person in and gives what their hands do; every state passed meets axe."""

    def begin(user, *, axe: bool = True) -> Worker:
        return Worker(sign_in(user), site, check_axe if axe else None)

    return begin
