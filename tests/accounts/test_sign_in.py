"""Signing in through the real pages: lock-out, second factor, sessions, and what nobody can become."""

import logging
import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts import services
from accounts.models import User
from audit.models import AccessEvent
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a heron stands in the reeds"
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _fresh_limits(settings):
    cache.clear()
    settings.DEMO_WITHOUT_SECOND_FACTOR = False
    yield
    cache.clear()


def person(role="attorney", **fields):
    user = make_user(role, **{"is_demo": False} | fields)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def sign_in(browser, user, password=PASSWORD):
    return browser.post(LOGIN, {"login": user.email, "password": password})


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def enrol(browser):
    """Set up TOTP on the page for it; gives the secret."""
    page = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"\b[A-Z2-7]{32}\b", page).group()
    answer = browser.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return secret


def test_everybody_sets_up_a_second_step_before_anything_else(client):
    user = person()
    sign_in(client, user)
    for name in ("clients", "find", "intake-start"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert answer.url == reverse("mfa_activate_totp")
    enrol(client)
    assert client.get(reverse("clients")).status_code == 200


@pytest.mark.parametrize(("demo", "allowed", "passes"), [(1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 0)])
def test_only_a_demo_account_in_a_trial_passes_without(client, settings, demo, allowed, passes):
    settings.DEMO_WITHOUT_SECOND_FACTOR = bool(allowed)
    sign_in(client, person(is_demo=bool(demo)))
    assert client.get(reverse("clients")).status_code == (200 if passes else 302)


def test_totp_and_then_a_recovery_code_open_the_door_once_each(client):
    user = person()
    sign_in(client, user)
    secret = enrol(client)
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    cache.clear()  # the code just used is remembered as used for its half minute

    client.post("/account/logout/")
    assert sign_in(client, user).url == reverse("mfa_authenticate")
    assert client.get(reverse("clients")).url.startswith(LOGIN)
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code != 302
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert client.get(reverse("clients")).status_code == 200

    for expected in (302, None):
        client.post("/account/logout/")
        sign_in(client, user)
        answer = client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert (answer.status_code == 302) == (expected == 302), "a recovery code works once"


def test_the_totp_secret_is_sealed_in_the_database(client):
    sign_in(client, person())
    secret = enrol(client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert all(secret not in str(row) for row in cursor.fetchall())


def test_five_wrong_passwords_close_the_door_and_an_administrator_opens_it(client, rf, settings):
    settings.AXES_ENABLED = True
    user, colleague = person(), person()
    answers = [sign_in(client, user, "wrong wrong wrong wrong").status_code for _ in range(5)]
    assert answers[-1] == 429
    assert 429 not in answers[:4]
    assert sign_in(client, user).status_code == 429
    assert sign_in(client, colleague).status_code == 302, "others at the same address still enter"
    client.post("/account/logout/")

    for _ in range(10):  # allauth's own limit is used up as well
        client.post(LOGIN, {"login": user.email, "password": "wrong wrong wrong wrong"})
    administrator = make_user("administrator")
    settings.DEMO_WITHOUT_SECOND_FACTOR = True
    client.force_login(administrator)
    assert client.post(reverse("account-unlock", args=[user.pk])).status_code == 302
    client.post("/account/logout/")
    assert sign_in(client, user).status_code == 302
    assert "_auth_user_id" in client.session


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(client):
    user = person()

    def answer(email):
        response = client.post(LOGIN, {"login": email, "password": "wrong wrong wrong wrong"})
        page = response.content.decode().replace(email, "")
        return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)

    assert answer(user.email) == answer("nobody@juniper.example")


def test_nobody_signs_up(client):
    assert "closed" in client.get("/account/signup/").content.decode().lower()
    client.post("/account/signup/", {"email": "new@juniper.example", "password1": PASSWORD})
    assert not User.objects.filter(email="new@juniper.example").exists()


# --- Sessions -------------------------------------------------------------------------------------


def test_closing_an_account_ends_its_sessions_at_once(client, settings):
    settings.DEMO_WITHOUT_SECOND_FACTOR = True
    user = make_user()
    client.force_login(user)
    assert client.get(reverse("clients")).status_code == 200
    services.deactivate(user=user, by=make_user("administrator"))
    assert client.get(reverse("clients")).url.startswith(LOGIN)


def test_a_reset_second_step_ends_sessions_and_asks_for_a_new_one(client):
    user = person()
    sign_in(client, user)
    enrol(client)
    services.reset_second_factor(user=user, by=make_user("administrator"))
    assert client.get(reverse("clients")).url.startswith(LOGIN)
    sign_in(client, user)
    assert client.get(reverse("clients")).url == reverse("mfa_activate_totp")


@pytest.mark.parametrize("key", ["seen", "started"])
def test_a_session_ends_when_idle_and_when_old(client, settings, key):
    settings.DEMO_WITHOUT_SECOND_FACTOR = True
    client.force_login(make_user())
    assert client.get(reverse("clients")).status_code == 200
    session = client.session
    session[key] = int(time.time()) - settings.SESSION_COOKIE_AGE - 5
    session.save()
    assert client.get(reverse("clients")).url.startswith(LOGIN)


# --- No superuser ---------------------------------------------------------------------------------


def test_no_superuser_can_exist():
    with pytest.raises(NotImplementedError):
        User.objects.create_superuser("x@juniper.example", PASSWORD)
    with pytest.raises(CommandError, match="no superuser"):
        call_command("createsuperuser", "--noinput", "--email", "x@juniper.example")
    user = make_user()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_superuser=True)


