"""Who works for the client, who the client turns to, and who must never see the file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from clients import services
from clients.forms import JoinForm, PointOfContactForm, WallForm, add_problems
from clients.models import CareTeamMember, Client, Wall
from clients.permissions import can_manage_team, check_can_manage_team
from clients.views.pages import file_page, refuse, signed_in, visible_client


@require_safe
def team(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The team now and before; walls for who manages the team."""
    return _page(request, visible_client(request, pk))


@require_POST
def join(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put somebody on the team; the rights come with the place."""
    client = visible_client(request, pk)
    user = signed_in(request)
    check_can_manage_team(user, client)
    form = JoinForm(request.POST, client=client, prefix="join")
    if form.is_valid():
        try:
            services.join_team(client=client, by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "Added to the team. The file is open to them now.")
            return redirect("client-team", client.pk)
    return _page(request, client, join_form=form)


@require_POST
def leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End somebody's place on the team."""
    user = signed_in(request)
    places = CareTeamMember.objects.visible_to(user).select_related("client", "user")
    member = get_object_or_404(places, pk=pk)
    check_can_manage_team(user, member.client)
    try:
        services.leave_team(member=member, by=user)
    except ValidationError as problem:
        return refuse(request, problem, "client-team", member.client_id)
    messages.success(request, "That place on the team has ended. The file is closed to them.")
    if member.user_id == user.pk:
        return redirect("clients")
    return redirect("client-team", member.client_id)


@require_POST
def point_of_contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand the client over to somebody else of the team."""
    client = visible_client(request, pk)
    user = signed_in(request)
    check_can_manage_team(user, client)
    form = PointOfContactForm(request.POST, client=client, prefix="contact")
    if form.is_valid():
        try:
            services.change_point_of_contact(client=client, user=form.cleaned_data["user"], by=user)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "The point of contact has changed. Tell the client.")
            return redirect("client-team", client.pk)
    return _page(request, client, contact_form=form)


@require_POST
def wall_set(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Shut somebody out of everything about the client."""
    client = visible_client(request, pk)
    user = signed_in(request)
    check_can_manage_team(user, client)
    form = WallForm(request.POST, client=client, by=user, prefix="wall")
    if form.is_valid():
        try:
            services.set_wall(client=client, by=user, **form.cleaned_data)
        except ValidationError as problem:
            add_problems(form, problem)
        else:
            messages.success(request, "The wall stands. This takes effect at once, everywhere.")
            if not services.has_counsel(client):
                messages.warning(request, "This file has no counsel of record now. Add one below.")
            return redirect("client-team", client.pk)
    return _page(request, client, wall_form=form)


@require_POST
def wall_lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lift a wall. No right comes back by itself."""
    user = signed_in(request)
    wall = get_object_or_404(Wall.objects.visible_to(user).select_related("client"), pk=pk)
    check_can_manage_team(user, wall.client)
    try:
        services.lift_wall(wall=wall, by=user)
    except ValidationError as problem:
        return refuse(request, problem, "client-team", wall.client_id)
    messages.success(
        request, "The wall is lifted. Add the person to the team if they should work on the file."
    )
    return redirect("client-team", wall.client_id)


def _page(
    request: HttpRequest,
    client: Client,
    *,
    join_form: JoinForm | None = None,
    contact_form: PointOfContactForm | None = None,
    wall_form: WallForm | None = None,
) -> HttpResponse:
    user = signed_in(request)
    places = CareTeamMember.objects.visible_to(user).filter(client=client)
    places = places.select_related("user").order_by("joined_on", "pk")
    forms: list[Form | None] = [join_form, contact_form, wall_form]
    context: dict = {
        "members": [place for place in places if place.left_on is None],
        "former": [place for place in places if place.left_on is not None],
    }
    if can_manage_team(user, client):
        walls = Wall.objects.visible_to(user).filter(client=client).in_force()
        context |= {
            "walls": walls.select_related("user").order_by("set_at"),
            "join_form": join_form or JoinForm(client=client, prefix="join"),
            "contact_form": contact_form or PointOfContactForm(client=client, prefix="contact"),
            "wall_form": wall_form or WallForm(client=client, by=user, prefix="wall"),
        }
    wrong = any(form is not None and form.errors for form in forms)
    return file_page(request, "clients/team.html", client, "team", context, 422 if wrong else 200)
