"""Every way Django reads and writes a row: what a sealed column gives, and what it refuses."""

import copy
import pickle
from datetime import date, datetime
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import models, transaction
from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Length, Lower
from django.forms.models import model_to_dict
from django.test.utils import isolate_apps

from clients.models import Alias, Client, Passage, RelatedPerson, SafeContact
from tests.factories import make_client
from vault import checks
from vault.errors import NotBound, SealBroken
from vault.fields import Sealed, SealedDateField, SealedIntegerField, SealedTextField
from vault.ids import uuid7
from vault.querysets import SealedQuerySet, open_in

pytestmark = pytest.mark.django_db
CANARY = "Canary Plumbago Teasel"


@pytest.fixture
def alias():
    row = Alias(client=make_client(), name=CANARY)
    row.save()
    return Alias.objects.get(pk=row.pk)


# --- What leaves its row --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda q: q.values("id", "client_id", "name").get()["name"],
        lambda q: q.values().get()["name_sealed"],
        lambda q: q.values_list("name", flat=True).get(),
        lambda q: q.values_list("id", "name").get()[1],
        lambda q: q.values_list("name", named=True).get().name,
        lambda q: q.values_list(named=True).get().name_sealed,
        lambda q: q.annotate(n=Count("pk")).values_list("n", "name").get()[1],
        lambda q: q.union(Alias.objects.none()).values_list("name", flat=True)[0],
        lambda q: next(iter(q.values("name").union(q.values("name")).iterator()))["name"],
        lambda q: next(q.values_list("name", flat=True).iterator()),
        lambda q: q.values("client__name_used").get()["client__name_used"],
        lambda q: q.values_list("client__name_used", flat=True).get(),
        lambda q: q.values_list("pk", "client__name_used", named=True).get().client__name_used,
    ],
)
def test_values_in_every_form_give_a_token_that_shows_nothing(alias, ask):
    token = ask(Alias.objects.all())
    assert isinstance(token, Sealed)
    assert CANARY not in f"{token} {token!r}"
    assert CANARY.encode() not in pickle.dumps(token)


def test_a_token_opens_with_the_row_it_came_with(alias):
    assert open_in(Alias.objects.values("id", "client_id", "name").get(), "name") == CANARY
    assert open_in(Alias.objects.values("pk", "client", "name").get(), "name") == CANARY
    row = Alias.objects.values("client__name_used", "client__legal_name", "client_id").get()
    assert open_in(row, "client__name_used") == "Linnet"
    assert open_in(row, "client__legal_name") is None
    assert open_in(Client.objects.values("pk", "name_used").get(), "name_used") == "Linnet"
    with pytest.raises(NotBound, match="client_id"):
        open_in(Alias.objects.values("id", "name").get(), "name")
    with pytest.raises(SealBroken):
        open_in(Alias.objects.values("id", "client_id", "name").get() | {"id": uuid4()}, "name")


def test_values_without_a_sealed_column_are_as_they_were(alias):
    assert Alias.objects.values("source").get() == {"source": "intake"}
    assert Alias.objects.values_list("source", flat=True).get() == "intake"
    assert Alias.objects.values_list("source", named=True).get().source == "intake"


# --- What is refused ------------------------------------------------------------------------------


def everything_but_isnull(q):
    for lookup in sorted(set(models.CharField.get_lookups()) | set(models.BinaryField.get_lookups())):
        if lookup != "isnull":
            yield lookup, lambda lookup=lookup: q.filter(**{f"name__{lookup}": "x"})


def test_every_look_up_but_isnull_is_refused_when_the_query_is_built():
    found = list(everything_but_isnull(Alias.objects.all()))
    assert len(found) > 12
    for lookup, ask in found:
        with pytest.raises(FieldError, match="name is sealed"):
            pytest.fail(f"{lookup} was let through: {ask()}")


