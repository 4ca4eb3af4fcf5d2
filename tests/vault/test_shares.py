"""Root keys on paper: any two of three sheets give the same keyring, one gives nothing."""

import json
from itertools import permutations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.models import AccessEvent
from vault.errors import KeyringError
from vault.ids import uuid7
from vault.keyring import file as files
from vault.keyring import load_file, shares

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_roots(ring_file):
    """A keyring with a retired root key and a primary one."""
    files.change_file(ring_file, files.add_root)
    files.change_file(ring_file, lambda content: files.make_primary(content, 2))
    files.change_file(ring_file, lambda content: files.retire(content, 1))
    return ring_file


@pytest.fixture
def sheets(two_roots, tmp_path):
    call_command("keyring", "shares", "--out", str(tmp_path / "paper"))
    return sorted((tmp_path / "paper").iterdir())


@pytest.mark.parametrize(("one", "two"), list(permutations(range(3), 2)))
def test_any_two_sheets_give_the_same_keyring(sheets, two_roots, tmp_path, one, two):
    back = tmp_path / "back.json"
    call_command("keyring", "combine", str(sheets[one]), str(sheets[two]), "--file", str(back))
    assert json.loads(back.read_text()) == json.loads(two_roots.read_text())
    assert back.stat().st_mode & 0o777 == 0o600
    client = uuid7()
    wrapped = load_file(two_roots).wrap(b"r" * 32, client=client, version=1)
    assert load_file(back).unwrap(wrapped, client=client, version=1) == b"r" * 32


def test_all_three_give_it_too(sheets, two_roots, tmp_path):
    back = tmp_path / "back.json"
    call_command("keyring", "combine", *map(str, sheets), "--file", str(back))
    assert json.loads(back.read_text()) == json.loads(two_roots.read_text())


def test_one_sheet_gives_nothing_alone_or_twice(sheets, tmp_path):
    back = tmp_path / "back.json"
    with pytest.raises(CommandError, match="takes 2 of the 3"):
        call_command("keyring", "combine", str(sheets[0]), "--file", str(back))
    with pytest.raises(CommandError, match="do not belong together"):
        call_command("keyring", "combine", str(sheets[0]), str(sheets[0]), "--file", str(back))
    assert not back.exists()


def test_a_sheet_says_what_it_is_for_whom_and_which_keys(sheets, two_roots):
    for number, sheet in enumerate(sheets, start=1):
        text = sheet.read_text()
        assert sheet.stat().st_mode & 0o777 == 0o600
        assert text.startswith(f"AFTERWORD: SHARE {number} OF 3")
        assert "any two of the three sheets give the root keys again" in text
        assert "Alone it opens nothing" in text
        assert f"Root key 1, made {files.today()}, retired {files.today()}:" in text
        assert f"Root key 2, made {files.today()}, primary:" in text
        for entry in json.loads(two_roots.read_text())["keys"].values():
            assert entry["key"] not in text
    assert sheets[0].parent.stat().st_mode & 0o777 == 0o700
    [event] = AccessEvent.objects.filter(action=AccessEvent.Action.KEYS)
    assert event.fields == ["root 1, 2 put on paper"]


def test_a_sheet_typed_from_paper_is_read(sheets, two_roots, tmp_path):
    """Without the words above, with other spaces and capitals, and without the numbers."""
    typed = []
    for sheet in sheets[1:]:
        lines = sheet.read_text().partition("Installation:")[2].splitlines()
        words = [
            line if line.startswith("Root key") else line.upper().replace("  ", " ") for line in lines[2:]
        ]
        path = tmp_path / f"typed {sheet.name}"
        path.write_text("\n".join([f"Installation:{lines[0]}", *words]))
        typed.append(path)
    back = tmp_path / "back.json"
    call_command("keyring", "combine", *map(str, typed), "--file", str(back))
    assert json.loads(back.read_text()) == json.loads(two_roots.read_text())


def test_a_misspelled_or_missing_word_is_named_by_sheet_and_key_alone(sheets, tmp_path):
    head, _, tail = sheets[0].read_text().rpartition(" 33 ")
    last = tail.split()[0]
    for wrong in ("zzzz", "academic" if last != "academic" else "acid", ""):
        sheets[0].write_text(f"{head} 33 {wrong}\n")
        with pytest.raises(CommandError, match=r"share-1-of-3\.txt: the words of root key 2") as caught:
            call_command("keyring", "combine", str(sheets[0]), str(sheets[1]), "--file", str(tmp_path / "b"))
        assert wrong == "" or wrong not in str(caught.value)


def test_sheets_of_two_printings_do_not_go_together(sheets, two_roots, tmp_path):
    call_command("keyring", "shares", "--out", str(tmp_path / "again"))
    other = sorted((tmp_path / "again").iterdir())[1]
    with pytest.raises(CommandError, match="do not belong together"):
        call_command("keyring", "combine", str(sheets[0]), str(other), "--file", str(tmp_path / "b"))
    files.change_file(two_roots, files.add_root)
    call_command("keyring", "shares", "--out", str(tmp_path / "third"))
    other = sorted((tmp_path / "third").iterdir())[1]
    with pytest.raises(CommandError, match="not sheets of the same keys"):
        call_command("keyring", "combine", str(sheets[0]), str(other), "--file", str(tmp_path / "b"))


def test_nothing_is_written_over(sheets, two_roots):
    before = two_roots.read_bytes()
    with pytest.raises(CommandError, match="there already"):
        call_command("keyring", "shares", "--out", str(sheets[0].parent))
    with pytest.raises(CommandError, match="never replaced"):
        call_command("keyring", "combine", str(sheets[0]), str(sheets[1]), "--file", str(two_roots))
    assert two_roots.read_bytes() == before


@pytest.mark.parametrize("text", ["", "Installation:", "Installation: test\nPlumbago", "Plumbago"])
def test_what_is_no_sheet_is_refused(text):
    with pytest.raises(KeyringError, match="not a sheet"):
        shares.combine([("a", text), ("b", text)])


def test_keys_in_kms_are_not_put_on_paper(configure, tmp_path):
    configure(kms="1=arn:aws:kms:us-west-2:123456789012:key/1a2b")
    with pytest.raises(CommandError, match="never leave"):
        call_command("keyring", "shares", "--out", str(tmp_path / "paper"))
    assert not (tmp_path / "paper").exists()
