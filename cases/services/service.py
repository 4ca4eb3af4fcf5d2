"""Service: sent and received are two facts; the answer that follows."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from cases.law import statute_paper
from cases.models import Agency, Deadline, Petition, Service
from cases.models.petitions import Stage
from cases.services import dates
from cases.services.moves import begin, check_after, check_not_ahead, day_words, move, note_event, save_as
from cases.stages import InvalidTransition


@transaction.atomic
def record_service(
    *,
    petition: Petition,
    recipient: Agency,
    method: str,
    sent_on: date,
    by: User,
    today: date,
    received_on: date | None = None,
    server: str = "",
) -> Service:
    """The petition went to somebody. Its receipt by the prosecutor puts it at "served" and starts the clock.

    Recording the same recipient again changes the row. Raises PermissionDenied, InvalidTransition or
    ValidationError.
    """
    petition = begin(petition, "serve", by)
    check_not_ahead(sent_on, today, "sent_on")
    check_after(sent_on, petition.filed_on, "sent_on", "filed")
    row = Service.objects.select_for_update().filter(petition=petition, recipient=recipient).first()
    if row is None:
        row = Service(client=petition.client, petition=petition, recipient=recipient)
    row.method, row.sent_on, row.server = method, sent_on, server.strip() or None
    row.required = recipient.pk == petition.prosecutor_id
    _receive(row, petition, received_on or row.received_on, by, today)
    return row


@transaction.atomic
def record_receipt(*, service: Service, received_on: date, by: User, today: date) -> Service:
    """A recipient got the petition."""
    petition = begin(service.petition, "serve", by)
    row = Service.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=service.pk)
    _receive(row, petition, received_on, by, today)
    return row


def _receive(row: Service, petition: Petition, received_on: date | None, by: User, today: date) -> None:
    if received_on is not None:
        check_not_ahead(received_on, today, "received_on")
        check_after(received_on, row.sent_on, "received_on", "sent")
        check_after(received_on, petition.filed_on, "received_on", "filed")
    row.received_on = received_on
    save_as(row, by)
    record(Action.CHANGED, by=by, target=row, fields=["sent_on", *(["received_on"] if received_on else [])])
    if row.recipient_id == petition.prosecutor_id and received_on and received_on != petition.served_on:
        petition.served_on = received_on
        if petition.stage == Stage.FILED:
            move(petition, Stage.SERVED, on=received_on, by=by)
        else:
            save_as(petition, by)
            note_event(petition, Stage.SERVED, on=received_on, by=by)
        if statute_paper(petition.statute).answer_from == "service":
            dates.compute_answer(petition=petition, by=by)


@transaction.atomic
def record_answer(
    *,
    petition: Petition,
    opposed: bool,
    on: date,
    by: User,
    today: date,
    silent: bool = False,
    note: str = "",
) -> Petition:
    """The prosecutor opposed, said not to oppose, or let the time pass; "unopposed" never means "granted".

    `silent`: no answer came in time, which nobody can say before the time is over. Where a hearing is set it
    stays set. Raises PermissionDenied, InvalidTransition while an opposition stands, or ValidationError.
    """
    petition = begin(petition, "answer", by)
    if silent or not opposed:
        _check_no_opposition(petition)
    check_not_ahead(on, today, "on")
    check_after(on, petition.served_on, "on", "served")
    if silent:
        _check_time_is_over(petition, on)
        opposed = False
    petition.answered_on = on
    waits = petition.stage == Stage.HEARING_SET
    move(petition, Stage.OPPOSED if opposed else Stage.UNOPPOSED, on=on, by=by, note=note)
    if waits:
        move(petition, Stage.HEARING_SET, on=on, by=by)
    dates.finish(petition=petition, rule=statute_paper(petition.statute).answer, on=on, by=by)
    dates.compute_hearing_window(petition=petition, opposed=opposed, by=by)
    return petition


def _check_no_opposition(petition: Petition) -> None:
    """Raises InvalidTransition while an opposition is on file: neither silence nor consent follows it."""
    said = petition.events.filter(stage__in=[Stage.OPPOSED, Stage.UNOPPOSED]).order_by("-created_at").first()
    if petition.answered_on is not None and said is not None and said.stage == Stage.OPPOSED:
        first = "take the hearing off, then " if petition.stage == Stage.HEARING_SET else ""
        raise InvalidTransition(
            f"An opposition of {day_words(petition.answered_on)} is on file. If it was entered wrongly, "
            f"{first}take that step back with a note, and record the answer again."
        )


def _check_time_is_over(petition: Petition, on: date) -> None:
    """Raises ValidationError while the prosecutor may still answer: by the count of the law, or by a later
    day on file, which a court gave or we agreed to."""
    given = Deadline.objects.open().filter(petition=petition, side=Deadline.Side.THEIRS)
    days = [dates.last_day_to_answer(petition), *given.values_list("due_on", flat=True)]
    last = max((day for day in days if day is not None), default=None)
    if last is not None and on <= last:
        raise ValidationError(
            {
                "on": f"The prosecutor may answer until {day_words(last)}; {day_words(on)} is not after it. "
                "Record it once that day has passed, or choose the statement not to oppose if one came."
            }
        )
