"""A fresh proof of who it is: what counts, for how long, and what becomes of a form that was filled in."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.fresh import is_fresh, prove_again, typed
from audit.models import AccessEvent
from tests.accounts.test_sign_in import code_of
from tests.factories import make_user
from tests.proof import signed_in_fresh

pytestmark = pytest.mark.django_db
PAGE = "/clients/find/"
REASON = "Saltmarsh-canary: she called from the clinic."


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()
    yield
    cache.clear()


def with_second_step(**fields):
    """A person with TOTP, and the secret."""
    user = make_user(**fields)
    user.set_password("a heron stands in the reeds")
    user.save()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return user, secret


def asked(rf, user, *, method="get", data=None, records=(), session=None):
    request = getattr(rf, method)(PAGE, data or {})
    request.user = user
    request.session = session if session is not None else SessionStore()
    request.session["account_authentication_methods"] = list(records)
    request.session["account_authentication_methods_user"] = str(user.pk)
    return request


@pytest.mark.parametrize(
    ("step", "seconds_ago", "fresh"),
    [
        ("mfa", 0, True),
        ("mfa", 295, True),
        ("mfa", 301, False),
        ("mfa", -60, False),  # a clock that was set back proves nothing
        ("password", 0, False),
    ],
)
def test_only_a_second_step_of_the_last_five_minutes_counts(rf, step, seconds_ago, fresh):
    user, _ = with_second_step()
    request = asked(rf, user, records=[{"method": step, "at": time.time() - seconds_ago}])
    assert is_fresh(request) is fresh


def test_the_proof_of_somebody_else_in_the_same_session_does_not_count(rf):
    user, _ = with_second_step()
    request = asked(rf, user, records=[{"method": "mfa", "at": time.time()}])
    request.session["account_authentication_methods_user"] = str(make_user().pk)
    assert not is_fresh(request)


def test_a_trial_account_without_a_second_step_proves_itself_by_its_password(rf):
    user = make_user()
    user.set_password("a heron stands in the reeds")
    user.save()
    assert is_fresh(asked(rf, user, records=[{"method": "password", "at": time.time()}]))
    request = asked(rf, user, records=[{"method": "password", "at": time.time() - 400}])
    assert not is_fresh(request)
    assert prove_again(request).url.startswith(reverse("account_reauthenticate"))


def test_an_account_with_nothing_to_prove_itself_by_is_refused(rf):
    with pytest.raises(PermissionDenied):
        prove_again(asked(rf, make_user()))


def test_the_password_alone_is_not_offered_to_who_has_a_second_step(client):
    user, _ = with_second_step()
    client.force_login(user)
    answer = client.get(reverse("account_reauthenticate"), {"next": PAGE})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("mfa_reauthenticate"))
    page = client.get(answer.url).content.decode()
    assert "Use your password" not in page


def test_who_proves_it_comes_back_to_the_page(client, rf):
    user, secret = with_second_step()
    client.force_login(user)
    there = prove_again(asked(rf, user, method="post", data={"reason": REASON}))
    answer = client.post(there.url, {"code": code_of(secret), "next": PAGE})
    assert (answer.status_code, answer.url) == (302, PAGE)
    request = rf.get(PAGE)
    request.user, request.session = user, client.session
    assert is_fresh(request)


def test_a_wrong_code_proves_nothing_and_is_recorded(client, rf):
    user, _ = with_second_step()
    client.force_login(user)
    there = prove_again(asked(rf, user)).url
    assert client.post(there, {"code": "000000", "next": PAGE}).status_code == 200
    request = rf.get(PAGE)
    request.user, request.session = user, client.session
    assert not is_fresh(request)
    assert AccessEvent.objects.filter(action="refused", object_kind="sign_in").exists()


def test_what_was_typed_comes_back_once_for_this_page_and_person(rf):
    user, _ = with_second_step()
    data = {"reason": REASON, "csrfmiddlewaretoken": "x", "kinds": ["a", "b"]}
    request = asked(rf, user, method="post", data=data)
    prove_again(request)
    session = request.session
    other = rf.get("/clients/")
    other.user, other.session = user, session
    assert typed(other) == {}  # another page's form is not filled with it
    again = asked(rf, user, session=session)
    assert typed(again) == {"reason": REASON, "kinds": ["a", "b"]}
    assert typed(again) == {}


def test_what_was_typed_is_not_given_to_somebody_else_or_after_a_quarter_of_an_hour(rf, monkeypatch):
    user, _ = with_second_step()
    for person, later in ((make_user(), 0), (user, 901)):
        request = asked(rf, user, method="post", data={"reason": REASON})
        prove_again(request)
        now = time.time() + later
        monkeypatch.setattr(time, "time", lambda now=now: now)
        assert typed(asked(rf, person, session=request.session)) == {}


def test_what_was_typed_lies_sealed_in_the_session(rf):
    user, _ = with_second_step()
    request = asked(rf, user, method="post", data={"reason": REASON})
    prove_again(request)
    request.session.save()
    kept = Session.objects.get(pk=request.session.session_key).get_decoded()
    assert "Saltmarsh" not in str(kept)
    assert "typed_before_proof" in kept
    request.session["typed_before_proof"] = "bm90IHNlYWxlZA=="
    assert typed(asked(rf, user, session=request.session)) == {}


def test_signed_in_fresh_is_what_the_helper_says(client, rf):
    user, _ = with_second_step()
    for seconds_ago, fresh in ((10, True), (400, False)):
        signed_in_fresh(client, user, seconds_ago=seconds_ago)
        request = rf.get(PAGE)
        request.user, request.session = user, client.session
        assert is_fresh(request) is fresh
    assert Authenticator.objects.filter(user=user, type="totp").count() == 1
