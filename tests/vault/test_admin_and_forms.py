"""Where Django itself draws sealed values: its admin shows none, forms open and seal, fixtures refuse."""

import subprocess
import sys
from pathlib import Path

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.serializers.base import DeserializationError

from accounts.models import Office
from clients.models import Alias, Client, RelatedPerson
from tests.factories import make_client, make_office

BASE = Path(__file__).resolve().parents[2]
CANARY = "Canary Plumbago Teasel"


def test_the_admin_site_masks_and_a_careless_page_is_an_error():
    done = subprocess.run(
        [sys.executable, "-m", "tests.vault.admin_site", CANARY],
        cwd=BASE,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    said = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr[-3000:]
    assert said == [
        "careless: vault.E006 vault.E007 vault.E007",
        "masked:",
        "shows the value: False mask: True id: True",
        "shows the value: False mask: True id: True",
    ]


# --- Forms ----------------------------------------------------------------------------------------


class PersonForm(forms.ModelForm):
    class Meta:
        model = RelatedPerson
        fields = ["relation", "name", "her_word", "date_of_birth", "note"]


class WordsForm(forms.ModelForm):
    class Meta:
        model = Client
        fields = ["her_words", "legal_name"]


@pytest.fixture
def person(db):
    row = RelatedPerson(
        client=make_client(), relation="other", name=CANARY, note="Jay", date_of_birth="1990-02-03"
    )
    row.save()
    return RelatedPerson.objects.get(pk=row.pk)


def test_a_form_opens_shows_and_seals(person):
    form = PersonForm(instance=person)
    assert f'value="{CANARY}"' in form.as_p()
    assert 'value="1990-02-03"' in form.as_p()
    typed = {
        "relation": "family",
        "name": "Smew",
        "her_word": "",
        "date_of_birth": "1991-02-03",
        "note": "Teal",
    }
    form = PersonForm(typed, instance=person)
    assert form.is_valid(), form.errors
    form.save()
    again = RelatedPerson.objects.get(pk=person.pk)
    assert (again.name, again.note, str(again.date_of_birth)) == ("Smew", "Teal", "1991-02-03")
    assert again.her_word_sealed is None  # left empty is no value, as with Django's own null text
    assert b"Smew" not in bytes(again.name_sealed)


def test_a_new_row_is_sealed_once_its_client_is_known():
    form = PersonForm({"relation": "family", "name": "Smew"})
    assert "client" not in form.fields
    assert form.is_valid(), form.errors
    row = form.save(commit=False)
    assert row.name == "Smew"
    assert "Smew" not in repr(row.__dict__)


@pytest.mark.django_db
def test_a_new_row_of_a_form_is_saved_for_the_client_it_is_given():
    row = PersonForm({"relation": "family", "name": "Smew"}).save(commit=False)
    row.client = make_client()
    row.save()
    assert RelatedPerson.objects.get().name == "Smew"


def test_a_form_with_something_to_mend_keeps_what_was_typed_and_changes_nothing(person):
    form = PersonForm(
        {"relation": "other", "name": "", "date_of_birth": "soon", "note": "Teal"}, instance=person
    )
    assert not form.is_valid()
    assert set(form.errors) == {"name", "date_of_birth"}
    assert 'value="soon"' in form.as_p()
    assert "Teal" in form.as_p()
    assert RelatedPerson.objects.get(pk=person.pk).name == CANARY


def test_json_in_a_form(db):
    client = make_client(her_words={"trafficker": "boyfriend"})
    assert "boyfriend" in WordsForm(instance=client).as_p()
    form = WordsForm({"her_words": '{"trafficker": "cousin"}', "legal_name": ""}, instance=client)
    assert form.is_valid(), form.errors
    form.save()
    assert Client.objects.get(pk=client.pk).her_words == {"trafficker": "cousin"}
    wrong = WordsForm({"her_words": "{trafficker"}, instance=client)
    assert not wrong.is_valid()
    assert "{trafficker" in wrong.as_p()


# --- Fixtures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["json", "jsonl", "xml", "yaml"])
def test_dumpdata_refuses_sealed_models_in_every_format(person, kind, tmp_path):
    with pytest.raises(CommandError, match=r"has sealed columns.*backup"):
        call_command("dumpdata", "clients.RelatedPerson", format=kind, output=str(tmp_path / "out"))
    written = (tmp_path / "out").read_text() if (tmp_path / "out").exists() else ""
    assert "1990-02-03" not in written
    assert CANARY not in written


@pytest.mark.parametrize("kind", ["python", "json", "jsonl", "xml", "yaml"])
def test_serialisers_refuse_also_where_only_a_date_or_a_plain_column_is_asked_for(person, kind):
    for fields in (None, ["date_of_birth"], ["date_of_birth_sealed"], ["relation"]):
        with pytest.raises(FieldError, match="sealed columns"):
            serializers.serialize(kind, RelatedPerson.objects.all(), fields=fields)
    with pytest.raises(FieldError, match="sealed columns"):
        serializers.serialize(kind, person.history.all())


@pytest.mark.django_db
def test_models_without_sealed_columns_are_serialised_as_ever():
    office = make_office()
    written = serializers.serialize("json", Office.objects.all())
    assert [found.object for found in serializers.deserialize("json", written)] == [office]


@pytest.mark.django_db
def test_loaddata_refuses_sealed_models(tmp_path):
    client = make_client()
    path = tmp_path / "aliases.json"
    path.write_text(
        f'[{{"model": "clients.alias", "fields": {{"client": "{client.pk}", "name": "{CANARY}"}}}}]'
    )
    with pytest.raises((FieldError, DeserializationError, CommandError), match="sealed columns") as caught:
        call_command("loaddata", str(path))
    assert CANARY not in str(caught.value)
    assert not Alias.objects.exists()
