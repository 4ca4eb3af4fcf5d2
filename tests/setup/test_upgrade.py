"""A database of the first release is brought up to date with the rows that are in it."""

import os
import subprocess
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
SCRIPT = '''
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

for app in ("vault", "audit", "clients"):
    call_command("migrate", app, "0001", verbosity=0)
loader = MigrationExecutor(connection).loader
old = loader.project_state([(app, "0001_initial") for app in ("vault", "audit", "clients")]).apps


def insert(label, **values):
    """A row past the model: what is not given takes its default, or the emptiest value of its kind."""
    model = old.get_model(label)
    fields = [field for field in model._meta.concrete_fields if field.attname in values or not field.null]
    fields = [field for field in fields if field.attname != "id" or "id" in values or field.has_default()]
    row = []
    for field in fields:
        value = values.get(field.attname, field.get_default() if field.has_default() else None)
        if value is None:
            value = {"BinaryField": b"x", "PositiveIntegerField": 0}.get(field.get_internal_type(), "")
        bound = isinstance(value, bytes) or field.get_internal_type() == "BinaryField"
        row.append(value if bound else field.get_db_prep_save(value, connection))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})', row)
        return cursor.lastrowid


from vault.crypto import new_key
from vault.ids import NIL, uuid7
from vault.keyring import keyring

insert("vault.Installation", id=1, wrapped_secret=keyring().wrap(new_key(), client=NIL, version=0))
office = insert("accounts.Office", name="Juniper Street Legal")
wren = {"email": "wren@juniper.example", "name": "Wren Alder", "role": "paralegal"}
user = insert("accounts.User", office_id=office, **wren)
client, wall = uuid7(), uuid7()
insert("clients.Client", id=client, file_number="2026-0001", office_id=office)
old_kinds, old_rights = old.get_model("contenttypes.ContentType"), old.get_model("auth.Permission")
kind, _made = old_kinds.objects.get_or_create(app_label="clients", model="client")
named = {"codename": "view_client", "content_type": kind}
right, _made = old_rights.objects.get_or_create(**named, defaults={"name": "Can view"})
insert("clients.ClientUserPermission", user_id=user, permission_id=right.pk, content_object_id=client)
insert("clients.CareTeamMember", id=uuid7(), client_id=client, user_id=user, role="paralegal")
insert("clients.Wall", id=wall, client_id=client, user_id=user, reason="ethics")
for number in range(3):
    said = {"action": "seen", "object_kind": "client", "object_id": str(client), "fields": [f"{number}"]}
    insert("audit.AccessEvent", client_id=client, **said)
connection.close()

call_command("migrate", verbosity=0)
from audit import triggers, verify
from audit.models import AccessEvent
from clients import grants
from clients.models import ClientUserPermission, Wall

assert [event.seq for event in AccessEvent.objects.order_by("pk")] == [1, 2, 3]
assert verify.verify(rows_too=False).findings == [], verify.verify(rows_too=False).findings
assert triggers.missing() == []
grant = ClientUserPermission.objects.get()
assert grants.fits_grant(user, client, "view_client", grant.mac)
assert grants.fits_wall(Wall.objects.get())
call_command("adopt_history", reason="upgrade")
assert "adopted" in AccessEvent.objects.filter(action="kept").first().fields
print("brought up to date")
'''


def test_a_database_of_the_first_release_is_brought_up_to_date_with_its_rows(tmp_path):
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "AFTERWORD_TEST_DATABASE_URL": f"sqlite:///{tmp_path / 'earlier.sqlite3'}",
        "PYTHONPATH": str(BASE),
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, cwd=BASE, capture_output=True, text=True)
    assert done.stdout.endswith("brought up to date\n"), done.stderr[-3000:]