@pytest.mark.parametrize(
    "query",
    [
        lambda q: q.filter(name="x"),
        lambda q: q.filter(name=""),
        lambda q: q.exclude(name="x"),
        lambda q: q.filter(Q(source="x") | ~Q(name__startswith="x")),
        lambda q: q.filter(name__lower="x"),
        lambda q: q.filter(name_sealed=b"x"),
        lambda q: q.get(name="x"),
        lambda q: q.get_or_create(name="x", client=None),
        lambda q: q.update_or_create(name="x"),
        lambda q: q.filter(source=F("name")),
        lambda q: q.filter(client__legal_name="x"),
        lambda q: q.filter(client__in=Client.objects.filter(name_used="x")),
        lambda q: q.filter(source__in=Alias.objects.values("name")),
        lambda q: q.order_by("name"),
        lambda q: q.order_by("client__name_used"),
        lambda q: q.order_by(F("name").desc()),
        lambda q: q.order_by(Lower("name")),
        lambda q: q.order_by(Case(When(source="x", then=F("name")), default=Value(b""))),
        lambda q: q.latest("name"),
        lambda q: q.distinct("name"),
        lambda q: q.annotate(x=F("name")),
        lambda q: q.annotate(x=F("client__name_used")),
        lambda q: q.alias(x=Length("name")),
        lambda q: q.annotate(x=Coalesce("name", Value(b""))),
        lambda q: q.annotate(x=Case(When(source="x", then="name"))),
        lambda q: q.annotate(
            x=Subquery(Client.objects.filter(pk=OuterRef("client")).values("name_used")[:1])
        ),
        lambda q: q.annotate(x=Max("name")),
        lambda q: q.annotate(x=Count("name", distinct=True)),
        lambda q: q.aggregate(Max("name")),
        lambda q: q.aggregate(x=Count("name")),
        lambda q: q.values(x=F("name")),
        lambda q: q.values_list(Lower("name")),
        lambda q: q.values("source").annotate(x=Max("name")),
        lambda q: q.update(name="x"),
        lambda q: q.update(name=None),
        lambda q: q.update(name=Value(b"x")),
        lambda q: q.update(name=F("source")),
        lambda q: q.update(name_sealed=b"x"),
        lambda q: q.update(source=F("name")),
        lambda q: q.update(source=Lower(F("name"))),
        lambda q: q.bulk_create(
            [Alias(name="x")], update_conflicts=True, update_fields=["name"], unique_fields=["id"]
        ),
    ],
)
def test_what_cannot_be_done_with_a_sealed_column_is_refused(alias, query):
    with pytest.raises(FieldError, match="sealed"):
        query(Alias.objects.all())
    assert Alias.objects.get().name == CANARY


def test_a_date_is_not_grouped_by_its_parts():
    with pytest.raises(FieldError, match="sealed"):
        RelatedPerson.objects.dates("date_of_birth", "year")


def test_the_refusal_names_the_look_up_to_use():
    with pytest.raises(FieldError, match="use number_token__of"):
        SafeContact.objects.filter(number="510 555 0117")
    with pytest.raises(FieldError, match="only isnull works"):
        Alias.objects.filter(name="x")


def test_history_refuses_as_the_table_does(alias):
    """A history table knows the column under its own name alone."""
    with pytest.raises(FieldError, match="name is sealed"):
        alias.history.filter(name_sealed="x")
    assert alias.history.filter(name_sealed__isnull=False).exists()


def test_isnull_works_everywhere(alias):
    q = Client.objects
    assert q.filter(legal_name__isnull=True).exists()
    assert not q.exclude(legal_name__isnull=True).exists()
    assert q.filter(~Q(legal_name__isnull=False), name_used__isnull=False).exists()
    assert q.annotate(x=Case(When(legal_name__isnull=True, then=1), default=0)).get().x == 1
    assert q.annotate(n=Count("pk", filter=Q(legal_name__isnull=True))).get().n == 1
    assert Alias.objects.filter(client__legal_name__isnull=True).get() == alias
    assert q.filter(Exists(Alias.objects.filter(client=OuterRef("pk"), name__isnull=False))).exists()


