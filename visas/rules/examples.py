"""Worked examples of the T visa rules, for `./run manage worked_examples FILE`.

Each kind takes the inputs of an example and gives every value that an example of that kind may expect.
`response_deadline` is the date engine's own kind.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from deadlines.examples import Kind, as_date
from deadlines.examples import register as register_kind
from visas.rules.adjustment import Trip, aos_receipt, aos_window, presence
from visas.rules.base import Result, RuleInputError
from visas.rules.family import age_out, derivative_class
from visas.rules.permits import bona_fide_track, ead
from visas.rules.screening import compliance_exception
from visas.rules.status import address_change, extension, period
from visas.rules.work_permission import Card, days_without

Inputs = Mapping[str, Any]


def register() -> None:
    """Adds every kind of this app to the date engine's registry; `VisasConfig.ready` calls it."""
    for name, kind in KINDS.items():
        register_kind(name)(kind)


def _day(inputs: Inputs, key: str) -> date:
    value = as_date(inputs.get(key))
    if value is None:
        raise RuleInputError(f"The example needs {key}.")
    return value


def _maybe(inputs: Inputs, key: str) -> date | None:
    return as_date(inputs.get(key))


def _values(result: Result) -> dict[str, Any]:
    """The answer's own fields, without the words and the authorities."""
    own = {field.name for field in fields(Result)}
    return {field.name: getattr(result, field.name) for field in fields(result) if field.name not in own}


def _aos_window(inputs: Inputs) -> dict[str, Any]:
    return _values(
        aos_window(
            t1_admission_date=_day(inputs, "t1_admission_date"),
            status_end_date=_maybe(inputs, "status_end_date"),
            completion_letter_date=_maybe(inputs, "completion_letter_date"),
        )
    )


def _aos_receipt(inputs: Inputs) -> dict[str, Any]:
    answer = aos_receipt(
        t1_admission_date=_day(inputs, "t1_admission_date"),
        i485_received_date=_day(inputs, "i485_received_date"),
        status_end_date=_maybe(inputs, "status_end_date"),
        completion_letter_date=_maybe(inputs, "completion_letter_date"),
    )
    return {"result": answer.result}


def _presence(inputs: Inputs) -> dict[str, Any]:
    values = _values(
        presence(
            t1_admission_date=_day(inputs, "t1_admission_date"),
            as_of=_day(inputs, "as_of"),
            trips=[
                Trip(_day(trip, "depart"), _maybe(trip, "return"), trip.get("excused") or None)
                for trip in inputs.get("trips") or ()
            ],
        )
    )
    del values["absences"]
    return values


def _age_out(inputs: Inputs) -> dict[str, Any]:
    return _values(
        age_out(
            relationship=inputs["relationship"],
            dob=_day(inputs, "dob"),
            married=bool(inputs.get("married")),
            i914_received_date=_day(inputs, "i914_received_date"),
            i914_decision_date=_maybe(inputs, "i914_decision_date"),
        )
    )


def _derivative_class(inputs: Inputs) -> dict[str, Any]:
    return _values(
        derivative_class(
            principal_dob=_day(inputs, "principal_dob"),
            i914_received_date=_day(inputs, "i914_received_date"),
            i914_decision_date=_maybe(inputs, "i914_decision_date"),
            relative=inputs["relative"],
            relative_dob=_maybe(inputs, "relative_dob"),
            married=bool(inputs.get("married")),
            danger_of_retaliation=bool(inputs.get("danger_of_retaliation")),
            as_of=_day(inputs, "as_of"),
        )
    )


def _bfd_track(inputs: Inputs) -> dict[str, Any]:
    return _values(
        bona_fide_track(
            received_date=_day(inputs, "received_date"),
            rfe_date=_maybe(inputs, "rfe_date"),
            in_us=inputs.get("in_us") is not False,
        )
    )


def _ead(inputs: Inputs) -> dict[str, Any]:
    return _values(
        ead(
            category=inputs["category"],
            approved_date=_maybe(inputs, "approved_date"),
            valid_to=_maybe(inputs, "valid_to"),
            renewal_filed_date=_maybe(inputs, "renewal_filed_date"),
        )
    )


def _period(inputs: Inputs) -> dict[str, Any]:
    return _values(period(what=inputs["what"], start_date=_day(inputs, "start_date")))


def _address_change(inputs: Inputs) -> dict[str, Any]:
    return _values(address_change(move_date=_day(inputs, "move_date")))


def _wait(inputs: Inputs) -> dict[str, Any]:
    cards = [
        Card(_day(card, "valid_from"), _maybe(card, "valid_to")) for card in inputs.get("permissions") or ()
    ]
    wait = days_without(cards, start=_day(inputs, "start_date"), as_of=_day(inputs, "as_of"))
    return {"days": wait.days}


def _extension(inputs: Inputs) -> dict[str, Any]:
    return _values(
        extension(status_end_date=_day(inputs, "status_end_date"), years=int(inputs.get("years") or 1))
    )


def _compliance_exception(inputs: Inputs) -> dict[str, Any]:
    return _values(
        compliance_exception(
            dob=_maybe(inputs, "dob"),
            first_act_date=_maybe(inputs, "first_act_date"),
            last_act_date=_maybe(inputs, "last_act_date"),
            trauma=bool(inputs.get("trauma")),
            reported=bool(inputs.get("reported")),
        )
    )


KINDS: Mapping[str, Kind] = {
    "aos_window": _aos_window,
    "aos_receipt": _aos_receipt,
    "presence": _presence,
    "age_out": _age_out,
    "derivative_class": _derivative_class,
    "bfd_track": _bfd_track,
    "ead": _ead,
    "period": _period,
    "address_change": _address_change,
    "wait_without_work_permission": _wait,
    "extension": _extension,
    "compliance_exception": _compliance_exception,
}
