"""allauth's hooks: no sign-up, every sign-in on record, second-factor secrets sealed with our keys."""

from __future__ import annotations

import base64
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts import services
from accounts.fresh import FRESH_SECONDS
from accounts.models import User
from vault.crypto import Binding
from vault.ids import NIL
from vault.sealing import open_sealed, seal

BY_KNOWING = "reauthenticate"
"""allauth's word for proving who it is by the password."""

_TOTP = Binding("second_factor", "secret", NIL, NIL)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        return not signed_in_lately(self.request)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict]:
        """Who has a second step proves it by that: the password alone may be what was stolen."""
        methods = super().get_reauthentication_methods(user)
        second = [method for method in methods if method["id"] != BY_KNOWING]
        return second or methods

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Called when every step has been passed. Without its entry nobody gets in."""
        if isinstance(user, User):
            steps = (step.get("type", step["method"]) for step in get_authentication_records(request, user))
            services.record_sign_in(user=user, steps=steps)
        super().login(request, user)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            services.record_sign_out(user=request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        user = User.objects.filter(email__iexact=credentials.get("email") or "").first()
        services.record_failed_sign_in(user=user, step="password")


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether the last proof of identity in this session is younger than five minutes."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < FRESH_SECONDS


class SecondFactorAdapter(DefaultMFAAdapter):
    """Seals TOTP secrets and recovery seeds under the organisation's key."""

    def encrypt(self, text: str) -> str:
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_secret(encrypted_text)


def seal_secret(text: str) -> str:
    """The secret of a second factor under the organisation's key, as base64."""
    return base64.b64encode(seal(text.encode(), _TOTP, step=32)).decode()


def open_secret(sealed: str) -> str:
    """The secret again. Raises `SealBroken`."""
    return open_sealed(base64.b64decode(sealed), _TOTP).decode()
