"""T visas at a stage, built by the acts that lead there."""

from __future__ import annotations

import itertools
from datetime import date

from tests.factories import TODAY, counsel_of, make_client
from visas import services
from visas.models import TVisa

RECEIPT = "EAC2512345678"
ORDER = ("screening", "preparing", "filed", "receipted", "biometrics_done")
_numbers = itertools.count(1)


def make_visa(client=None, **values):
    """A T visa in screening. `values` go to the client (name_used, date_of_birth …)."""
    client = client or make_client(**values)
    return services.open_visa(client=client, by=counsel_of(client), today=TODAY)


def move(visa, event, to, *, by=None, person=None, receipt_number="", confirmed=False, today=TODAY, **dates):
    return services.record_event(
        visa=visa,
        person=person,
        event=event,
        to=to,
        dates=dates,
        receipt_number=receipt_number,
        confirmed=confirmed,
        by=by or counsel_of(visa.client),
        today=today,
    )


def in_stage(stage, *, received_on=date(2025, 3, 10), receipt_number=None, client=None, **values):
    """A T visa at one of the stages of `ORDER`; received on the day given, with all steps on the way."""
    visa = make_visa(client, **values)
    sent = date(received_on.year, received_on.month, 3)
    steps = [
        ("accept_case", "preparing", {"engagement_date": date(received_on.year, 1, 6)}),
        ("send_package", "filed", {"sent_date": sent}),
        (
            "receipt_notice",
            "receipted",
            {
                "received_date": received_on,
                "notice_date": received_on.replace(day=20),
                "receipt_number": receipt_number or f"EAC{next(_numbers):010d}",
            },
        ),
        (
            "biometrics",
            "biometrics_done",
            {"appointment_date": received_on.replace(month=received_on.month + 1)},
        ),
    ]
    for event, to, dates in steps[: ORDER.index(stage)]:
        move(visa, event, to, **dates)
    return TVisa.objects.get(pk=visa.pk)


def received(client=None, **values):
    return in_stage("receipted", receipt_number=RECEIPT, client=client, **values)


def granted(*, on, ends=None, received_on=None, client=None, **values):
    """A T-1 granted that day; `ends` is the end printed on the notice."""
    first = received_on or date(on.year - 1, 3, 10)
    visa = in_stage("biometrics_done", received_on=first, client=client, **values)
    move(visa, "approval", "approved", approval_date=on, status_end_date=ends)
    return TVisa.objects.get(pk=visa.pk)