# --- On record ------------------------------------------------------------------------------------


def entries():
    """(action, kind, fields, actor, object) of everything in the access log, oldest first."""
    rows = AccessEvent.objects.order_by("pk")
    return [(row.action, row.object_kind, row.fields, row.actor_id, row.object_id) for row in rows]


def test_signing_in_and_out_is_recorded_once_every_step_is_passed(client):
    user = person()
    sign_in(client, user)
    assert entries() == [("signed_in", "user", ["password"], user.pk, str(user.pk))]
    secret = enrol(client)
    cache.clear()  # the code just used is remembered as used for its half minute
    client.post("/account/logout/")
    assert entries()[1:] == [("account", "sign_out", ["asked"], user.pk, str(user.pk))]

    sign_in(client, user)
    assert len(entries()) == 2, "the second step is still ahead"
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert entries()[2:] == [("signed_in", "user", ["password", "totp"], user.pk, str(user.pk))]


def test_without_its_entry_nobody_gets_in(client, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr("accounts.services.record", broken)
    client.raise_request_exception = False
    assert sign_in(client, person()).status_code == 500
    assert "_auth_user_id" not in client.session


def test_failures_are_recorded_without_what_was_typed(client, caplog, settings):
    settings.AXES_ENABLED = True
    user = person()
    sign_in(client, user, "wrong wrong wrong wrong")
    client.post(LOGIN, {"login": "nobody.plumbago@juniper.example", "password": "teasel teasel teasel"})
    assert entries() == [
        ("refused", "sign_in", ["password"], None, str(user.pk)),
        ("refused", "sign_in", ["password"], None, ""),
    ]
    written = str(list(AccessEvent.objects.values())) + "".join(
        row.getMessage() for row in caplog.records if logging.getLogger(row.name).isEnabledFor(row.levelno)
    )
    assert "plumbago" not in written
    assert "teasel" not in written


def test_a_wrong_code_is_recorded(client):
    user = person()
    sign_in(client, user)
    enrol(client)
    client.post("/account/logout/")
    sign_in(client, user)
    before = len(entries())
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert entries()[before:] == [("refused", "sign_in", ["second_step"], None, str(user.pk))]


def test_a_session_that_ran_out_is_recorded_with_why(client, settings):
    settings.DEMO_WITHOUT_SECOND_FACTOR = True
    user = make_user()
    client.force_login(user)
    client.get(reverse("clients"))
    session = client.session
    session["seen"] = int(time.time()) - settings.SESSION_IDLE_SECONDS - 5
    session.save()
    client.get(reverse("clients"))
    assert entries()[-1] == ("account", "sign_out", ["idle"], user.pk, str(user.pk))


def test_the_access_log_says_at_whose_door_a_sign_in_failed(client, settings):
    settings.DEMO_WITHOUT_SECOND_FACTOR = True
    user = person(name="Teal Lark")
    sign_in(client, user, "wrong wrong wrong wrong")
    client.force_login(make_user("auditor"))
    page = client.get(reverse("access-log")).content.decode()
    assert "was refused: a sign-in as Teal Lark" in page
    assert "Somebody not signed in" in page


# --- What the session table holds in the clear ----------------------------------------------------


def test_no_message_after_signing_in_names_anybody(client):
    user = person(name="Teal Lark")
    answer = sign_in(client, user)
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert said == ["You are signed in."]


def test_an_address_never_changes(client, settings):
    settings.DEMO_WITHOUT_SECOND_FACTOR = True
    user = make_user()
    client.force_login(user)
    change = {"email": "elsewhere@juniper.example", "action_add": ""}
    assert client.get("/account/email/").status_code == 404
    assert client.post("/account/email/", change).status_code == 404
    assert not EmailAddress.objects.filter(email=change["email"]).exists()


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client, to):
    user = person()
    answer = client.post(f"{LOGIN}?next={to}", {"login": user.email, "password": PASSWORD, "next": to})
    assert answer.url == reverse("home")
