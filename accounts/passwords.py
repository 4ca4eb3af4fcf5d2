"""allauth's forms of passwords, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, ResetPasswordKeyForm

NEW, AGAIN = "New password", "New password, again"


class ChangeForm(ChangePasswordForm):
    """The old one, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Password until now"
        self.fields["password1"].label, self.fields["password2"].label = NEW, AGAIN


class SetForm(ResetPasswordKeyForm):
    """The new one twice, behind the link that was mailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label, self.fields["password2"].label = NEW, AGAIN


class ForgottenForm(ResetPasswordForm):
    """The address to which the link goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"
