"""A backup is restored into an empty installation of its own, and what was restored is proven."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit import checkpoints
from audit.models import AccessEvent
from clients.models import Client
from config.upkeep.making import make_backup
from tests.factories import make_client
from tests.upkeep.making import linnet
from vault import signing

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
LOOK = """
from clients.models import Client, SafeContact
from config.upkeep import databases
from documents.models import Document
from vault import files
from vault.models import NameToken
client, row = Client.objects.get(), Document.objects.get()
text = files.read(row.stored_name, row=row.pk, client=row.client_id)
field = SafeContact._meta.get_field("number_token")
found = SafeContact.objects.filter(number_token=field.token_for("510 555 0117")).count()
print(client.name_used, row.title, len(text), NameToken.objects.count() > 0, found, databases.marked())
"""
AFTERWARDS = """
from django.core.management import CommandError, call_command
from audit.models import AccessEvent
print(AccessEvent.objects.filter(action="restored").count())
call_command("verify_audit")
try:
    call_command("restore", "{path}")
except CommandError as error:
    print(error)
"""
BROKEN = """
from django.core.management import CommandError, call_command
from django.db import connection
from audit import verify
verify.verify = lambda **_words: connection.cursor().execute("SELECT nothing FROM nowhere")
try:
    call_command("restore", "{path}")
except CommandError as error:
    print(error)
    print(error.returncode)
"""
ANEW = """
from django.core.management import call_command
from config.upkeep import databases
print(databases.marked())
call_command("restore", "{path}")
"""


def test_restore_into_empty_system_proves_counts_and_samples(other):
    linnet()
    made = make_backup(now=NOW)
    assert made.manifest.tables["clients_client"] == 1
    done = other.run("restore", str(made.path))
    assert done.returncode == 0, done.stderr
    assert f"Counted {sum(made.manifest.tables.values()):,} rows" in done.stdout
    assert "Found 1 file and opened 1 of them to the end." in done.stdout
    assert f"Walked {AccessEvent.objects.count() - 1} events in 2 chains and " in done.stdout  # less its own
    assert "To look into" not in done.stdout
    seen, restored, *proven, again = other.python(f"{LOOK}{AFTERWARDS.format(path=made.path)}").splitlines()
    assert seen == "Linnet Segdewren Letter 200009 True 1 False"
    assert restored == "1"
    assert proven  # verify_audit raises where it finds something
    assert again == "This site has clients. A backup is restored into an empty site only."


@pytest.mark.parametrize("at", ["_put_keys_in", "_finish"])
def test_a_restore_that_was_killed_can_be_begun_anew(other, at):
    linnet()
    made = make_backup(now=NOW)
    killed = (
        "import os\nfrom config.upkeep import restoring\nfrom pathlib import Path\n"
        f"restoring.{at} = lambda *_words: (print('killed', flush=True), os._exit(0))\n"
        f"restoring.restore(Path({str(made.path)!r}), say=lambda line: None)\n"
    )
    assert other.python(killed) == "killed"
    said = other.python(f"{ANEW.format(path=made.path)}{LOOK}").splitlines()
    assert said[0] == "True"
    assert said[-2:] == ["Restored.", "Linnet Segdewren Letter 200009 True 1 False"]


def test_a_walk_along_the_log_that_breaks_off_does_not_stop_the_restore(other):
    """Also where PostgreSQL refused a statement; the data stand, and the exit code tells."""
    linnet()
    made = make_backup(now=NOW)
    *said, refused, code, seen = other.python(BROKEN.format(path=made.path) + LOOK).splitlines()
    assert "Restored." in said
    assert any(line.startswith("To look into: The walk along the access log broke off (") for line in said)
    assert refused.startswith("The data stand: all of it was restored")
    assert "manage verify_audit" in refused
    assert code == "3"
    assert seen == "Linnet Segdewren Letter 200009 True 1 False"


def test_restore_refuses_non_empty():
    client = make_client()
    made = make_backup(now=NOW)
    with pytest.raises(CommandError, match="restored into an empty site only"):
        call_command("restore", str(made.path))
    assert Client.objects.get() == client


def test_restore_older_backup_detected(other, settings):
    """The checkpoint that came with a backup holds; a later one, kept outside, tells what is missing."""
    signing.write_key(Path(settings.CHECKPOINT_KEY_FILE))
    linnet()
    checkpoints.write(NOW)
    made = make_backup(now=NOW)
    make_client(name_used="Siskin")
    checkpoints.write(datetime(2026, 12, 2, 10, 0, tzinfo=UTC))
    done = other.run("restore", str(made.path))
    assert done.returncode == 0, done.stderr
    assert ", against checkpoint 1." in done.stdout
    assert "To look into: This backup is older than checkpoint 2 of 2026-12-02: at least " in done.stdout
    proven = other.run("verify_audit")
    assert proven.returncode == 1
    assert "Checkpoint 2 has" in proven.stdout
