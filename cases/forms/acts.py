"""One form for each act that can be recorded on a petition."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.dateformat import format as date_words

from cases.forms.papers import PaperFileField, TakesFile
from cases.models import Agency, Hearing, Petition, PetitionCharge, Service
from cases.services import ChargeResult
from cases.services.moves import day_words
from cases.services.revisions import printed_days
from clients.frame import opened
from records.days import DayField, MomentField


def note_field(
    label: str = "Note", *, required: bool = False, hint: str = "Sealed. Only people of this file read it."
) -> forms.CharField:
    """A sealed note of an act."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=hint,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ActForm(forms.Form):
    """What every act has: the petition it is about."""

    def __init__(self, *args: Any, petition: Petition, **kwargs: Any) -> None:
        self.petition = petition
        super().__init__(*args, **kwargs)


class CopyForm(TakesFile, ActForm):
    """An act that leaves a paper behind: its copy may be stored at once or later."""

    file_name = "copy"
    copy = PaperFileField(required=False)


class SignForm(CopyForm):
    on = DayField(label="Signed on")
    note = note_field()
    copy = PaperFileField(
        label="Signed copy",
        required=False,
        help_text="PDF, PNG or JPEG, without the page for the attorney. Can be stored later.",
    )


class FileForm(CopyForm):
    on = DayField(label="Filed on", help_text="The day on the court’s stamp.")
    court_number = forms.CharField(
        label="Court’s number",
        max_length=60,
        required=False,
        help_text="As the clerk gave it. Leave empty while it is not assigned.",
    )
    note = note_field()
    copy = PaperFileField(
        label="File-stamped copy",
        required=False,
        help_text="PDF, PNG or JPEG, as the clerk gave it back. Can be stored later.",
    )


