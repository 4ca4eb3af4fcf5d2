"""Looking that was out of the ordinary: the list, one of them, the review, the rules."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import add_problems
from accounts.models import User
from audit.services import Action, record
from clients.frame import opened
from reports.models import UnusualLook, UnusualRules
from reports.seen.auditor import log_days
from reports.seen.lines import file_numbers
from reports.unusual import scan, services
from reports.unusual.words import rows_of, rules_words, said_of
from reports.views.auditor import auditor_of
from reports.words import counted

PAGE = 50
Kind, State, Outcome = UnusualLook.Kind, UnusualLook.State, UnusualLook.Outcome


class FindingFilter(forms.Form):
    """Which of them the auditor wants to see."""

    state = forms.ChoiceField(
        required=False,
        label="State",
        choices=[("", "To review"), ("reviewed", "Reviewed"), ("all", "All of them")],
    )
    kind = forms.ChoiceField(required=False, label="Kind", choices=[("", "Any"), *Kind.choices])
    person = forms.ModelChoiceField(
        queryset=User.objects.order_by("name"), required=False, empty_label="Everybody"
    )


class ReviewForm(forms.Form):
    """What the auditor found."""

    outcome = forms.ChoiceField(label="What you found", choices=Outcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Whom you asked or told, and what came of it. Kept sealed; write file numbers, no names.",
    )


class RulesForm(forms.ModelForm):
    """From where on looking is out of the ordinary."""

    class Meta:
        model = UnusualRules
        fields = [
            "files_an_hour",
            "files_in_ten_minutes",
            "reveals_an_hour",
            "refusals_an_hour",
            "day_starts",
            "day_ends",
            "weekends",
            "namesakes",
        ]

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("day_starts"), cleaned.get("day_ends")
        if starts is not None and ends is not None and starts >= ends:
            self.add_error("day_ends", ValidationError("The day ends before it begins. Change one of them."))
        return cleaned


@require_safe
def unusual(request: HttpRequest) -> HttpResponse:
    """What is to review, newest first."""
    user = auditor_of(request)
    record(Action.REPORT_SEEN, by=user, kind="unusual")
    form = FindingFilter(request.GET)
    looks = UnusualLook.objects.select_related("person", "reviewed_by")
    if form.is_valid():
        chosen = form.cleaned_data
        if chosen["state"] != "all":
            looks = looks.filter(state=chosen["state"] or State.OPEN)
        if chosen["kind"]:
            looks = looks.filter(kind=chosen["kind"])
        if chosen["person"]:
            looks = looks.filter(person=chosen["person"])
    else:
        looks = looks.none()
    page = Paginator(looks, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": rows_of(page.object_list),
        "page_obj": page,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "rules": rules_words(services.rules_now()),
    }
    return render(request, "reports/unusual.html", context, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "HEAD", "POST"])
def unusual_look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them, with the looks behind it; posted to, it is reviewed."""
    user = auditor_of(request)
    look = get_object_or_404(UnusualLook.objects.select_related("person", "reviewed_by"), pk=pk)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.review(look=look, by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Reviewed. What follows counts from one.")
            return redirect("unusual")
    record(Action.REPORT_SEEN, by=user, target=look)
    page = Paginator(scan.behind(look), PAGE).get_page(request.GET.get("page"))
    number = file_numbers([look.client_uuid]).get(look.client_uuid, "") if look.client_uuid else ""
    context = {
        "look": look,
        "said": said_of(look),
        "file_number": number,
        "note": opened(look, "note") if look.state == State.REVIEWED else "",
        "days": log_days(page.object_list),
        "page_obj": page,
        "form": form,
        "own": look.person_id == user.pk,
    }
    return render(request, "reports/unusual_look.html", context, status=422 if form.errors else 200)


@require_POST
def unusual_read(request: HttpRequest) -> HttpResponse:
    """Read the log up to now, without waiting for the timed work."""
    auditor_of(request)
    found = scan.look_for(timezone.now())
    said = f"{counted(len(found), 'unusual look')} noted." if found else "Nothing new is out of the ordinary."
    messages.success(request, said)
    return redirect("unusual")


@require_http_methods(["GET", "HEAD", "POST"])
def unusual_rules(request: HttpRequest) -> HttpResponse:
    """The rules, and who changed them when."""
    user = auditor_of(request)
    form = RulesForm(request.POST if request.method == "POST" else None, instance=services.rules_now())
    if form.is_bound and form.is_valid():
        try:
            services.change_rules(by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Saved. The rules hold from the next reading of the log on.")
            return redirect("unusual-rules")
    record(Action.REPORT_SEEN, by=user, kind="unusualrules")
    history = UnusualRules.history.select_related("history_user").order_by("-history_date")[:20]
    context = {"form": form, "history": [{"row": row, "said": rules_words(row)} for row in history]}
    return render(request, "reports/unusual_rules.html", context, status=422 if form.errors else 200)
