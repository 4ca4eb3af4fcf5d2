"""Plan a petition: law, county, charges."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.models import User
from audit.services import Action, record
from cases import services
from cases.forms.planning import PlanForm
from cases.law import petition_statutes, statute_paper
from cases.models import PetitionCharge
from cases.models.petitions import Stage
from cases.queries import counties, why_left_out
from cases.screening import charges_of, screen_for
from cases.services.petitions import charge_county
from cases.views.common import client_or_404, user_of
from clients.forms import add_problems
from clients.frame import file_context
from clients.permissions import check_can_change
from records.models import Charge
from records.services.courts import agency_words

ORDER = ("reaches", "cannot_tell", "does_not_reach")


@require_http_methods(["GET", "HEAD", "POST"])
def petition_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Charges that the law reaches are chosen already; each one left out says why."""
    client, user, today = client_or_404(request, pk), user_of(request), timezone.localdate()
    check_can_change(user, client)
    known = {paper.id for paper in petition_statutes()}
    statute = request.GET.get("statute", "")
    paper = statute_paper(statute if statute in known else "ca-pc-236-14")
    charges = charges_of(client)
    screened = screen_for(charges=charges, statute_id=paper.id, today=today)
    open_to = [charge for charge in charges if screened[charge.pk].finding.answer != "does_not_reach"]
    places = [] if paper.level == "federal" else counties(open_to)
    county = request.GET.get("county", "")
    county = county if county in places else (places[0] if places else "")
    busy = _busy(charges, paper.id, user)
    rows = [_row(charge, screened[charge.pk], county, busy.get(charge.pk)) for charge in charges]
    rows.sort(key=lambda row: (not row["offered"], ORDER.index(row["answer"])))
    offered = [row["charge"] for row in rows if row["offered"]]
    form = PlanForm(
        request.POST or None,
        paper=paper,
        charges=[row["charge"] for row in rows if row["answer"] != "does_not_reach"],
        county=county,
    )
    status = 200
    if request.method == "POST":
        form = PlanForm(
            request.POST,
            paper=paper,
            charges=[row["charge"] for row in rows if row["answer"] != "does_not_reach"],
            county=county,
        )
        if form.is_valid():
            try:
                petition = services.plan_petition(
                    client=client, statute=paper.id, by=user, today=today, **form.cleaned_data
                )
            except ValidationError as error:
                add_problems(form, error)
            else:
                messages.success(request, f"Petition {petition.number} is a draft. Next: its papers.")
                return redirect("petition", pk=petition.pk)
        status = 422
    posted = set(request.POST.getlist("charges"))
    for row in rows:
        row["checked"] = str(row["charge"].pk) in posted if request.method == "POST" else row["preselected"]
    record(Action.SEEN, by=user, target=client, kind="petition_plan")
    context = file_context(request, client, "petitions") | {
        "form": form,
        "paper": paper,
        "rows": [row for row in rows if row["offered"]],
        "out": [row for row in rows if not row["offered"]],
        "statutes": [
            {"label": one.short, "url": f"?{urlencode({'statute': one.id})}", "current": one.id == paper.id}
            for one in petition_statutes()
        ],
        "places": [
            {
                "label": place,
                "count": sum(charge_county(charge) == place for charge in open_to),
                "url": f"?{urlencode({'statute': paper.id, 'county': place})}",
                "current": place == county,
            }
            for place in places
        ],
        "county": county,
        "offered": len(offered),
        "unconfirmed": any(screened[charge.pk].finding.unconfirmed for charge in charges),
    }
    return render(request, "cases/petition_new.html", context, status=status)


def _busy(charges: list[Charge], statute: str, user: User) -> dict[Any, int]:
    """Charges that a standing petition of this law holds, with its number."""
    lines = (
        PetitionCharge.objects.visible_to(user)
        .filter(charge__in=charges, petition__statute=statute)
        .exclude(petition__stage=Stage.WITHDRAWN)
    )
    return {
        line.charge_id: line.petition.number
        for line in lines.exclude(result__in=["denied", "withdrawn"]).select_related("petition")
    }


def _row(charge: Charge, screened: Any, county: str, in_petition: int | None) -> dict[str, Any]:
    answer = screened.finding.answer
    here = not county or charge_county(charge) in ("", county)
    offered = here and in_petition is None and answer != "does_not_reach"
    return {
        "charge": charge,
        "agency": agency_words(charge.arrest.agency),
        "answer": answer,
        "reason": screened.reason,
        "offered": offered,
        "preselected": offered and answer == "reaches",
        "why_out": "" if offered else why_left_out(screened, county=county, in_petition=in_petition),
    }