class ServeForm(ActForm):
    recipient = forms.ModelChoiceField(Agency.objects.none(), empty_label="Choose who was served")
    method = forms.ChoiceField(choices=Service.Method.choices, widget=forms.RadioSelect)
    sent_on = DayField(label="Sent on")
    received_on = DayField(
        label="Received on",
        required=False,
        help_text="Only when there is proof. The prosecutor’s time runs from here.",
    )
    server = forms.CharField(
        label="Who served it",
        max_length=120,
        required=False,
        help_text="18 or over, and not a party. Name and business address.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        recipient: Any = self.fields["recipient"]
        recipient.queryset = Agency.objects.filter(
            Q(pk=self.petition.prosecutor_id)
            | Q(
                kind__in=[Agency.Kind.PROSECUTOR, Agency.Kind.POLICE],
                jurisdiction=self.petition.court.jurisdiction,
                county=self.petition.court.county,
            )
        )
        recipient.initial = self.petition.prosecutor_id


class AnswerForm(ActForm):
    opposed = forms.ChoiceField(
        label="What came",
        choices=[
            ("yes", "An opposition"),
            ("no", "A statement not to oppose"),
            ("silent", "No answer, and the time is over"),
        ],
        widget=forms.RadioSelect,
        help_text="No answer in time lets the court grant; it need not.",
    )
    on = DayField(label="On", help_text="The day it came, or a day after the time was over.")
    note = note_field()


class HearingForm(ActForm):
    starts_at = MomentField(label="Date and time")
    department = forms.CharField(max_length=40, required=False, help_text="“Dept. 11”")
    judge = forms.CharField(max_length=80, required=False)
    issue = forms.CharField(
        max_length=160,
        required=False,
        help_text="What is heard, in the terms of the court. No word of the account.",
    )
    client_appears = forms.ChoiceField(
        label="How the client appears",
        choices=Hearing._meta.get_field("client_appears").choices or [],
        initial="counsel",
        widget=forms.RadioSelect,
    )
    interpreter_booked = forms.BooleanField(label="The interpreter is booked", required=False)
    note = note_field()


class HeardForm(ActForm):
    hearing = forms.ModelChoiceField(Hearing.objects.none(), empty_label="Choose the hearing")
    outcome = forms.ChoiceField(
        label="What became of it",
        choices=[choice for choice in Hearing.Outcome.choices if choice[0] != Hearing.Outcome.AHEAD],
        widget=forms.RadioSelect,
    )
    new_starts_at = MomentField(label="New date and time", required=False, help_text="Only if it was moved.")
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hearing: Any = self.fields["hearing"]
        hearing.queryset = self.petition.hearings.filter(outcome=Hearing.Outcome.AHEAD)
        hearing.label_from_instance = _hearing_words
        hearing.initial = hearing.queryset.first()


def _hearing_words(hearing: Hearing) -> str:
    starts = date_words(timezone.localtime(hearing.starts_at), "D, M j, Y, g:i a")
    return f"{starts} {hearing.department}".strip()


class DecideForm(ActForm):
    on = DayField(label="Order of", help_text="The day on which the order was entered.")
    comply_by = DayField(
        label="Day that the order prints for the agencies",
        required=False,
        help_text="Only if it prints one. Else the law’s time counts.",
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = self.chosen()
        for line in self.lines:
            name = f"{line.charge.number} {line.charge.citation}"
            self.fields[f"result_{line.pk}"] = forms.ChoiceField(
                label=f"Charge {name}",
                choices=[("granted", "Granted"), ("denied", "Denied"), ("open", "Still open")],
                initial="open",
                widget=forms.RadioSelect(attrs={"class": "aw-seg"}),
            )
            self.fields[f"words_{line.pk}"] = forms.CharField(
                label=f"In the order’s words, charge {line.charge.number}",
                required=False,
                max_length=500,
                help_text="The ground, word for word: immigration turns on it.",
            )
        self.order_fields(
            [
                *[f"{kind}_{line.pk}" for line in self.lines for kind in ("result", "words")],
                "on",
                "comply_by",
                "note",
            ]
        )

    def chosen(self) -> list[PetitionCharge]:
        """The charges that the form asks about."""
        rows = self.petition.lines.select_related("charge__arrest")
        return list(rows.filter(result=PetitionCharge.Result.OPEN))

    def results(self) -> dict[Any, ChargeResult]:
        """The results by the id of the line."""
        found = self.cleaned_data
        return {
            line.pk: ChargeResult(found[f"result_{line.pk}"], found[f"words_{line.pk}"])
            for line in self.lines
        }


class ReviseForm(DecideForm):
    """What stands on file, to be changed; a charge of an earlier order has a day of its own."""

    note = note_field(
        "Why it is corrected", required=True, hint="It stays in the history with the old and the new entry."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = self.petition.decided_on
        days = printed_days(self.petition)
        self.fields["comply_by"].initial = (
            days.pop(self.petition.decided_on, None) if self.petition.decided_on else None
        )
        self.orders = {f"comply_by_{day.isoformat()}": day for day in sorted(days)}
        for name, day in self.orders.items():
            self.fields[name] = DayField(
                label=f"Day that the order of {day_words(day)} prints for the agencies",
                initial=days[day],
                required=False,
                help_text="The earlier order, for the agencies that it bound. Only if it prints one.",
            )
        self.earlier: set[Any] = set()
        for line in self.lines:
            self.fields[f"result_{line.pk}"].initial = line.result
            self.fields[f"words_{line.pk}"].initial = opened(line, "order_words")
            if line.result_on is not None and line.result_on != self.petition.decided_on:
                self.earlier.add(line.pk)
                self.fields[f"on_{line.pk}"] = DayField(
                    label=f"Order of, charge {line.charge.number}",
                    initial=line.result_on,
                    help_text="Decided by an earlier order.",
                )
        self.order_fields(
            [
                f"{kind}_{line.pk}"
                for line in self.lines
                for kind in ("result", "words", *(["on"] if line.pk in self.earlier else []))
            ]
            + [*self.orders, "on", "comply_by", "note"]
        )

    def earlier_days(self) -> dict[date, date | None]:
        """The day that each earlier order prints for the agencies, by the day of the order on file."""
        return {day: self.cleaned_data[name] for name, day in self.orders.items()}

    def chosen(self) -> list[PetitionCharge]:
        rows = self.petition.lines.select_related("charge__arrest")
        return list(rows.exclude(result=PetitionCharge.Result.WITHDRAWN))

    def results(self) -> dict[Any, ChargeResult]:
        found = self.cleaned_data
        return {
            pk: ChargeResult(result.result, result.words, found.get(f"on_{pk}"))
            for pk, result in super().results().items()
        }


class HearingCorrectionForm(ActForm):
    """A hearing as it is on file, to be corrected or taken off."""

    starts_at = MomentField(label="Date and time")
    outcome = forms.ChoiceField(
        label="Where it stands",
        widget=forms.RadioSelect,
        help_text="Choose “Taken off calendar” for a hearing that was entered by mistake.",
    )
    department = forms.CharField(max_length=40, required=False)
    judge = forms.CharField(max_length=80, required=False)
    issue = forms.CharField(max_length=160, required=False, help_text="No word of the account.")
    client_appears = forms.ChoiceField(
        label="How the client appears",
        choices=Hearing._meta.get_field("client_appears").choices or [],
        widget=forms.RadioSelect,
    )
    interpreter_booked = forms.BooleanField(label="The interpreter is booked", required=False)
    note = note_field(
        "Why it is corrected", required=True, hint="It stays in the history with the old and the new entry."
    )

    def __init__(self, *args: Any, hearing: Hearing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A hearing is moved by recording its new date; one that was moved may stay so.
        moved = Hearing.Outcome.CONTINUED
        outcome: Any = self.fields["outcome"]
        outcome.choices = [
            choice for choice in Hearing.Outcome.choices if choice[0] != moved or hearing.outcome == moved
        ]


class CorrectForm(ActForm):
    note = note_field(
        "What was wrong", required=True, hint="It stays in the history beside the step that is taken back."
    )


class WithdrawForm(ActForm):
    on = DayField(label="Withdrawn on")
    note = note_field()
    sure = forms.BooleanField(
        label="Yes, this petition ends here",
        help_text="Its open charges are free for another petition. It cannot be taken back.",
    )


FORMS: dict[str, type[ActForm]] = {
    "sign": SignForm,
    "file": FileForm,
    "serve": ServeForm,
    "answer": AnswerForm,
    "hearing": HearingForm,
    "heard": HeardForm,
    "decide": DecideForm,
    "revise": ReviseForm,
    "correct": CorrectForm,
    "withdraw": WithdrawForm,
}
