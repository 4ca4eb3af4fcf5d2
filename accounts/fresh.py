"""Acts that ask for a fresh proof of who it is: a second step passed in the last five minutes.

A view asks before it acts, and sends to the proof where it is too old:

    form = EraseForm(request.POST if request.method == "POST" else None, initial=typed(request))
    if form.is_bound and form.is_valid():
        if not is_fresh(request):
            return prove_again(request)
        services.erase(...)

Whoever proves it comes back to the page, which is filled as it was left, and presses its button again.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import urlencode

from vault.crypto import Binding
from vault.errors import VaultError
from vault.ids import NIL
from vault.sealing import open_sealed, seal

FRESH_SECONDS = 300
KEPT_SECONDS = 900
KEPT_BYTES = 64 * 1024
"""What is longer is not kept: a session is read with every request."""

_KEY = "typed_before_proof"
_TYPED = Binding("typed_before_proof", "form", NIL, NIL)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the second step was passed in this session less than five minutes ago.

    An account without one (a trial's demo people; nobody else gets past the sign-in) proves itself by
    its password.
    """
    method = "mfa" if is_mfa_enabled(request.user) else "password"
    records = get_authentication_records(request, request.user)
    return any(kept["method"] == method and 0 <= time.time() - kept["at"] < FRESH_SECONDS for kept in records)


def prove_again(request: HttpRequest, *, back_to: str = "") -> HttpResponseRedirect:
    """To the page that asks for the second step, and from there to `back_to` (left out: the page that asked).

    What was typed waits in the session, sealed: `typed` gives it back. Uploads are not kept. Raises
    PermissionDenied where the account has nothing to prove itself by.
    """
    back_to = back_to or request.path
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        raise PermissionDenied("This account cannot prove who it is again. Ask the system administrator.")
    if request.method == "POST":
        _keep(request, back_to)
    return HttpResponseRedirect(f"{methods[0]['url']}?{urlencode({'next': back_to})}")


def _keep(request: HttpRequest, page: str) -> None:
    fields = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    kept = {"user": request.user.pk, "page": page, "at": time.time(), "fields": fields}
    text = json.dumps(kept).encode()
    if len(text) <= KEPT_BYTES:
        request.session[_KEY] = base64.b64encode(seal(text, _TYPED, step=256)).decode()


def typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed on this page before the proof was asked for, as initial values of its form; given once.

    A field with several values gives a list. Empty where nothing was kept, for a quarter of an hour at most.
    """
    if request.method not in ("GET", "HEAD") or _KEY not in request.session:
        return {}
    try:
        kept = json.loads(open_sealed(base64.b64decode(request.session[_KEY]), _TYPED))
    except (VaultError, ValueError):
        del request.session[_KEY]
        return {}
    if kept["page"] != request.path:
        return {}
    del request.session[_KEY]
    if kept["user"] != request.user.pk or time.time() - kept["at"] > KEPT_SECONDS:
        return {}
    return {name: values[0] if len(values) == 1 else values for name, values in kept["fields"].items()}
