"""Who gets past the sign-in page: sessions that are young enough, with a second factor."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import services

ENROLMENT = ("/account/2fa/", "/account/logout/", "/account/reauthenticate/", "/static/")


class SessionLimits:
    """Ends a session that was idle too long, or whose user was deactivated or signed out everywhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            now = int(time.time())
            session = request.session
            session.setdefault("epoch", user.session_epoch)
            session.setdefault("started", now)
            why = ""
            if session["epoch"] != user.session_epoch:
                why = "ended"
            elif now - session["started"] > settings.SESSION_COOKIE_AGE:
                why = "too_old"
            elif now - session.get("seen", now) > settings.SESSION_IDLE_SECONDS:
                why = "idle"
            if why:
                services.record_sign_out(user=user, why=why)
                logout(request)
                return redirect(settings.LOGIN_URL)
            if now - session.get("seen", 0) > 60:
                session["seen"] = now
        return self.get_response(request)


class RequireSecondFactor:
    """Nobody passes without a second factor; a demo account does, in a trial only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and not (settings.DEMO_WITHOUT_SECOND_FACTOR and user.is_demo)
            and not request.path.startswith(ENROLMENT)
            and not is_mfa_enabled(user)
        ):
            return redirect("mfa_activate_totp")
        return self.get_response(request)
