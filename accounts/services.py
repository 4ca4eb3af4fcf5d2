"""Everything that writes about accounts: one function an act, in one transaction with its audit event."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from axes.utils import reset as reset_axes
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import CASEWORK_ROLES, Office, User
from accounts.permissions import check_can_keep_accounts
from audit.services import Action, record

INVITATION = "accounts/email/invitation"
SIGN_IN, SIGN_OUT = "sign_in", "sign_out"
"""Kinds of the entries about signing in, in the access log."""


@transaction.atomic
def add_account(
    *, email: str, name: str, role: str, office: Office, by: User, request: HttpRequest, bar_number: str = ""
) -> User:
    """Make an account and send its owner a link to set a password; nobody else ever knows it.

    Raises PermissionDenied, or ValidationError for an address that has an account.
    """
    check_can_keep_accounts(by)
    user = User(email=email.strip().lower(), name=name, role=role, office=office, bar_number=bar_number)
    user.set_unusable_password()
    user._history_user = by
    user.full_clean(exclude=["password"])
    user.save()
    # Verified by what follows: only who reads this mailbox can set the password.
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    record(Action.ACCOUNT, by=by, target=user, fields=["added", role])
    _send_invitation(user, request)
    return user


@transaction.atomic
def invite_again(*, user: User, by: User, request: HttpRequest) -> None:
    """Send the link to set a password once more. Raises ValidationError for a closed account."""
    check_can_keep_accounts(by)
    if not user.is_active:
        raise ValidationError("This account is closed. Open it again first.")
    record(Action.ACCOUNT, by=by, target=user, fields=["invited"])
    _send_invitation(user, request)


def _send_invitation(user: User, request: HttpRequest) -> None:
    """Mail the link once the transaction is through.

    The link is allauth's own for a forgotten password: it works once, and for three days.
    """
    kwargs = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    link = request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs=kwargs))
    subject = render_to_string(f"{INVITATION}_subject.txt").strip()
    message = render_to_string(f"{INVITATION}_message.txt", {"user": user, "link": link})
    transaction.on_commit(partial(send_mail, subject, message, None, [user.email]))


@transaction.atomic
def change_account(
    *, user: User, name: str, role: str, office: Office, by: User, bar_number: str = ""
) -> User:
    """Change name, role or office.

    An account does casework or keeps accounts or audits, and never changes between these: whoever does
    two of them has two accounts. Raises PermissionDenied or ValidationError.
    """
    check_can_keep_accounts(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if role != user.role and not {role, user.role} <= CASEWORK_ROLES:
        raise ValidationError(
            {"role": "This account cannot take that role: add a second account for the other work."}
        )
    wanted = {"name": name, "role": role, "office": office, "bar_number": bar_number}
    changed = [field for field, value in wanted.items() if getattr(user, field) != value]
    if not changed:
        return user
    for field in changed:
        setattr(user, field, wanted[field])
    user._history_user = by
    user.full_clean(exclude=["password"])
    user.save()
    record(Action.ACCOUNT, by=by, target=user, fields=changed)
    return user


@transaction.atomic
def deactivate(*, user: User, by: User) -> User:
    """Close an account: its sessions end at once, everywhere, and no right of it counts any more."""
    check_can_keep_accounts(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user == by:
        raise ValidationError("You cannot close your own account. Another administrator can.")
    if not user.is_active:
        raise ValidationError("This account is closed already.")
    return _save_state(user, by, "deactivated", is_active=False)


@transaction.atomic
def activate(*, user: User, by: User) -> User:
    """Open a closed account again. Rights that its teams still grant count again."""
    check_can_keep_accounts(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        raise ValidationError("This account is open already.")
    return _save_state(user, by, "activated", is_active=True)


@transaction.atomic
def reset_second_factor(*, user: User, by: User) -> User:
    """Take the second step away, for a lost phone; the next sign-in has to set a new one up."""
    check_can_keep_accounts(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user == by:
        raise ValidationError("Ask another administrator to reset your own second step.")
    Authenticator.objects.filter(user=user).delete()
    return _save_state(user, by, "second_factor_reset", is_active=user.is_active)


def _save_state(user: User, by: User, what: str, *, is_active: bool) -> User:
    """Store the state and end every session: they carry the number that goes up here."""
    user.is_active = is_active
    user.session_epoch += 1
    user._history_user = by
    user.save()
    record(Action.ACCOUNT, by=by, target=user, fields=[what])
    return user


def unlock(*, user: User, by: User, request: HttpRequest) -> None:
    """Open the door again after failed sign-ins: for axes (passwords) and for allauth (codes as well)."""
    check_can_keep_accounts(by)
    with transaction.atomic():
        reset_axes(username=user.email)
        record(Action.ACCOUNT, by=by, target=user, fields=["unlocked"])
    # The keys are those under which allauth counts: the address that was typed, and the person at the
    # second step (allauth.account.adapter, allauth.mfa.base.internal.flows).
    keys = (
        get_adapter(request)._get_login_attempts_cache_key(request, email=user.email),
        f"mfa-auth-user-{user.pk}",
    )
    for key in keys:
        ratelimit.clear(request, action="login_failed", key=key)


# --- Signing in and out ---------------------------------------------------------------------------


def record_sign_in(*, user: User, steps: Iterable[str]) -> None:
    """`steps` names what proved who it is: password, totp, recovery_codes, webauthn."""
    record(Action.SIGNED_IN, by=user, target=user, fields=set(steps))


def record_sign_out(*, user: User, why: str = "asked") -> None:
    """`why`: asked, idle, too_old, or ended (the account was closed or its second step reset)."""
    record(Action.ACCOUNT, by=user, target=user, kind=SIGN_OUT, fields=[why])


def record_failed_sign_in(*, user: User | None, step: str) -> None:
    """Somebody was turned away at `step`: password or second_step.

    Nothing that was typed is kept, also not an address that nobody has: people type passwords there.
    Nobody is named as the one who acted, because nobody proved who they are.
    """
    record(Action.REFUSED, by=None, target=user, kind=SIGN_IN, fields=[step])
