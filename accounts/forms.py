"""What an administrator fills in about an account. There is no field for a password."""

from __future__ import annotations

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from accounts.models import Office, Role


def add_problems(form: forms.BaseForm, problem: ValidationError) -> None:
    """Put what a service refused where it belongs in the form; what has no field stands at the top."""
    if not hasattr(problem, "error_dict"):
        form.add_error(None, problem)
        return
    for name, errors in problem.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)


class AccountForm(forms.Form):
    """Name, role and office."""

    name = forms.CharField(max_length=120)
    role = forms.ChoiceField(choices=[("", "Choose one"), *Role.choices])
    office = forms.ModelChoiceField(queryset=Office.objects.order_by("name"), empty_label="Choose one")
    bar_number = forms.CharField(
        max_length=30, required=False, help_text="Attorneys: as it stands on papers."
    )


class NewAccountForm(AccountForm):
    """The same with the address, which never changes."""

    email = forms.EmailField(
        label="E-mail",
        help_text="The link to set a password goes there.",
        error_messages={"invalid": "Enter an address such as name@example.org."},
    )
    field_order = ("email", "name", "role", "office", "bar_number")
