"""The same short mail to several people."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.core.mail import send_mail

logger = logging.getLogger(__name__)


def tell(addresses: Iterable[str], subject: str, message: str) -> None:
    """One mail a person; call it after the commit. What cannot be sent is logged, and the others get theirs.

    A mail server that is away raises OSError (smtplib.SMTPException is one), an address that is none
    ValueError. The log names the kind of error: its text holds the address.
    """
    for address in addresses:
        try:
            send_mail(subject, message, None, [address])
        except (OSError, ValueError) as error:
            logger.error("A notice could not be sent: %s", type(error).__name__)