# --- Reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "read",
    [
        lambda pk: Alias.objects.get(pk=pk),
        lambda pk: Alias.objects.in_bulk([pk])[pk],
        lambda pk: next(Alias.objects.filter(pk=pk).iterator(chunk_size=1)),
        lambda pk: Alias.objects.select_related("client").get(pk=pk),
        lambda pk: Alias.objects.defer("name").get(pk=pk),
        lambda pk: Alias.objects.defer("name_sealed").get(pk=pk),
        lambda pk: Alias.objects.only("name").get(pk=pk),
        lambda pk: Alias.objects.only("source").get(pk=pk),
        lambda pk: Alias.objects.filter(pk=pk).union(Alias.objects.none()).get(),
        lambda pk: Alias.objects.annotate(n=Count("pk")).get(pk=pk),
        lambda pk: Alias.objects.get_or_create(pk=pk, defaults={"name": "x"})[0],
        lambda pk: Alias.objects.select_for_update().get(pk=pk),
        lambda pk: Alias.objects.raw("SELECT * FROM clients_alias")[0],
        lambda pk: copy.copy(Alias.objects.get(pk=pk)),
        lambda pk: copy.deepcopy(Alias.objects.get(pk=pk)),
        lambda pk: pickle.loads(pickle.dumps(Alias.objects.get(pk=pk))),  # noqa: S301
        lambda pk: pickle.loads(pickle.dumps(Alias.objects.filter(pk=pk)))[0],  # noqa: S301
    ],
)
def test_a_row_opens_however_it_was_read(alias, read):
    assert read(alias.pk).name == CANARY


def test_a_row_reached_through_another_opens(alias, django_assert_num_queries):
    row = Alias.objects.select_related("client").get()
    assert row.client.name_used == "Linnet"
    assert Alias.objects.prefetch_related("client").get().client.name_used == "Linnet"


def test_deferred_ciphertext_is_fetched_once(alias, django_assert_num_queries):
    for queryset in (Alias.objects.defer("name"), Alias.objects.only("client")):
        row = queryset.get()
        with django_assert_num_queries(1):
            assert (row.name, row.name) == (CANARY, CANARY)


def test_a_deferred_value_is_left_alone_by_a_save(alias):
    row = Alias.objects.defer("name").get()
    row.source = "record"
    row.save()
    assert Alias.objects.get().name == CANARY


@pytest.mark.parametrize("fields", [None, ["name"], ["name_sealed"]])
def test_refresh_drops_what_was_assigned(alias, fields):
    alias.name = "Teal"
    alias.refresh_from_db(fields=fields)
    assert alias.name == CANARY


# --- Writing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda row: row.save(),
        lambda row: row.save(update_fields=["name"]),
        lambda row: row.save(update_fields=["name_sealed"]),
        lambda row: Alias.objects.bulk_update([row], ["name"]),
        lambda row: Alias.objects.bulk_update([row], ["name_sealed", "source"]),
        lambda row: Alias.objects.update_or_create(pk=row.pk, defaults={"name": "Teal"}),
    ],
)
def test_each_way_of_writing_seals(alias, write):
    alias.name = "Teal"
    write(alias)
    assert Alias.objects.get().name == "Teal"


def test_each_way_of_making_seals():
    client = make_client()
    Alias.objects.create(client=client, name="Jay")
    Alias.objects.get_or_create(client=client, source="record", defaults={"name": "Teal"})
    Alias.objects.update_or_create(client=client, source="other", defaults={"name": "Smew"})
    Alias.objects.bulk_create([Alias(client=client, name="Knot"), Alias(name="Rook", client_id=client.pk)])
    assert {row.name for row in Alias.objects.all()} == {"Jay", "Teal", "Smew", "Knot", "Rook"}


