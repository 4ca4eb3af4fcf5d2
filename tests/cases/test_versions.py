"""Papers come back from Word, grow old when the record changes, and leave signed and stamped copies."""

import io
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document as Word

from cases import services
from cases.models import Petition
from cases.services.paper_stops import paper_states, stops
from cases.services.paper_words import gather
from cases.services.versions import copies, drafts, shelves
from cases.stages import InvalidTransition
from documents.papers.blanks import blanks_left
from documents.services import DOCX, store_document, store_version
from tests.cases.making import at_stage, make_charge, make_file, make_petition, ready
from tests.factories import TODAY, add_to_team, counsel_of

pytestmark = pytest.mark.django_db
MOST_QUERIES = 36  # 32 of the page, and what the frame asks: hold, break-glass, rights, the newest version
PDF = b"%PDF-1.7\n%made for a test"


def word(*lines):
    document, out = Word(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def upload(content, name="edited.docx"):
    return SimpleUploadedFile(name, content)


def fresh(petition):
    return Petition.objects.get(pk=petition.pk)


def codes(petition):
    return [stop.code for stop in stops(petition=petition, today=TODAY)]


def store(petition, content, kind="petition", by=None):
    return services.store_paper(
        petition=petition, kind=kind, upload=upload(content), by=by or counsel_of(petition.client)
    )


def test_an_edited_file_stored_at_the_petition_is_its_newest_version():
    petition = ready(make_petition())
    document = store(petition, word("Edited."))
    assert (document.version, document.media_type) == (2, DOCX)
    newest = drafts(fresh(petition))["petition"][0]
    assert (newest, newest.created_by) == (document, counsel_of(petition.client))


def test_a_version_stored_under_documents_is_shown_and_the_next_draft_follows_it(client):
    petition = ready(make_petition())
    by = counsel_of(petition.client)
    first = drafts(petition)["petition"][0]
    edited = store_document(
        client=petition.client, kind="petition", title="Edited", content=word("Edited."),
        original_name="edited.docx", by=by, replaces=first,
    )  # fmt: skip
    client.force_login(by)
    for url in (petition.get_absolute_url(), reverse("petition-papers", args=[petition.pk])):
        assert edited.get_absolute_url() in client.get(url).content.decode()
    assert services.draft_paper(petition=petition, kind="petition", by=by).version == 3


def under_documents(document, by, content=None):
    return store_version(
        document=document, title="Edited", content=content or word("In [BLANK: the county]."), by=by,
        original_name="edited.docx",
    )  # fmt: skip


def test_a_file_stored_under_documents_stops_signing_until_it_is_stored_at_the_petition():
    petition = ready(make_petition())
    by = counsel_of(petition.client)
    under_documents(drafts(petition)["petition"][0], by)
    (stop,) = stops(petition=petition, today=TODAY)
    assert (stop.code, stop.url) == ("unread", reverse("petition-papers", args=[petition.pk]) + "#draft")
    assert "Petition or motion, version 2, was stored under Documents" in stop.words
    with pytest.raises(ValidationError, match="stored under Documents"):
        services.sign(petition=petition, on=TODAY, by=by, today=TODAY)
    store(petition, word("In [BLANK: the county]."))
    assert codes(fresh(petition)) == ["S17"]
    store(petition, word("In Alameda."))
    assert codes(fresh(petition)) == []


def test_a_version_stored_after_signing_is_not_shown_as_what_was_signed(client):
    petition = at_stage("signed")
    by = counsel_of(petition.client)
    signed = drafts(petition)["petition"][0]
    later = under_documents(signed, by)
    assert drafts(fresh(petition))["petition"] == [signed]
    assert shelves(fresh(petition)).later == {"petition": [later]}
    client.force_login(by)
    page = client.get(reverse("petition-papers", args=[petition.pk])).content.decode()
    told = f'Stored after signing, and not what was signed: <a href="{later.get_absolute_url()}">'
    assert told in page
    assert f'<a href="{signed.get_absolute_url()}">v1' in page
    page = client.get(petition.get_absolute_url()).content.decode()
    assert later.get_absolute_url() not in page
    assert "Petition or motion, version 2, stored after the signature" in page
    services.correct(petition=petition, by=by, today=TODAY, note="Signed too early.")
    assert drafts(fresh(petition))["petition"] == [later, signed]
    assert "unread" in codes(fresh(petition))


def test_a_proposed_order_may_change_after_signing():
    petition = at_stage("signed")
    order = drafts(petition)["proposed_order"][0]
    edited = store(petition, word("Edited."), kind="proposed_order")
    assert drafts(fresh(petition))["proposed_order"] == [edited, order]


def test_a_copy_leaves_the_petition_with_the_signature_it_shows_and_stays_under_documents(client):
    petition = at_stage("filed")
    by = counsel_of(petition.client)
    for copy in ("signed", "filed"):
        services.store_copy(petition=petition, copy=copy, upload=upload(PDF, "s.pdf"), by=by)
    services.correct(petition=petition, by=by, today=TODAY, note="Not filed.")
    assert set(copies(fresh(petition))) == {"signed"}
    services.correct(petition=petition, by=by, today=TODAY, note="Not signed.")
    assert copies(fresh(petition)) == {}
    client.force_login(by)
    page = client.get(reverse("petition-papers", args=[petition.pk])).content.decode()
    assert "Signed copy" not in page
    listed = client.get(reverse("client-documents", args=[petition.client_id])).content.decode()
    assert "Signed copy, petition 1" in listed
    assert (
        "Signed copy, version 1, stored, later taken back"
        in client.get(petition.get_absolute_url()).content.decode()
    )
    services.sign(petition=petition, on=TODAY, by=by, today=TODAY, copy=upload(PDF, "again.pdf"))
    assert copies(fresh(petition))["signed"][0].version == 1


def test_the_page_of_the_papers_costs_the_same_for_any_number_of_charges(client):
    counts = []
    for number in (1, 3):
        survivor = make_file()
        petition = ready(make_petition(survivor, charges=[make_charge(survivor) for _ in range(number)]))
        client.force_login(counsel_of(survivor))
        url = reverse("petition-papers", args=[petition.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        # Outside a test the installation's secret is read once a process, after its first commit.
        counts.append(sum("vault_installation" not in query["sql"] for query in asked))
    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


@pytest.mark.parametrize("content", [PDF, b"plain words", b""])
def test_a_draft_is_a_word_file(content):
    petition = ready(make_petition())
    with pytest.raises(ValidationError) as refused:
        store(petition, content)
    assert "file" in refused.value.message_dict
    assert len(drafts(fresh(petition))["petition"]) == 1


def test_what_was_signed_takes_no_further_version_and_the_account_keeps_its_right():
    petition = at_stage("signed")
    with pytest.raises(InvalidTransition, match="was signed"):
        store(petition, word("Edited."))
    draft = ready(make_petition())
    paralegal = add_to_team(draft.client, "paralegal", "paralegal")
    with pytest.raises(PermissionDenied, match="counsel and advocate"):
        store(draft, word("Edited."), kind="declaration", by=paralegal)
    assert store(draft, word("Edited."), by=paralegal).version == 2


def test_signed_and_stamped_copies_are_kept_with_the_act_or_not_at_all(client):
    petition = ready(make_petition())
    client.force_login(counsel_of(petition.client))

    def post(act, **data):
        return client.post(reverse("petition-act", args=[petition.pk, act]), data)

    refused = post("sign", on="2026-06-22", copy=upload(word("Signed.")))
    assert refused.status_code == 422
    assert refused.context["form"].errors["copy"]
    assert fresh(petition).stage == "draft"
    assert post("sign", on="2026-06-22", copy=upload(PDF, "signed.pdf")).status_code == 302
    assert post("file", on="2026-06-29", copy=upload(PDF, "stamped.pdf")).status_code == 302
    kept = copies(fresh(petition))
    assert {copy: rows[0].media_type for copy, rows in kept.items()} == dict.fromkeys(
        ("signed", "filed"), "application/pdf"
    )
    page = client.get(petition.get_absolute_url()).content.decode()
    assert "Signed copy" in page
    assert "File-stamped copy" in page


def test_a_copy_is_stored_later_too_but_not_before_its_act():
    petition = at_stage("signed")
    by = counsel_of(petition.client)
    first, second = (
        services.store_copy(petition=petition, copy="signed", upload=upload(PDF, "s.pdf"), by=by)
        for _ in range(2)
    )
    assert (second.version, second.replaces) == (2, first)
    with pytest.raises(InvalidTransition, match="not filed yet"):
        services.store_copy(petition=petition, copy="filed", upload=upload(PDF, "f.pdf"), by=by)


def test_the_card_takes_the_file_and_says_what_is_wrong_with_it(client, settings):
    petition = ready(make_petition())
    client.force_login(counsel_of(petition.client))
    url = reverse("petition-store", args=[petition.pk])
    assert f'action="{url}"' in client.get(petition.get_absolute_url()).content.decode()
    assert client.post(url, {"paper": "petition", "file": upload(word("Edited."))}).status_code == 302
    wrong = client.post(url, {"paper": "proposed_order", "file": upload(PDF, "a.pdf")})
    assert wrong.status_code == 422
    assert wrong.context["form"]["paper"].value() == "proposed_order"
    assert wrong.context["form"].errors["file"]
    settings.MAX_UPLOAD_BYTES = 10
    large = client.post(url, {"paper": "petition", "file": upload(word("Edited."))})
    assert "larger than" in str(large.context["form"].errors["file"])
    assert client.post(url, {"paper": "signed", "file": upload(PDF, "a.pdf")}).status_code == 422


def change_charge(petition):
    charge = petition.charges.get()
    charge.case_number = "777001"
    charge.save()


CHANGES = {
    "the charges": change_charge,
    "the name": lambda p: Petition.objects.filter(pk=p.pk).update(name_mode="pseudonym"),
    "what the papers say": lambda p: services.say(
        petition=p,
        said={**p.known["said"], "period": "From about 2013"},
        by=counsel_of(p.client),
    ),
    "the court or the prosecutor": lambda p: p.court.__class__.objects.filter(pk=p.court_id).update(
        name="Superior Court of California, County of Alameda, East"
    ),
}


@pytest.mark.parametrize("part", CHANGES)
def test_a_paper_older_than_a_change_stops_signing_until_it_is_drafted_again(part):
    petition = ready(make_petition())
    assert codes(petition) == []
    CHANGES[part](petition)
    petition = fresh(petition)
    said = [stop.words for stop in stops(petition=petition, today=TODAY) if stop.code == "stale"]
    assert any(part in words and "Petition or motion, version 1," in words for words in said)
    with pytest.raises(ValidationError, match="older than a change"):
        services.sign(petition=petition, on=TODAY, by=counsel_of(petition.client), today=TODAY)
    for kind in ("petition", "declaration", "proposed_order"):
        services.draft_paper(petition=petition, kind=kind, by=counsel_of(petition.client))
    assert codes(fresh(petition)) == []


def test_an_account_that_changed_makes_the_declaration_old_and_nothing_else():
    petition = ready(make_petition())
    passage = petition.charges.get().evidence.get().passage
    passage.text = "I was told where to stand, every day."
    passage.save()
    said = [stop.words for stop in stops(petition=fresh(petition), today=TODAY) if stop.code == "stale"]
    assert len(said) == 1
    assert "Client’s declaration" in said[0]
    assert "the account" in said[0]


def test_an_edited_file_is_as_old_as_the_draft_it_was_made_from():
    petition = ready(make_petition())
    change_charge(petition)
    store(petition, word("Edited before anybody saw the change."))
    assert "stale" in codes(fresh(petition))


def shown(client, page):
    """The marks that the page of the papers holds, as a browser would post them."""
    found = re.findall(r'name="(seen_\w+)" value="([^"]+)"', client.get(page).content.decode())
    return dict(found)


def test_counsel_keeps_only_what_the_page_showed_her(client):
    petition = ready(make_petition())
    change_charge(petition)
    client.force_login(counsel_of(petition.client))
    page, url = (reverse(name, args=[petition.pk]) for name in ("petition-papers", "petition-keep"))
    data = {"kinds": ["petition"], "reason": "Typed by hand.", **shown(client, page)}
    Petition.objects.filter(pk=petition.pk).update(name_mode="pseudonym")
    for _ in range(2):
        refused = client.post(url, data)
        assert refused.status_code == 422
        assert "after this page was shown" in str(refused.context["keep"].errors["kinds"])
        assert "Typed by hand." in refused.content.decode()
        assert "kept" not in fresh(petition).known
        # Another version of the paper is another thing than what she saw, too.
        data = {"kinds": ["petition"], "reason": "Typed by hand.", **shown(client, page)}
        store(petition, word("Edited meanwhile."))
    data = {"kinds": ["petition"], "reason": "Typed by hand.", **shown(client, page)}
    assert client.post(url, data).status_code == 302
    assert fresh(petition).known["kept"]["petition"][-1]["reason"] == "Typed by hand."
    assert client.post(url, {"kinds": ["proposed_order"], "reason": "Unseen."}).status_code == 422


def test_counsel_keeps_her_version_once_with_a_reason_and_the_next_change_asks_again():
    petition = ready(make_petition())
    by = counsel_of(petition.client)
    change_charge(petition)

    def keep(**values):
        values = {
            "kinds": ["petition", "declaration", "proposed_order"],
            "note": "I typed the new number.",
            "by": by,
            **values,
        }
        kinds = values.pop("kinds")
        values.setdefault("seen", {s.kind: s.mark for s in paper_states(petition) if s.kind in kinds})
        return services.keep_papers(petition=petition, today=TODAY, **values)

    with pytest.raises(ValidationError, match="Say why"):
        keep(note=" ")
    with pytest.raises(PermissionDenied):
        keep(by=add_to_team(petition.client, "advocate", "advocate"))
    keep()
    found = fresh(petition)
    assert codes(found) == []
    assert found.known["kept"]["petition"][-1]["reason"] == "I typed the new number."
    charge = petition.charges.get()
    charge.section = "484(a)"
    charge.save()
    assert "stale" in codes(found)


def test_the_page_says_what_is_old_and_takes_the_tick(client):
    petition = ready(make_petition())
    change_charge(petition)
    client.force_login(counsel_of(petition.client))
    page = reverse("petition-papers", args=[petition.pk])
    assert "changed since it was drafted: the charges" in client.get(page).content.decode()
    url = reverse("petition-keep", args=[petition.pk])
    refused = client.post(url, {"kinds": ["petition"]})
    assert refused.status_code == 422
    assert refused.context["keep"]["kinds"].value() == ["petition"]
    data = {"kinds": ["petition", "proposed_order"], "reason": "Typed by hand.", **shown(client, page)}
    assert client.post(url, data).status_code == 302
    assert "Typed by hand." in client.get(page).content.decode()


def test_what_is_typed_is_saved_when_a_draft_is_pressed_first(client):
    petition = make_petition()
    client.force_login(counsel_of(petition.client))
    url = reverse("petition-draft", args=[petition.pk, "petition"])
    assert (
        f'form="say-form" formaction="{url}"'
        in client.get(reverse("petition-papers", args=[petition.pk])).content.decode()
    )
    client.post(url, {"typed": "1", "period": "From about March 2014"})
    found = fresh(petition)
    assert found.known["said"] == {"period": "From about March 2014"}
    assert len(drafts(found)["petition"]) == 1
    too_long = client.post(url, {"typed": "1", "period": "x" * 5000})
    assert too_long.status_code == 422
    assert "x" * 5000 in too_long.content.decode()
    client.post(url)
    assert fresh(petition).known["said"] == {"period": "From about March 2014"}


def test_a_placeholder_left_in_what_was_typed_is_a_blank():
    petition = ready(make_petition())
    by = counsel_of(petition.client)
    said = {**petition.known["said"], "means": "He kept [BLANK: what he kept]."}
    services.say(petition=petition, said=said, by=by)
    found = gather(petition=fresh(petition), kind="petition").blanks
    assert any("what he kept" in words for words in found)
    assert "S17" in codes(fresh(petition))


def test_the_blanks_of_an_edited_file_are_those_left_in_it():
    petition = ready(make_petition())
    store(petition, word("In the county of [BLANK: the county], as [blank]."))
    said = [stop.words for stop in stops(petition=fresh(petition), today=TODAY) if stop.code == "S17"]
    assert len(said) == 2
    assert any("the county" in words for words in said)
    store(petition, word("In the county of Alameda."))
    assert "S17" not in codes(fresh(petition))


def test_a_placeholder_is_found_across_the_runs_that_word_makes():
    document, out = Word(), io.BytesIO()
    paragraph = document.add_paragraph("Filed in [BLA")
    paragraph.add_run("NK: the ").bold = True
    paragraph.add_run("county] today & on")
    document.save(out)
    assert blanks_left(out.getvalue()) == ["the county"]
    with pytest.raises(ValueError, match="no Word file"):
        blanks_left(PDF)


def test_every_stop_that_a_page_can_mend_leads_there():
    petition = make_petition()
    charge = petition.charges.get()
    charge.case_number, charge.nexus_reason = None, None
    charge.save()
    found = {stop.code: stop.url for stop in stops(petition=petition, today=TODAY)}
    papers = reverse("petition-papers", args=[petition.pk])
    assert found["S01"] == reverse("charge-change", args=[charge.pk])
    assert found["S06"] == reverse("charge-nexus", args=[charge.pk])
    assert found["S05"] == f"{papers}#confirm"
    assert found["drafted"] == f"{papers}#draft"
    by_words = {stop.words: stop.url for stop in stops(petition=petition, today=TODAY) if stop.code == "S17"}
    assert f"{papers}#say" in by_words.values()
