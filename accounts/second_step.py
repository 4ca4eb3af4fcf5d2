"""allauth's forms of the second step, with every wrong code on record."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError

from accounts import services


class _OnRecord(forms.Form):
    """Writes an entry for a field that does not prove who it is."""

    user: Any

    def clean_code(self) -> Any:
        return self._proved("clean_code")

    def clean_credential(self) -> Any:
        return self._proved("clean_credential")

    def _proved(self, check: str) -> Any:
        try:
            return getattr(super(), check)()
        except ValidationError:
            services.record_failed_sign_in(user=self.user, step="second_step")
            raise


class CodeForm(_OnRecord, AuthenticateForm):
    """Six digits, or a recovery code."""


class CodeAgainForm(_OnRecord, ReauthenticateForm):
    """The same, when something asks again who it is."""


class KeyForm(_OnRecord, AuthenticateWebAuthnForm):
    """A passkey or security key, after the password."""


class KeyAloneForm(_OnRecord, LoginWebAuthnForm):
    """A passkey in place of a password: nobody is known until it fits."""
