"""allauth's forms of passwords, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms

LABELS = {
    "oldpassword": "Password until now",
    "password1": "New password",
    "password2": "New password, again",
    "email": "E-mail",
}


class _OurWords(forms.Form):
    """Our labels, and no second copy of them inside the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            if name in self.fields:
                self.fields[name].label = label
                self.fields[name].widget.attrs.pop("placeholder", None)


class ChangeForm(_OurWords, ChangePasswordForm):
    """The old one, and the new one twice."""


class SetForm(_OurWords, ResetPasswordKeyForm):
    """The new one twice, behind the link that was mailed."""


class ForgottenForm(_OurWords, ResetPasswordForm):
    """The address to which the link goes."""
