"""Forms of the record. Each gives its services what they take through `values()` or `cleaned_data`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from clients.frame import opened
from clients.models import Client, Passage
from documents.models import Document
from records.days import DayField
from records.facts import BASIS
from records.models import Arrest, Charge, NexusEvidence
from records.services.courts import agency_words
from records.services.mapping import Plan
from records.services.outcomes import TYPES
from records.services.sheet import Part

LEVELS = (("", "Not known"), ("F", "Felony"), ("M", "Misdemeanor"), ("I", "Infraction"))
RESULTS = (("", "No result on file"), *TYPES)
EVENTS = (
    ("arrest", "Arrest"),
    ("court", "Court case"),
    ("custody", "Custody"),
    ("probation", "Probation"),
    ("supplemental_arrest", "Supplemental arrest"),
    ("applicant", "Application"),
    ("registration", "Registration"),
    ("other", "Something else"),
)
YES_NO = (("", "Not recorded"), ("yes", "Yes"), ("no", "No"))
DECISIONS = (("yes", "Yes"), ("no", "No"), ("open", "Not reviewed"))
DISMISSED_BY = (
    ("", "Not recorded"),
    ("government", "The prosecution"),
    ("court", "The court"),
    ("defence", "The defense"),
)
SENTENCE = (
    ("", "No sentence, or no end on file"),
    ("unknown", "Not looked up"),
    ("date", "Ended, or will end, on the day below"),
)
LARGEST = f"{settings.MAX_UPLOAD_BYTES // (1024 * 1024)} MB"
TOO_LARGE = f"This file is larger than {LARGEST}. Upload the record alone, in parts."
# Drafts and papers of ours are no evidence.
EVIDENCE_KINDS = ("evidence", "certified_record", "order", "notice", "agency_proof", "other")


def _day(label: str, **more: Any) -> DayField:
    return DayField(label=label, required=False, **more)


class UploadForm(forms.Form):
    """A sheet as text or as a PDF with text."""

    file = forms.FileField(
        label="RAP sheet",
        help_text=f"California DOJ record as text or as a PDF whose text can be selected, up to {LARGEST}.",
        widget=forms.ClearableFileInput(
            attrs={"class": "aw-drop__input", "accept": ".txt,.pdf,text/plain,application/pdf"}
        ),
        error_messages={"empty": "This file is empty. Choose the record itself."},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file


class DiscardForm(forms.Form):
    """Why a sheet is put away."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text="Such as: another person’s sheet, or the scan cannot be read. Kept with the sheet.",
        error_messages={"required": "Say why the sheet is discarded."},
    )


