"""The accounts of the people who work here: for administrators."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms import AccountForm, NewAccountForm, add_problems
from accounts.models import User
from accounts.permissions import check_can_keep_accounts
from accounts.requests import signed_in

PER_PAGE = 50


def _administrator(request: HttpRequest) -> User:
    user = signed_in(request)
    check_can_keep_accounts(user)
    return user


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Everybody, the open accounts first."""
    _administrator(request)
    people = User.objects.select_related("office").order_by("-is_active", "name", "pk")
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    with_factor = set(
        Authenticator.objects.filter(user__in=[user.pk for user in page]).values_list("user_id", flat=True)
    )
    locked = _locked([user.email for user in page])
    rows = [{"user": user, "second": user.pk in with_factor, "locked": user.email in locked} for user in page]
    return render(request, "accounts/list.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def account_add(request: HttpRequest) -> HttpResponse:
    """Add an account; its owner sets the password."""
    administrator = _administrator(request)
    form = NewAccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            user = services.add_account(by=administrator, request=request, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Added. The link to set a password is on its way.")
            return redirect("account", user.pk)
    return render(request, "accounts/add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: change it, or act on it."""
    administrator = _administrator(request)
    user = get_object_or_404(User.objects.select_related("office"), pk=pk)
    fields = AccountForm.base_fields
    initial = {name: getattr(user, name) for name in fields} | {"office": user.office_id}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            services.change_account(user=user, by=administrator, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Saved.")
            return redirect("account", user.pk)
    context = {
        "form": form,
        "person": user,
        "own": user == administrator,
        "second": Authenticator.objects.filter(user=user).exists(),
        "locked": user.email in _locked([user.email]),
        "history": user.history.select_related("history_user").order_by("-history_date")[:20],
    }
    return render(request, "accounts/account.html", context, status=422 if form.errors else 200)


@require_POST
def account_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account."""
    return _act(request, pk, services.deactivate, "Closed. Every session of this account has ended.")


@require_POST
def account_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    return _act(request, pk, services.activate, "The account is open again.")


@require_POST
def account_reset_second_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a lost second step away."""
    return _act(
        request, pk, services.reset_second_factor, "Reset. The next sign-in asks to set up a new second step."
    )


@require_POST
def account_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody try again who mistyped too often."""
    unlock = partial(services.unlock, request=request)
    return _act(request, pk, unlock, "Unlocked. The next try counts from one.")


@require_POST
def account_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the link to set a password again."""
    invite = partial(services.invite_again, request=request)
    return _act(request, pk, invite, "The link is on its way. It works for three days.")


@require_http_methods(["GET", "HEAD", "POST"])
def no_other_address(request: HttpRequest) -> HttpResponse:
    """Stands where allauth would let people change their address: it never changes (accounts.forms)."""
    raise Http404


def _act(request: HttpRequest, pk: int, service: Callable[..., Any], done: str) -> HttpResponse:
    administrator = _administrator(request)
    user = get_object_or_404(User, pk=pk)
    try:
        service(user=user, by=administrator)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, done)
    return redirect("account", user.pk)


def _locked(emails: list[str]) -> set[str]:
    """The addresses with as many wrong passwords as lock a door."""
    attempts = AccessAttempt.objects.filter(
        username__in=emails, failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    )
    return set(attempts.values_list("username", flat=True))