def test_bulk_update_seals_each_row_for_its_place(alias):
    """Also a row whose client was set after its value: the one stamp of `Case` fits none of them."""
    other = Alias(name="Jay")
    other.client = make_client()
    other.save()
    alias.name, other.name = "Teal", "Teal"
    Alias.objects.bulk_update([alias, other], ["name"])
    one, two = Alias.objects.values_list("name_sealed", flat=True)
    assert one._bytes != two._bytes
    assert [row.name for row in Alias.objects.all()] == ["Teal", "Teal"]


def test_bulk_update_refuses_what_does_not_open_where_it_goes(alias):
    other = Alias(client=make_client(), name="Jay")
    other.save()
    alias.name_sealed = other.name_sealed
    with pytest.raises(SealBroken):
        Alias.objects.bulk_update([alias], ["name"])


def test_a_value_copied_to_another_row_is_sealed_again(alias):
    other = Alias(client=make_client())
    other.name = alias.name
    other.save()
    assert bytes(other.name_sealed) != bytes(alias.name_sealed)
    assert Alias.objects.get(pk=other.pk).name == CANARY


def test_ciphertext_copied_to_another_row_is_not_saved(alias):
    other = Alias(client=alias.client, name="Jay")
    other.save()
    other.name_sealed = alias.name_sealed
    with pytest.raises(SealBroken, match=str(other.pk)), transaction.atomic():
        other.save()
    with pytest.raises(SealBroken), transaction.atomic():
        Alias(client=alias.client, name_sealed=alias.name_sealed).save()
    with pytest.raises(SealBroken), transaction.atomic():
        Alias.objects.bulk_create([Alias(client=alias.client, name_sealed=alias.name_sealed)])
    assert Alias.objects.get(pk=other.pk).name == "Jay"


def test_a_row_that_changes_client_or_id_takes_along_what_it_opened(alias):
    assert alias.name == CANARY
    alias.client = make_client()
    alias.save()
    assert Alias.objects.get().name == CANARY
    alias.pk, alias._state.adding = uuid7(), True
    alias.save()
    assert [row.name for row in Alias.objects.all()] == [CANARY, CANARY]


def test_a_row_that_changes_client_unopened_is_not_saved(alias):
    """What it holds is bound to the client it had: opening it first is the way."""
    alias.client = make_client()
    with pytest.raises(SealBroken, match=r"alias\.name"), transaction.atomic():
        alias.save()
    assert Alias.objects.get().name == CANARY


def test_copies_of_an_unsaved_row_do_not_share_what_waits():
    first = Alias(name="Jay")
    second, third = copy.copy(first), copy.deepcopy(first)
    second.name = "Teal"
    assert (first.name, second.name, third.name) == ("Jay", "Teal", "Jay")
    with pytest.raises(NotBound):
        pickle.dumps(first)


def test_copies_of_a_row_do_not_share_what_they_opened(alias):
    assert alias.name == CANARY
    other = copy.copy(alias)
    other.name = "Teal"
    assert (alias.name, other.name) == (CANARY, "Teal")


def test_pickles_leave_opened_values_behind(alias):
    assert alias.name == CANARY
    assert CANARY.encode() not in pickle.dumps(alias)
    rows = list(Alias.objects.all())
    assert rows[0].name == CANARY
    assert CANARY.encode() not in pickle.dumps(rows)


@pytest.mark.parametrize("value", [b"x", bytearray(b"x"), memoryview(b"x"), F("source"), Value("x")])
def test_only_opened_values_are_assigned(alias, value):
    with pytest.raises(TypeError, match=r"alias\.name"):
        alias.name = value


def test_a_token_of_values_is_not_assigned(alias):
    with pytest.raises(TypeError):
        alias.name = Alias.objects.values_list("name", flat=True).get()


