"""A fresh second step in the session of a test's browser, where proving it is not what the test is about."""

from __future__ import annotations

import time
from typing import Any

from accounts.models import User


def signed_in_fresh(browser: Any, user: User, *, seconds_ago: float = 0) -> None:
    """Sign `user` in with both steps passed `seconds_ago`."""
    browser.force_login(user)
    at = time.time() - seconds_ago
    session = browser.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": at},
        {"method": "mfa", "type": "totp", "at": at},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
