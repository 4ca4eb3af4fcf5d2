"""Pages of clients, files and accounts in a browser: autosave, policy, accessibility, no sideways scroll."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clients import services
from clients.models import Identifier, SafeContact
from documents.services import store_document
from tests.factories import TODAY, make_client, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def open_as(client, live_server, browser):
    """open_as(user, width) gives a signed-in page; what its console said ends in `page.said`."""
    contexts = []

    def opened(user, width=1440):
        client.force_login(user)
        context = browser.new_context(viewport={"width": width, "height": 900}, base_url=live_server.url)
        context.add_cookies(
            [{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}]
        )
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()


def full_file(by):
    """A file in intake with something on every page of it."""
    make_client(counsel=make_user(), name_used="Gilbert Sedge")
    client = services.start_intake(name_used="Wren", by=by, today=TODAY)
    values = {"channel": "text", "number": "(510) 555-0143", "never": "E-mail", "ssn": "000-12-3456"}
    services.save_intake(client=client, by=by, values=values, replies={"pronouns": "declined"})
    services.save_related_person(
        client=client,
        relation="trafficker",
        name="Gilbert Segde",
        her_word="my ex",
        must_not_meet=True,
        by=by,
    )
    services.run_conflict_check(client=client, by=by)
    services.add_passage(client=client, title="The house", text="A door.", agreed_uses=["t_visa"], by=by)
    for days in (-1, 3):
        due = timezone.now() + timedelta(days=days)
        services.make_commitment(client=client, what="Call the court", due_at=due, owner=by, by=by)
    store_document(client=client, kind="evidence", title="Letter", content=b"Dear court", by=by)
    return client


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_pass_axe_break_no_policy_and_do_not_scroll_sideways(open_as, width):
    """An intake under way, and the administrator's pages: tests/browser/test_screens.py has all others."""
    from axe_playwright_python.sync_playwright import Axe

    by, administrator = make_user(), make_user("administrator")
    client = full_file(by)
    pages = [(by, reverse("intake", args=[client.pk]))]
    pages += [(administrator, reverse(name)) for name in ("accounts", "account-add")]
    pages += [(administrator, reverse("account", args=[by.pk]))]
    wrong = {}
    for user, address in pages:
        page = open_as(user, width)
        page.goto(address)
        found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if found or page.said or wide:
            wrong[address] = ([(v["id"], v["nodes"][0]["html"]) for v in found], page.said, wide)
        page.close()
    assert wrong == {}


def test_an_answer_is_saved_when_it_is_left_and_a_wrong_one_says_so(open_as):
    by = make_user()
    client = full_file(by)
    page = open_as(by)
    page.goto(reverse("intake", args=[client.pk]))
    page.fill("#id_hours", "Weekdays, 10 am to noon")
    page.focus("#id_email")
    page.locator("#saved", has_text=re.compile(r"Saved \d")).wait_for()
    assert SafeContact.objects.get(client=client).hours == "Weekdays, 10 am to noon"

    page.fill("#id_a_number", "123")
    page.focus("#id_fbi")
    page.locator("#answer-a_number .aw-error__msg", has_text="Enter 8 or 9 digits. This has 3.").wait_for()
    assert page.input_value("#id_a_number") == "123"
    assert not Identifier.objects.filter(client=client, kind="a_number").exists()
    page.fill("#id_a_number", "A012345678")
    page.focus("#id_fbi")
    page.locator("#answer-a_number .aw-error__msg").wait_for(state="detached")
    assert Identifier.objects.get(client=client, kind="a_number").value == "A012345678"


def test_a_box_ticked_while_another_is_being_saved_stays_ticked(open_as):
    by = make_user()
    client = full_file(by)
    page = open_as(by)
    page.goto(reverse("intake", args=[client.pk]))
    held = []

    def hold_the_first(route):
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/intake/", hold_the_first)
    boxes = [page.locator(f"input[name=basic_needs][value={need}]") for need in ("shelter", "papers")]
    ticks = [page.locator(f"label[for={box.get_attribute('id')}]") for box in boxes]
    with page.expect_request("**/intake/"):
        ticks[0].click()
    ticks[1].click()
    with page.expect_response(lambda answer: "papers" in (answer.request.post_data or "")):
        held[0].continue_()
    page.locator("#saved", has_text=re.compile(r"Saved \d")).wait_for()
    assert [box.is_checked() for box in boxes] == [True, True]
    client.refresh_from_db()
    assert set(client.basic_needs) == {"shelter", "papers"}


def test_a_masked_number_is_shown_on_its_own_page_and_gone_after(open_as):
    by = make_user()
    client = full_file(by)
    page = open_as(by)
    people = reverse("client-people", args=[client.pk])
    page.goto(people)
    page.click("text=Show phone")
    assert page.inner_text(".aw-mask__open") == "(510) 555-0143"
    page.click("text=Hide it and go back")
    page.wait_for_url(f"**{people}")
    assert "555-0143" not in page.content()
    assert page.said == []
