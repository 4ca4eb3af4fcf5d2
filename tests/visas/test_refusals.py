"""What nobody should post about a T visa: relatives of another file, broken values, impossible days."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.factories import TODAY, counsel_of
from tests.visas.makers import granted, in_stage, make_visa, received
from visas import services
from visas.models import FamilyMember, Notice, Receipt, WorkPermit
from visas.stages import Verdict, machine

pytestmark = pytest.mark.django_db
UGLY = ("\x00", "x" * 10_000, "9999-12-31", "0001-01-01", "9" * 5_000, "²", "{{ 7*7 }}")


def child_of(visa) -> FamilyMember:
    return services.save_member(
        visa=visa, relationship="child", name="Wren", date_of_birth=date(2012, 5, 4),
        by=counsel_of(visa.client), today=TODAY,
    )  # fmt: skip


def test_rows_for_a_relative_of_another_file_are_refused(client):
    mine, other = received(), in_stage("receipted")
    foreign, by = child_of(other), counsel_of(mine.client)
    common = {"visa": mine, "person": foreign, "by": by, "today": TODAY}
    for act in (
        lambda: services.record_notice(
            kind="RFE", form="I-914A", served_on=date(2026, 8, 31), served_by="mail", **common
        ),
        lambda: services.save_receipt(
            form="I-914A", number="EAC2512345670", received_on=date(2026, 8, 31), **common
        ),
        lambda: services.save_permit(
            category="(c)(25)", valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1), **common
        ),
        lambda: services.record_event(event="send_supplement_a", to="filed", dates={}, **common),
        lambda: services.correct_stage(to="planned", reason="No.", **common),
    ):
        with pytest.raises(ValidationError, match="relative of this client"):
            act()
    client.force_login(by)
    for name in ("notice-new", "receipt-new", "permit-new"):
        response = client.post(reverse(name, args=[mine.pk]), {"person": foreign.pk})
        assert response.status_code == 422
        assert response.context["form"].errors["person"]
    assert not Notice.objects.exists()
    assert not WorkPermit.objects.exists()
    assert not Receipt.objects.filter(person__isnull=False).exists()


@pytest.mark.parametrize("ugly", UGLY)
def test_no_value_takes_a_page_of_a_t_visa_down(client, ugly):
    visa = received()
    child = child_of(visa)
    client.force_login(counsel_of(visa.client))
    names = (
        *("kind", "form", "person", "served_on", "served_by", "printed_date", "asks_for", "number"),
        *("received_on", "sent_on", "name", "relationship", "date_of_birth", "category", "other_category"),
        *("valid_from", "valid_to", "to", "reason", "note", "receipt_number", "reveal", "waiting_from"),
    )
    urls = [
        reverse(name, args=[visa.pk])
        for name in (
            "notice-new",
            "receipt-new",
            "relative-new",
            "permit-new",
            "tvisa-correct",
            "tvisa-reveal",
        )
    ]
    urls += [reverse("relative-change", args=[child.pk]), reverse("relative-correct", args=[child.pk])]
    moves = machine("t1_matter").next_events(visa.stage)
    urls += [reverse("tvisa-event", args=[visa.pk, m.event, m.to]) for m in moves if m.event not in
             ("rfe", "noid", "noir", "denial")]  # fmt: skip
    dates = {key: ugly for move in moves for key in move.dates}
    for url in urls:
        assert client.post(url, dates | dict.fromkeys(names, ugly)).status_code in {302, 422}, url
    assert client.get(visa.get_absolute_url()).status_code == 200
    assert client.get(reverse("tvisas"), dict.fromkeys(("group", "mine", "page"), ugly)).status_code == 200


@pytest.mark.parametrize("day", ["1900-01-01", "2000-10-28", "2026-11-23", "2199-12-31"])
def test_the_furthest_days_a_form_takes_leave_every_page_standing(client, day):
    visa = granted(on=date(2025, 6, 2))
    client.force_login(counsel_of(visa.client))
    child = {"name": "Wren", "relationship": "child", "date_of_birth": day}
    card = {"category": "(a)(16)", "valid_from": "2000-10-28", "valid_to": day}
    notice = {"kind": "RFE", "form": "I-765", "served_by": "mail", "served_on": day, "printed_date": day}
    receipt = {"form": "I-765", "number": "EAC2512345671", "received_on": day}
    fix = {"to": "approved", "reason": "Wrong.", "sent_on": day, "received_on": day, "approved_on": day,
           "status_ends_on": day, "waiting_from": day, "bona_fide_on": day}  # fmt: skip
    for name, data in (("relative-new", child), ("permit-new", card), ("notice-new", notice),
                       ("receipt-new", receipt), ("tvisa-correct", fix)):  # fmt: skip
        assert client.post(reverse(name, args=[visa.pk]), data).status_code in {302, 422}, name
        for page in ("tvisa", "tvisa-record"):
            assert client.get(reverse(page, args=[visa.pk])).status_code == 200, (name, page)
    for row in FamilyMember.objects.filter(visa=visa):
        assert client.get(reverse("relative-record", args=[row.pk])).status_code == 200
    assert client.get(reverse("tvisas")).status_code == 200


def test_a_guard_that_no_rule_can_decide_asks_a_person():
    days = {"received_date": date(2026, 5, 1), "rfe_date": date(2020, 1, 1), "in_us": True}
    offers = machine("t1_matter").allowed("biometrics_done", days)
    found = next(offer for offer in offers if offer.transition.test == "bona_fide")
    assert found.verdict is Verdict.CONFIRM
    assert "before the receipt" in found.reason


def test_messages_say_no_name_no_number_and_no_day(client):
    visa = make_visa()
    client.force_login(counsel_of(visa.client))
    posts = {
        "relative-new": {"name": "Wren Alder", "relationship": "child", "date_of_birth": "2012-05-04"},
        "receipt-new": {"form": "I-765", "number": "XQZ2512345678", "received_on": "2026-05-04"},
        "notice-new": {"kind": "RFE", "form": "I-765", "served_on": "2026-08-31", "served_by": "mail"},
    }
    for name, data in posts.items():
        assert client.post(reverse(name, args=[visa.pk]), data).status_code == 302
    said = str(client.session["_messages"])
    for word in ("Wren", "XQZ", "2026", "2012", "Nov", "T-3", "I-765"):
        assert word not in said
