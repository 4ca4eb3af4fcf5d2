"""Which charges go into a new petition, before which court."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from cases.law import StatutePaper
from cases.models import Agency, Petition
from records.days import DayField
from records.models import Charge


class PlanForm(forms.Form):
    """Court, prosecutor, name and charges; only charges offered may be chosen."""

    court = forms.ModelChoiceField(Agency.objects.none(), empty_label="Choose the court")
    prosecutor = forms.ModelChoiceField(
        Agency.objects.none(),
        label="Prosecuting agency",
        empty_label="Choose the office",
        help_text="The one that got the conviction, or could have charged the arrest.",
    )
    name_mode = forms.ChoiceField(
        label="Name in the papers",
        choices=Petition._meta.get_field("name_mode").choices or [],
        initial="initials",
        widget=forms.RadioSelect(attrs={"class": "aw-seg"}),
    )
    drafted_on = DayField(
        label="Begun on",
        required=False,
        help_text="Only for papers that are older than today. No later step may lie before it.",
    )
    charges = forms.ModelMultipleChoiceField(Charge.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, paper: StatutePaper, charges: Iterable[Charge], county: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        federal = paper.level == "federal"
        rows = (
            Agency.objects.filter(jurisdiction="US") if federal else Agency.objects.exclude(jurisdiction="US")
        )
        courts: Any = self.fields["court"]
        offices: Any = self.fields["prosecutor"]
        courts.queryset = rows.filter(kind=Agency.Kind.COURT)
        offices.queryset = rows.filter(kind=Agency.Kind.PROSECUTOR)
        if county and not federal:
            courts.initial = courts.queryset.filter(county=county).first()
            offices.initial = offices.queryset.filter(county=county).first()
        offered: Any = self.fields["charges"]
        offered.queryset = Charge.objects.filter(pk__in=[charge.pk for charge in charges])
        offered.error_messages["required"] = "Choose at least one charge."
