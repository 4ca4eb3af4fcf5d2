"""Keeping accounts: the administrator alone, without ever knowing a password."""

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import services
from accounts.models import User
from audit.models import AccessEvent
from config.templatetags.ui import sentence_case
from tests.factories import make_office, make_user

pytestmark = pytest.mark.django_db
NEW = {"email": "Teal.Lark@Juniper.example", "name": "Teal Lark", "role": "paralegal", "bar_number": ""}
PASSWORD = "a heron stands in the reeds"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def test_who_is_added_sets_the_password_through_the_link_and_signs_in(
    client, mailoutbox, django_capture_on_commit_callbacks
):
    client.force_login(make_user("administrator"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("account-add"), NEW | {"office": make_office().pk})
    user = User.objects.get(email="teal.lark@juniper.example")
    assert answer.url == reverse("account", args=[user.pk])
    assert not user.has_usable_password()
    (mail,) = mailoutbox
    assert mail.to == [user.email]
    assert mail.subject == "Your Afterword account: set your password"

    client.post("/account/logout/")
    link = re.search(r"https?://\S+", mail.body).group()
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    assert client.post(address, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_address_has_one_account(client):
    client.force_login(make_user("administrator"))
    taken = make_user()
    answer = client.post(
        reverse("account-add"), NEW | {"email": taken.email.upper(), "office": make_office().pk}
    )
    assert answer.status_code == 422
    assert User.objects.filter(email__iexact=taken.email).count() == 1


@pytest.mark.parametrize("role", ["attorney", "advocate", "paralegal", "supervisor", "auditor"])
def test_every_act_is_the_administrators(role, rf):
    by, user, request = make_user(role), make_user(), rf.get("/")
    for act in (
        lambda: services.add_account(
            email="a@b.example", name="a", role="auditor", office=user.office, by=by, request=request
        ),
        lambda: services.change_account(user=user, name="b", role=user.role, office=user.office, by=by),
        lambda: services.deactivate(user=user, by=by),
        lambda: services.activate(user=user, by=by),
        lambda: services.reset_second_factor(user=user, by=by),
        lambda: services.unlock(user=user, by=by, request=request),
        lambda: services.invite_again(user=user, by=by, request=request),
    ):
        with pytest.raises(PermissionDenied, match="system administrator"):
            act()
    assert not AccessEvent.objects.filter(action="account").exists()


def test_changes_are_recorded_and_stay_in_the_history():
    by, user = make_user("administrator"), make_user("paralegal")
    services.change_account(user=user, name=user.name, role="attorney", office=user.office, by=by)
    event = AccessEvent.objects.get(action="account")
    assert (event.actor_id, event.object_id, event.fields) == (by.pk, str(user.pk), ["role"])
    assert user.history.first().history_user == by


@pytest.mark.parametrize(
    ("before", "after"),
    [("attorney", "administrator"), ("administrator", "attorney"), ("auditor", "administrator")],
)
def test_no_account_holds_two_kinds_of_rights_one_after_the_other(before, after):
    user = make_user(before)
    with pytest.raises(ValidationError, match="second account"):
        services.change_account(
            user=user, name=user.name, role=after, office=user.office, by=make_user("administrator")
        )


def test_nobody_closes_or_resets_their_own_account():
    by = make_user("administrator")
    for act in (services.deactivate, services.reset_second_factor):
        with pytest.raises(ValidationError):
            act(user=by, by=by)


def test_a_closed_account_opens_again_but_its_old_sessions_do_not(client):
    by, user = make_user("administrator"), make_user()
    client.force_login(user)
    client.get(reverse("clients"))
    services.deactivate(user=user, by=by)
    services.activate(user=user, by=by)
    assert client.get(reverse("clients")).url.startswith("/account/login/")


def test_the_first_administrator_comes_from_the_terminal(monkeypatch):
    typed = iter(["short", "short", PASSWORD, "another one entirely", PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    arguments = ("add_administrator", "sol@willow.example", "--name", "Sol Okafor", "--office", "Willow Road")
    with pytest.raises(CommandError, match="short"):
        call_command(*arguments)
    with pytest.raises(CommandError, match="not the same"):
        call_command(*arguments)
    assert not User.objects.exists()
    call_command(*arguments, verbosity=0)
    user = User.objects.get()
    assert (user.role, user.office.name, user.is_superuser) == ("administrator", "Willow Road", False)
    assert user.check_password(PASSWORD)


def test_a_trial_says_where_the_mail_lies_and_production_does_not(client, settings):
    settings.EMAIL_FILE_PATH = str(settings.BASE_DIR / "var" / "mail")
    administrator = make_user("administrator")
    for trial in (True, False):
        settings.TRIAL = settings.DEMO_WITHOUT_SECOND_FACTOR = trial
        said = [client.get("/account/password/reset/"), client.get("/account/password/reset/done/")]
        settings.DEMO_WITHOUT_SECOND_FACTOR = True
        client.force_login(administrator)
        said += [client.get(reverse("account-add")), client.get(reverse("account", args=[administrator.pk]))]
        client.logout()
        for page in said:
            assert page.status_code == 200
            assert ("written to a file in the folder var/mail" in page.content.decode()) is trial


def test_the_pages_of_the_sign_in_library_speak_as_ours_do(client, settings):
    settings.DEMO_WITHOUT_SECOND_FACTOR = True
    bad_link = client.get("/account/password/reset/key/a-b/").content.decode()
    assert "This link no longer works" in bad_link
    user = make_user()
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    for address, words, never in (
        ("/account/password/change/", "Change your password", "Change Password"),
        ("/account/logout/", "Sign out", "Sign Out"),
        ("/account/2fa/", "Two-factor authentication", "Two-Factor Authentication"),
    ):
        page = client.get(address, follow=True).content.decode()
        assert words in page
        assert never not in page
        assert "Current Password" not in page


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (" Recovery \n Codes ", "Recovery codes"),
        ("TOTP", "TOTP"),
        ("Use a USB Key", "Use a USB key"),
        ("", ""),
    ],
)
def test_title_case_becomes_sentence_case(given, shown):
    assert sentence_case(given) == shown
