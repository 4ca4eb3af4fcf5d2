"""Migrations over sealed columns, run for real on a table of their own: old values stay readable."""

from uuid import UUID, uuid4

import pytest
from django.core.exceptions import FieldError
from django.db import connection, migrations, models
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

from vault.errors import SealBroken, VaultError
from vault.fields import SealedDateField, SealedJSONField, SealedTextField
from vault.ids import uuid7
from vault.operations import FillSealedColumn, SealPlainColumn

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Canary Plumbago Teasel"


class Schema:
    """A project state and the tables that belong to it; `apply` runs one operation on both."""

    def __init__(self):
        self.state = ProjectState()
        self.done = []

    def apply(self, operation, app="scratch"):
        before = self.state.clone()
        operation.state_forwards(app, self.state)
        with connection.schema_editor(atomic=connection.features.can_rollback_ddl) as editor:
            operation.database_forwards(app, editor, before, self.state)
        self.done.append((app, operation, before))

    def unapply(self):
        app, operation, before = self.done[-1]
        with connection.schema_editor() as editor:
            operation.database_backwards(app, editor, self.state, before)
        self.done.pop()
        self.state = before

    def model(self, name="Guardian", app="scratch"):
        return self.state.apps.get_model(app, name)


@pytest.fixture
def schema():
    found = Schema()
    yield found
    for model in found.state.apps.get_models():
        if model._meta.app_label in ("scratch", "moved"):
            with connection.schema_editor() as editor:
                editor.delete_model(model)


def text(**kwargs):
    return SealedTextField(**{"context": "guardian", "seal_name": "phone", "null": True} | kwargs)


@pytest.fixture
def plain(schema):
    """A table with a plain text column and seven rows, one of them NULL and one empty."""
    schema.apply(
        migrations.CreateModel(
            "Guardian",
            [
                ("id", models.UUIDField(primary_key=True, default=uuid7)),
                ("client_id", models.UUIDField(default=uuid4)),
                ("phone_plain", models.CharField(max_length=60, null=True)),
            ],
        )
    )
    values = [None, "", *(f"{CANARY} {n}" for n in range(5))]
    schema.model().objects.bulk_create([schema.model()(phone_plain=value) for value in values])
    schema.values = values
    return schema


def seal_it(schema, **kwargs):
    schema.apply(migrations.AddField("Guardian", "phone", text()))
    schema.apply(SealPlainColumn("Guardian", plain="phone_plain", sealed="phone", **kwargs))


def opened(schema, column="phone", **where):
    return sorted((getattr(row, column) for row in schema.model(**where).objects.all()), key=str)