class CountForm(forms.Form):
    """One count of a sheet: what was charged."""

    code = forms.CharField(label="Code", max_length=20, required=False, help_text="PC, HS, VC, US …")
    section = forms.CharField(
        label="Section", max_length=40, required=False, help_text="647(b), 484(a)/490.5, 18 1546(a)"
    )
    description = forms.CharField(label="Words on the sheet", max_length=200, required=False)
    level = forms.ChoiceField(label="Level as charged", choices=LEVELS, required=False)
    attempted = forms.BooleanField(label="Attempted", required=False)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper().strip()

    def clean_section(self) -> str:
        return " ".join(str(self.cleaned_data["section"]).lower().split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("section") and not cleaned.get("description"):
            self.add_error("section", "Type the section, or at least the words of the charge.")
        return cleaned

    def count_values(self) -> dict[str, Any]:
        """The keys of the reader's count."""
        found = self.cleaned_data
        return {
            "code": found["code"] or None,
            "section": found["section"] or None,
            "description": found["description"] or None,
            "level": found["level"] or None,
            "flags": ["attempted"] if found["attempted"] else [],
        }


class ResultForm(forms.Form):
    """One result of a charge."""

    type = forms.ChoiceField(label="Result", choices=(("", "Choose a result"), *TYPES))
    date = _day("Date of the result")
    severity = forms.ChoiceField(label="Level of the conviction", choices=LEVELS, required=False)

    def values(self) -> dict[str, Any]:
        """The keys of the reader's disposition."""
        found = self.cleaned_data
        on = found["date"]
        return {
            "type": found["type"],
            "date": on.isoformat() if on else None,
            "severity": found["severity"] or None,
        }


class EventForm(forms.Form):
    """Day, agency and number of an event."""

    date = _day("Date")
    agency = forms.CharField(
        label="Agency or court", max_length=120, required=False, help_text="As printed: CASC ALAMEDA"
    )
    numbers = forms.CharField(
        label="Number",
        max_length=200,
        required=False,
        help_text="Court case, arrest or file number; several with commas",
    )

    def values(self) -> dict[str, Any]:
        """The keys of the reader's event."""
        found = self.cleaned_data
        return {
            "date": found["date"].isoformat() if found["date"] else None,
            "agency": " ".join(found["agency"].upper().split()) or None,
            "numbers": [part.strip() for part in found["numbers"].split(",") if part.strip()],
        }


class CorrectCountForm(CountForm):
    """A count as read, to put right; other flags of the sheet are kept."""

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        self.part = part
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        found = self.count_values()
        others = [flag for flag in self.part["flags"] if flag != "attempted"]
        return found | {"flags": others + found["flags"]}


def correction_form(part: Part, data: Any = None) -> forms.Form:
    """The form for an event, a count or a result, filled with what was read."""
    if "counts" in part:
        read = {"date": part["date"], "agency": part["agency"], "numbers": ", ".join(part["numbers"])}
        return EventForm(data, initial=read)
    if "dispositions" in part:
        names = ("code", "section", "description", "level")
        read = {name: part[name] for name in names} | {"attempted": "attempted" in part["flags"]}
        return CorrectCountForm(data, initial=read, part=part)
    return ResultForm(data, initial={name: part[name] for name in ("type", "date", "severity")})


class TypeChargeForm(CountForm):
    """A charge that a line holds, with its result when it has one."""

    to = forms.ChoiceField(label="Arrest or court case it belongs to")
    result = forms.ChoiceField(label="Result", choices=RESULTS, required=False)
    date = _day("Date of the result")
    severity = forms.ChoiceField(label="Level of the conviction", choices=LEVELS, required=False)
    field_order = ("to",)

    def __init__(self, *args: Any, events: list[Part], plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (event["id"], event_words(event)) for event in events if event["type"] in {"arrest", "court"}
        ]

    def values(self) -> dict[str, Any]:
        found = self.cleaned_data
        result = None
        if found["result"]:
            on = found["date"]
            result = {
                "type": found["result"],
                "date": on.isoformat() if on else None,
                "severity": found["severity"] or None,
            }
        return self.count_values() | {"result": result}


class TypeResultForm(ResultForm):
    """A result that a line holds."""

    to = forms.ChoiceField(label="Charge it belongs to")
    field_order = ("to",)

    def __init__(self, *args: Any, events: list[Part], plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (count["id"], f"{count_words(count)}, {event_words(event)}")
            for event in events
            if event["type"] in {"arrest", "court"}
            for count in event["counts"]
        ]


class TypeEventForm(EventForm):
    """An event that a line holds."""

    type = forms.ChoiceField(label="What it is", choices=EVENTS)
    note = forms.CharField(label="What the line says", max_length=400, required=False)
    field_order = ("type",)

    def __init__(self, *args: Any, events: list[Part], plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        return super().values() | {"type": self.cleaned_data["type"], "note": self.cleaned_data["note"]}


TYPE_FORMS: dict[str, type[forms.Form]] = {
    "charge": TypeChargeForm,
    "result": TypeResultForm,
    "event": TypeEventForm,
}


def event_words(event: Part) -> str:
    """ "Court, 2016-04-19, Alameda Superior Court"."""
    kind = dict(EVENTS).get(event["type"], event["type"].replace("_", " ").capitalize())
    return ", ".join(part for part in (kind, event["date"] or "", agency_words(event["agency"])) if part)


def count_words(count: Part) -> str:
    """ "PC 484(a) THEFT", as far as it was read."""
    return (
        " ".join(filter(None, (count["code"], count["section"], count["description"]))) or "A charge not read"
    )


class ChargeForm(CountForm):
    """A charge typed in from a court file, or put right on the record."""

    court = forms.CharField(
        label="Court", max_length=120, required=False, help_text="Leave empty when no court case was opened"
    )
    county = forms.CharField(
        label="County", max_length=60, required=False, help_text="Filled in when the court leaves no doubt"
    )
    case_number = forms.CharField(label="Case number", max_length=100, required=False)
    type = forms.ChoiceField(label="Result", choices=RESULTS, required=False)
    on = _day("Date of the result")
    severity = forms.ChoiceField(label="Level of the conviction", choices=LEVELS, required=False)

    def charge_values(self) -> dict[str, Any]:
        """The columns of `Charge` that the form holds."""
        found = self.cleaned_data
        names = ("code", "section", "description", "level", "attempted", "court", "county")
        return {name: found[name] for name in names} | {"case_number": found["case_number"] or None}

    def result_values(self) -> dict[str, Any] | None:
        """The result typed in, or None."""
        found = self.cleaned_data
        return {name: found[name] for name in ("type", "on", "severity")} if found["type"] else None


class NewChargeForm(ChargeForm):
    """A charge of an arrest on file, or of a new one."""

    arrest = forms.ModelChoiceField(
        Arrest.objects.none(), label="Arrest", required=False, empty_label="A new arrest, given below"
    )
    arrested_on = _day("Day of the arrest")
    agency = forms.CharField(label="Who arrested", max_length=120, required=False)
    jurisdiction = forms.ChoiceField(label="Law", choices=(("US-CA", "California"), ("US", "Federal")))
    number = forms.CharField(label="Arrest number", max_length=60, required=False)
    field_order = ("arrest", "arrested_on", "agency", "jurisdiction", "number")

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["arrest"]
        field.queryset = Arrest.objects.filter(client=client)  # type: ignore[attr-defined]
        field.label_from_instance = arrest_words  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("arrest") and not cleaned.get("arrested_on") and not cleaned.get("agency"):
            self.add_error("arrested_on", "Choose an arrest, or give the day of a new one or who arrested.")
        return cleaned

    def arrest_values(self) -> dict[str, Any]:
        """The columns of a new `Arrest`."""
        found = self.cleaned_data
        return {name: found[name] for name in ("arrested_on", "agency", "jurisdiction")} | {
            "number": found["number"] or None
        }


def passage_words(passage: Passage, *, may_read: bool) -> str:
    """ "Passage 3: How it began"; the title belongs to the account and is for those who may read that."""
    return (
        f"Passage {passage.number}: {opened(passage, 'title')}" if may_read else f"Passage {passage.number}"
    )


def arrest_words(arrest: Arrest) -> str:
    """ "Arrest 2, Feb 27, 2016, Oakland PD"."""
    on = (
        f"{arrest.arrested_on:%b} {arrest.arrested_on.day}, {arrest.arrested_on.year}"
        if arrest.arrested_on
        else ""
    )
    return ", ".join(part for part in (f"Arrest {arrest.ordinal}", on, agency_words(arrest.agency)) if part)


class NexusForm(forms.Form):
    """The decision on one charge, what it leans on, and facts only an attorney can add.

    `may_read`: the reader may read the client's account, and with it the titles of its passages.
    """

    nexus = forms.ChoiceField(
        label="Tied to the trafficking?",
        choices=DECISIONS,
        widget=forms.RadioSelect(attrs={"class": "aw-seg"}),
    )
    reason = forms.CharField(
        label="Why, in a sentence",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="What ties it, or why nothing does. Needed for yes and for no.",
    )
    basis = forms.MultipleChoiceField(
        label="In the words of the law", choices=BASIS, widget=forms.CheckboxSelectMultiple, required=False,
        help_text="Each statute asks for its own words; choose every one that is true. Used with yes.",
    )  # fmt: skip
    passages = forms.ModelMultipleChoiceField(
        Passage.objects.none(),
        label="Passages it leans on",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    violent_elements = forms.ChoiceField(
        label="Violence or a violent finding was charged and proved", choices=YES_NO, required=False
    )
    child_victim = forms.ChoiceField(label="A child was the victim", choices=YES_NO, required=False)
    dismissed_by = forms.ChoiceField(
        label="Who asked for the dismissal", choices=DISMISSED_BY, required=False
    )
    prison_served = forms.ChoiceField(label="Prison was served", choices=YES_NO, required=False)
    sentence = forms.ChoiceField(label="End of the sentence", choices=SENTENCE, required=False)
    sentence_on = _day("Last day of the sentence")
    offense_on = _day("Day of the offense")

    def __init__(self, *args: Any, charge: Charge, may_read: bool, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = self.read(charge) | kwargs["initial"]
        super().__init__(*args, **kwargs)
        passages = self.fields["passages"]
        passages.queryset = Passage.objects.filter(client=charge.client_id)  # type: ignore[attr-defined]
        passages.label_from_instance = lambda row: passage_words(row, may_read=may_read)  # type: ignore[attr-defined]

    @staticmethod
    def read(charge: Charge) -> dict[str, Any]:
        """The form's values of a charge."""
        completed = charge.sentence_completed
        ended = completed not in {"", "unknown"}
        return {
            "nexus": "open" if charge.nexus == Charge.Nexus.NOT_REVIEWED else charge.nexus,
            "reason": opened(charge, "nexus_reason"),
            "basis": charge.nexus_basis,
            "passages": [row.passage_id for row in charge.evidence.all() if row.passage_id],
            "violent_elements": _word(charge.violent_elements),
            "child_victim": _word(charge.child_victim),
            "dismissed_by": charge.dismissed_by,
            "prison_served": _word(charge.prison_served),
            "sentence": "date" if ended else completed,
            "sentence_on": completed if ended else None,
            "offense_on": charge.offense_on,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("nexus") in {"yes", "no"} and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Say why in a sentence: the decision is nothing without its reason.")
        if cleaned.get("sentence") == "date" and not cleaned.get("sentence_on"):
            self.add_error("sentence_on", "Give the last day of the sentence.")
        return cleaned

    @property
    def decision(self) -> str:
        chosen = self.cleaned_data["nexus"]
        return Charge.Nexus.NOT_REVIEWED if chosen == "open" else chosen

    def facts(self) -> dict[str, Any]:
        """What an attorney recorded, as the columns of the charge."""
        found = self.cleaned_data
        completed = found["sentence_on"].isoformat() if found["sentence"] == "date" else found["sentence"]
        return {
            "violent_elements": _bool(found["violent_elements"]),
            "child_victim": _bool(found["child_victim"]),
            "prison_served": _bool(found["prison_served"]),
            "dismissed_by": found["dismissed_by"],
            "sentence_completed": completed,
            "offense_on": found["offense_on"],
        }


def _word(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _bool(word: str) -> bool | None:
    return {"yes": True, "no": False}.get(word)


class EvidenceForm(forms.Form):
    """A document that a decision leans on, and what it is to the law."""

    document = forms.ModelChoiceField(
        Document.objects.none(), label="Document", empty_label="Choose a document"
    )
    kind = forms.ChoiceField(label="What it is", choices=(("", "Choose a kind"), *NexusEvidence.Kind.choices))

    def __init__(self, *args: Any, charge: Charge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document"]
        documents = Document.objects.filter(
            client=charge.client_id, kind__in=EVIDENCE_KINDS, replaced_by__isnull=True
        )
        field.queryset = documents  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: opened(row, "title")  # type: ignore[attr-defined]
