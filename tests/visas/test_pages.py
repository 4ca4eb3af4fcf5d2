"""Pages of T visas: what they show, keep masked, refuse and record, and how many questions they ask."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessEvent
from clients.models import TeamRole
from tests.factories import TODAY, add_to_team, counsel_of, make_client, make_user
from tests.visas.makers import RECEIPT, granted, in_stage, make_visa, received
from visas import services
from visas.models import FamilyMember, Notice, Receipt, TVisa, WorkPermit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """The pages of these tests are looked at on the day of the worked examples."""
    real = timezone.localdate
    monkeypatch.setattr(
        timezone, "localdate", lambda value=None, tz=None: TODAY if value is None else real(value, tz)
    )


def page(client, visa, user=None, name="tvisa", **query):
    client.force_login(user or counsel_of(visa.client))
    return client.get(reverse(name, args=[visa.pk]), query)


def post(client, visa, address, row=None, args=(), /, **typed):
    client.force_login(counsel_of(visa.client))
    return client.post(reverse(address, args=[(row or visa).pk, *args]), typed)


def rfe(visa, **values):
    return services.record_notice(
        visa=visa,
        kind="RFE",
        form="I-914",
        served_on=date(2026, 8, 31),
        served_by="mail",
        by=counsel_of(visa.client),
        today=TODAY,
        **values,
    )


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_client_without_a_t_visa_gets_the_offer_and_one_press_opens_it(client):
    survivor = make_client()
    client.force_login(counsel_of(survivor))
    assert "Open a T visa matter" in text_of(client.get(reverse("client-tvisa", args=[survivor.pk])))
    response = client.post(reverse("tvisa-open", args=[survivor.pk]))
    visa = TVisa.objects.get(client=survivor)
    assert response.url == visa.get_absolute_url()
    assert client.get(reverse("client-tvisa", args=[survivor.pk])).url == visa.get_absolute_url()


def test_a_reader_without_the_right_to_change_sees_the_page_without_its_acts(client):
    visa = received()
    supervisor = add_to_team(visa.client, TeamRole.SUPERVISION, "supervisor")
    said = text_of(page(client, visa, supervisor))
    assert "Receipt notice in hand" in said
    assert "Record what happened" not in said
    assert "Add a receipt" not in said


def test_the_request_over_thanksgiving_shows_three_dates_the_sum_and_the_mark(client):
    visa = in_stage("biometrics_done")
    rfe(visa, asks_for="Birth record\nCover letter")
    said = text_of(page(client, visa))
    for words in ("Mon, Nov 23", "Thu, Nov 26", "Fri, Nov 27", "Thanksgiving", "+ 84 days", "Birth record"):
        assert words in said
    assert "Read in a summary, not the code" in said
    assert "RFE answer: send today" in said


def test_numbers_and_dates_of_birth_are_masked_until_asked_and_the_asking_is_recorded(client):
    visa = received(date_of_birth=date(1989, 6, 1))
    services.save_member(
        visa=visa,
        relationship="child",
        name="Finch",
        date_of_birth=date(2012, 5, 4),
        by=counsel_of(visa.client),
        today=TODAY,
    )
    said = text_of(page(client, visa))
    assert RECEIPT not in said
    assert "2012" not in said
    assert "Finch" in said
    assert RECEIPT in text_of(post(client, visa, "tvisa-reveal", reveal="receipts"))
    assert "May 4, 2012" in text_of(post(client, visa, "tvisa-reveal", reveal="births"))
    fields = AccessEvent.objects.filter(action="revealed", object_id=str(visa.pk)).values_list(
        "fields", flat=True
    )
    assert sorted(fields) == [["family_member.date_of_birth"], ["receipt.number"]]


def test_a_look_is_recorded_with_the_client(client):
    visa = received()
    page(client, visa)
    event = AccessEvent.objects.filter(action="seen", object_kind="tvisa").get()
    assert (event.object_id, event.client_id) == (str(visa.pk), visa.client_id)


def test_only_what_the_machine_has_from_here_is_offered(client):
    visa = in_stage("filed")
    said = text_of(page(client, visa, name="tvisa-record"))
    assert "Receipt notice arrives" in said
    assert "USCIS sends it back" in said
    assert "Approved" not in said


def test_a_step_with_a_bad_number_comes_back_with_what_was_typed_and_nothing_happened(client):
    visa = in_stage("filed")
    typed = {"received_date": "2025-03-10", "notice_date": "2025-03-20", "receipt_number": "EAC12"}
    response = post(client, visa, "tvisa-event", None, ["receipt_notice", "receipted"], **typed)
    assert response.status_code == 422
    said = text_of(response)
    assert "This has 5 characters" in said
    assert 'value="EAC12"' in said
    assert 'value="2025-03-10"' in said
    assert TVisa.objects.get(pk=visa.pk).stage == "filed"
    response = post(
        client,
        visa,
        "tvisa-event",
        None,
        ["receipt_notice", "receipted"],
        **(typed | {"receipt_number": RECEIPT}),
    )
    assert (response.status_code, TVisa.objects.get(pk=visa.pk).stage) == (302, "receipted")


def test_a_guard_of_fact_is_asked_in_its_own_words_and_only_those_count(client):
    visa = in_stage("biometrics_done", received_on=date(2024, 3, 10))
    typed = {"bfd_date": "2026-02-02", "deferred_action_until": "2030-02-01"}
    way = (None, ["bfd_grant", "bfd_positive"])
    response = post(client, visa, "tvisa-event", *way, **typed)
    assert response.status_code == 422
    reason = response.context["form"]["confirms"].value()
    assert "expedite request from ICE" in reason
    wrong = post(client, visa, "tvisa-event", *way, **typed, confirmed="on", confirms="Something else")
    assert wrong.status_code == 422
    assert TVisa.objects.get(pk=visa.pk).stage == "biometrics_done"
    assert (
        post(client, visa, "tvisa-event", *way, **typed, confirmed="on", confirms=reason).status_code == 302
    )
    assert TVisa.objects.get(pk=visa.pk).stage == "bfd_positive"


def test_a_notice_moves_the_stage_and_its_answer_moves_it_back(client):
    visa = in_stage("biometrics_done")
    typed = {"kind": "RFE", "form": "I-914", "served_on": "2026-08-31", "served_by": "mail"}
    assert post(client, visa, "notice-new", **typed).status_code == 302
    notice = Notice.objects.get(visa=visa)
    assert notice.deadline.due_on == date(2026, 11, 27)
    response = post(client, visa, "notice-answer", notice, sent_on="2026-11-20", received_on="2026-11-01")
    assert response.status_code == 422
    response = post(client, visa, "notice-answer", notice, sent_on="2026-11-20", received_on="2026-11-23")
    assert response.status_code == 302
    assert TVisa.objects.get(pk=visa.pk).stage == "biometrics_done"


def test_receipts_relatives_cards_and_corrections_are_kept_from_their_forms(client):
    visa = received(date_of_birth=date(1989, 6, 1))
    assert (
        post(
            client, visa, "receipt-new", form="I-765", number="ioe 0912345678", received_on="2026-02-02"
        ).status_code
        == 302
    )
    assert Receipt.objects.filter(visa=visa, form="I-765").get().number == "IOE0912345678"
    again = post(client, visa, "receipt-new", form="I-765", number="IOE0912345678", received_on="2026-02-02")
    assert again.status_code == 422
    assert "on this file already" in text_of(again)
    post(client, visa, "relative-new", name="Finch", relationship="child", date_of_birth="2012-05-04")
    child = FamilyMember.objects.get(visa=visa)
    assert child.derivative_class == "T-3"
    early = post(client, visa, "relative-new", name="Jay", relationship="child", date_of_birth="2026-05-04")
    assert early.status_code == 422
    assert "after the day of receipt" in text_of(early)
    post(
        client,
        visa,
        "permit-new",
        person=str(child.pk),
        category="(c)(25)",
        valid_from="2026-01-01",
        valid_to="2027-01-01",
    )
    assert WorkPermit.objects.get(visa=visa).person == child
    response = post(client, visa, "tvisa-correct", to="filed", sent_on="2025-03-03", reason="Another form.")
    assert response.status_code == 302
    assert TVisa.objects.get(pk=visa.pk).received_on is None


def test_the_page_of_a_granted_t1_shows_window_age_out_and_what_is_not_kept_yet(client):
    visa = granted(
        on=date(2023, 11, 15),
        ends=date(2027, 11, 14),
        received_on=date(2022, 5, 10),
        date_of_birth=date(1986, 4, 2),
    )
    services.save_member(
        visa=visa,
        relationship="child",
        name="Ximena",
        date_of_birth=date(2006, 1, 9),
        by=counsel_of(visa.client),
        today=TODAY,
    )
    said = text_of(page(client, visa))
    for words in (
        "Open since Nov 15, 2026",
        "Fri, Nov 12, 2027",
        "21 after the approval: attorney review",
        "47 days left",
        "Hold the I-485 for the family",
        "Not kept here yet:",
        "Our own counting choice, where the law is silent",
    ):
        assert words in said


def test_a_receipt_says_that_it_set_the_day_of_receipt_and_that_the_stage_stays(client):
    visa = in_stage("filed")
    typed = {"form": "I-914", "number": RECEIPT, "received_on": "2025-03-10"}
    assert post(client, visa, "receipt-new", **typed).status_code == 302
    said = text_of(page(client, visa))
    assert "its day is now the day USCIS received the application" in said
    assert "The stage stays as it is" in said
    assert "Not begun" not in said
    typed = {"form": "I-914", "number": "EAC2512345679", "received_on": "2025-03-12"}
    post(client, visa, "receipt-new", **typed)
    assert "counts from another day than this receipt" in text_of(page(client, visa))
    step = client.get(reverse("tvisa-event", args=[visa.pk, "receipt_notice", "receipted"]))
    assert 'value="2025-03-10"' in text_of(step)


def test_each_kind_of_work_permit_is_named_once(client):
    said = text_of(page(client, received(), name="permit-new"))
    assert ">Continued Presence</option>" in said
    assert "Continued Presence Continued" not in said


def test_no_address_or_title_holds_a_name(client):
    visa = received(name_used="Linnet")
    head = text_of(page(client, visa)).split("</head>")[0]
    assert "Linnet" not in head
    assert visa.client.file_number in head


# --- The list -------------------------------------------------------------------------------------


def test_the_list_shows_what_one_may_see_and_records_it(client):
    visa = in_stage("biometrics_done", name_used="Linnet")
    rfe(visa)
    make_visa(name_used="Heron")
    client.force_login(counsel_of(visa.client))
    said = text_of(client.get(reverse("tvisas")))
    assert "Linnet" in said
    assert "Mon, Nov 23" in said
    assert "Heron" not in said
    assert AccessEvent.objects.filter(action="listed", object_kind="tvisa").get().objects_shown == [
        str(visa.pk)
    ]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"group": "uscis"}, True),
        ({"group": "granted"}, False),
        ({"notice": "1"}, False),
        ({"mine": "1"}, True),
    ],
)
def test_the_list_is_narrowed_by_its_filters(client, query, shown):
    visa = received(name_used="Linnet")
    client.force_login(counsel_of(visa.client))
    assert ("Linnet" in text_of(client.get(reverse("tvisas"), query))) is shown


def test_the_list_asks_as_many_questions_for_twelve_as_for_three(client):
    counsel = make_user()
    client.force_login(counsel)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("tvisas")).status_code == 200
        return len(seen)

    for _ in range(3):
        rfe(in_stage("biometrics_done", client=make_client(counsel=counsel)))
    asked()
    few = asked()
    for _ in range(9):
        rfe(in_stage("biometrics_done", client=make_client(counsel=counsel)))
    asked()
    assert asked() == few