def columns(table="scratch_guardian"):
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def in_the_clear(table="scratch_guardian"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return CANARY.encode() in b"".join(
            bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode()
            for row in cursor.fetchall()
            for v in row
        )


def test_a_plain_column_is_sealed_proved_and_dropped(plain):
    assert in_the_clear()
    seal_it(plain)
    assert opened(plain) == sorted(plain.values, key=str)
    assert columns() == {"id", "client_id", "phone_sealed"}
    assert not in_the_clear()


def test_sealing_goes_on_where_it_was_stopped(plain, monkeypatch):
    monkeypatch.setattr("vault.operations.BATCH", 2)
    plain.apply(migrations.AddField("Guardian", "phone", text()))
    operation = SealPlainColumn("Guardian", plain="phone_plain", sealed="phone")
    write, written = SealPlainColumn._write, []

    def stop(self, row, *args):
        if len(written) == 3:
            raise KeyboardInterrupt
        write(self, row, *args)
        written.append(row.pk)

    monkeypatch.setattr(SealPlainColumn, "_write", stop)
    before = plain.state.clone()
    after = before.clone()
    operation.state_forwards("scratch", after)
    with pytest.raises(KeyboardInterrupt), connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("scratch", editor, before, after)
    assert "phone_plain" in columns()
    kept = sum(row.phone is not None for row in plain.model().objects.all())
    assert 0 < kept < 6
    again = []
    monkeypatch.setattr(
        SealPlainColumn, "_write", lambda self, row, *args: (again.append(row.pk), write(self, row, *args))
    )
    plain.apply(operation)
    assert len(again) == 6 - kept
    assert opened(plain) == sorted(plain.values, key=str)


def test_nothing_is_dropped_unless_every_row_opens_to_what_it_was(plain, monkeypatch):
    monkeypatch.setattr(SealPlainColumn, "_write", lambda self, row, field, value, using: None)
    plain.apply(migrations.AddField("Guardian", "phone", text()))
    with pytest.raises(VaultError, match="does not open") as caught:
        plain.apply(SealPlainColumn("Guardian", plain="phone_plain", sealed="phone"))
    assert CANARY not in str(caught.value)
    assert "phone_plain" in columns()
    # The operation changed the state before it failed; the table still has the column.
    plain.state.apps.clear_cache()
    plain.state.add_field(
        "scratch", "guardian", "phone_plain", models.CharField(max_length=60, null=True), False
    )


def test_backwards_it_refuses_without_the_flag(plain):
    seal_it(plain)
    assert plain.done[-1][1].reversible is False
    with pytest.raises(IrreversibleError, match="plaintext_back"):
        plain.unapply()
    assert not in_the_clear()


def test_backwards_with_the_flag_gives_the_plain_column_back(plain):
    seal_it(plain, plaintext_back=True)
    assert plain.done[-1][1].reversible
    plain.unapply()
    assert sorted((row.phone_plain for row in plain.model().objects.all()), key=str) == sorted(
        plain.values, key=str
    )


def test_another_type_is_converted(plain):
    plain.apply(migrations.AddField("Guardian", "born", SealedDateField(context="guardian", null=True)))
    with pytest.raises(Exception, match="Enter a date"):
        plain.apply(SealPlainColumn("Guardian", plain="phone_plain", sealed="born"))
    plain.state.add_field(
        "scratch", "guardian", "phone_plain", models.CharField(max_length=60, null=True), False
    )
    plain.apply(migrations.AddField("Guardian", "words", SealedJSONField(context="guardian", null=True)))
    plain.apply(SealPlainColumn("Guardian", plain="phone_plain", sealed="words", convert=as_words))
    assert {"said": CANARY + " 1"} in [row.words for row in plain.model().objects.all()]


def as_words(value):
    return {"said": value}


def test_a_column_for_rows_that_are_there_is_added_null_filled_and_closed(plain):
    seal_it(plain)
    for field in (
        SealedTextField(context="guardian", seal_name="note", default="none yet"),
        SealedTextField(context="guardian", seal_name="note", blank=True),
    ):
        with pytest.raises(FieldError, match=r"vault\.operations"):
            plain.apply(migrations.AddField("Guardian", "note", field))
        plain.state.remove_field("scratch", "guardian", "note")
    plain.apply(
        migrations.AddField(
            "Guardian", "note", SealedTextField(context="guardian", seal_name="note", null=True)
        )
    )
    assert opened(plain, "note") == [None] * 7
    plain.apply(FillSealedColumn("Guardian", sealed="note", value="none yet"))
    plain.apply(
        migrations.AlterField("Guardian", "note", SealedTextField(context="guardian", seal_name="note"))
    )
    assert opened(plain, "note") == ["none yet"] * 7
    one, two = (row.note_sealed for row in plain.model().objects.all()[:2])
    assert bytes(one) != bytes(two)


def test_renaming_column_model_and_table_and_moving_the_app_keeps_old_values_readable(plain):
    seal_it(plain)
    expected = sorted(plain.values, key=str)
    plain.apply(migrations.RenameField("Guardian", "phone", "mobile"))
    assert columns() == {"id", "client_id", "mobile_sealed"}
    assert opened(plain, "mobile") == expected
    plain.apply(migrations.RenameModel("Guardian", "Keeper"))
    assert opened(plain, "mobile", name="Keeper") == expected
    plain.apply(migrations.AlterModelTable("Keeper", "people_who_keep"))
    assert opened(plain, "mobile", name="Keeper") == expected
    plain.apply(migrations.AlterField("Keeper", "mobile", text(long=True)))
    plain.apply(migrations.AlterField("Keeper", "mobile", text(step=64)))
    assert opened(plain, "mobile", name="Keeper") == expected
    plain.apply(FillSealedColumn("Keeper", sealed="mobile", value="unknown"))
    plain.apply(migrations.AlterField("Keeper", "mobile", text(null=False)))
    assert opened(plain, "mobile", name="Keeper")[:2] == ["", f"{CANARY} 0"]
    fields = [(name, field.clone()) for name, field in plain.state.models["scratch", "keeper"].fields.items()]
    moved = migrations.CreateModel("Keeper", fields, {"db_table": "people_who_keep"})
    plain.apply(migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Keeper")]))
    plain.apply(migrations.SeparateDatabaseAndState(state_operations=[moved]), app="moved")
    found = opened(plain, "mobile", name="Keeper", app="moved")
    assert len(found) == 7
    assert f"{CANARY} 4" in found


def test_a_context_or_word_that_changes_is_what_breaks_old_values(plain):
    """Why config/sealed_bindings.yaml keeps them: tests/config/test_bindings.py."""
    seal_it(plain)
    plain.apply(migrations.AlterField("Guardian", "phone", text(seal_name="mobile")))
    with pytest.raises(SealBroken):
        opened(plain)


@pytest.mark.parametrize(
    "operation",
    [
        SealPlainColumn("Guardian", plain="a", sealed="b"),
        SealPlainColumn("Guardian", plain="a", sealed="b", convert=int, plaintext_back=True),
        FillSealedColumn("Guardian", sealed="b", value="x"),
    ],
)
def test_the_operations_can_be_written_into_a_migration(operation):
    name, args, kwargs = operation.deconstruct()
    again = type(operation)(*args, **kwargs)
    assert again.deconstruct() == (name, args, kwargs)
    written, _imports = MigrationWriter.serialize(kwargs)
    assert "sealed" in written
    assert "Guardian" in operation.describe()


def test_a_column_that_is_not_sealed_is_refused(plain):
    with pytest.raises(TypeError, match="no sealed column"):
        plain.apply(FillSealedColumn("Guardian", sealed="phone_plain", value="x"))
    assert UUID(str(plain.model().objects.first().pk))
