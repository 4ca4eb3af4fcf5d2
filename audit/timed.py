"""Timed work: what is due is done by `manage tick`, and each piece keeps when it last ran."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from audit.models import TimedWork

logger = logging.getLogger(__name__)


def run_due(now: datetime) -> list[tuple[str, str, bool]]:
    """Run every function of `settings.TICKS`: (its name, what it says, whether it went through).

    One that fails does not keep the others from running; the log has where it failed, without any value.
    """
    done = []
    for name in settings.TICKS:
        try:
            said, failure = import_string(name)(now) or "", ""
        except Exception as error:
            logger.exception("Timed work %s failed", name)
            said, failure = "", type(error).__name__
        if failure:
            TimedWork.objects.update_or_create(name=name, defaults={"ran_at": now, "failure": failure})
        else:
            TimedWork.objects.update_or_create(
                name=name, defaults={"ran_at": now, "done_at": now, "failure": ""}
            )
        done.append((name, failure or said, not failure))
    return done