@pytest.mark.parametrize("plain", ["Plumbago", b"Plumbago", b"", b"\x01" * 60, 7])
def test_plaintext_in_the_column_of_an_instance_is_not_saved(alias, plain):
    alias.name_sealed = plain
    with pytest.raises((SealBroken, FieldError)) as caught, transaction.atomic():
        alias.save()
    assert "Plumbago" not in str(caught.value)
    alias.refresh_from_db()
    assert alias.name == CANARY


def test_json_changed_in_place_is_not_silently_different():
    words = {"trafficker": "boyfriend"}
    client = make_client(her_words=words)
    words["trafficker"] = "cousin"
    assert client.her_words == {"trafficker": "boyfriend"}
    client.her_words["trafficker"] = "cousin"
    client.save()
    assert Client.objects.get().her_words == {"trafficker": "boyfriend"}
    with pytest.raises(ValidationError):
        client.her_words = {"day": date(2026, 1, 2)}


def test_values_are_of_their_type_or_refused():
    person = RelatedPerson(client=make_client(), relation="other", name="Jay")
    person.date_of_birth = "1990-02-03"
    assert person.date_of_birth == date(1990, 2, 3)
    for wrong in (datetime(1990, 2, 3, 4, 5), "February", 19900203):  # noqa: DTZ001
        with pytest.raises(ValidationError):
            person.date_of_birth = wrong
    whole = SealedIntegerField(context="x", seal_name="y")
    assert [whole.to_python(v) for v in (None, "", "12", 12, 0, 12.0)] == [None, None, 12, 12, 0, 12]
    for wrong in ("twelve", 1.5, [1]):
        with pytest.raises(ValidationError):
            whole.to_python(wrong)


def test_model_to_dict_is_for_forms_and_opens(alias):
    """It feeds forms; the pages of an error show no local variable (tests/config/test_errors.py)."""
    assert model_to_dict(alias)["name"] == CANARY


# --- System checks --------------------------------------------------------------------------------


@isolate_apps("clients")
def test_a_model_ordered_by_a_sealed_column_or_without_our_queryset_is_an_error():
    class Thing(models.Model):  # noqa: DJ008
        name = SealedTextField(context="thing", seal_name="name", client=None)

        class Meta:
            app_label = "clients"
            ordering = ["-name"]

    found = {error.id for error in checks.what_is_wrong_with(Thing)}
    assert found == {"vault.E008", "vault.E005"}

    class Good(models.Model):  # noqa: DJ008
        name = SealedTextField(context="good", seal_name="name", client=None)
        born = SealedDateField(context="good", seal_name="dob", client=None)
        objects = SealedQuerySet.as_manager()

        class Meta:
            app_label = "clients"
            ordering = ["pk"]

    assert checks.what_is_wrong_with(Good) == []


@isolate_apps("clients")
@pytest.mark.parametrize("forbidden", ["unique", "db_index", "primary_key"])
def test_a_sealed_field_is_no_key(forbidden):
    with pytest.raises(TypeError, match=forbidden):
        SealedTextField(context="x", seal_name="y", **{forbidden: True})


@isolate_apps("clients")
def test_a_default_waits_to_be_sealed_and_an_unset_text_is_empty():
    class Thing(models.Model):  # noqa: DJ008
        id = models.UUIDField(primary_key=True, default=uuid7)
        name = SealedTextField(context="thing", seal_name="name", client=None, default="Jay")
        note = SealedTextField(context="thing", seal_name="note", client=None)

        class Meta:
            app_label = "clients"

    row = Thing()
    assert (row.name, row.note) == ("Jay", "")
    assert "Jay" not in repr(row.__dict__)
    assert Thing._meta.get_field("name").pre_save(row, True)[0] == 1


def test_a_passage_in_the_order_of_its_number(alias):
    """Meta.ordering by a plain column works beside sealed ones."""
    for number in (2, 1):
        Passage.objects.create(client=alias.client, number=number, title="Jay", text="Teal")
    assert [passage.number for passage in Passage.objects.all()] == [1, 2]
