"""A backup that is cut, altered, of another site or without keys is refused before anything is touched."""

import pytest
from django.core.management import CommandError, call_command

from config.upkeep import archive, restoring
from config.upkeep.places import UpkeepError
from config.upkeep.restoring import check
from vault.archives import BACKUP, KEYS
from vault.files import SEGMENT, TAG
from vault.keyring import TEST_KEY_ID, LocalKeyring

HEAD = 5 + 4 + 7 + 2 + 65
PIECE = SEGMENT + TAG


def places_in(size: int) -> list[int]:
    """Every part of the head, the first and last byte of every kind of segment, the tail."""
    ends = [at for n in range(1, 4) for at in (HEAD + n * PIECE - 1, HEAD + n * PIECE)]
    return [0, 4, 5, 8, 9, 15, 16, 17, 18, 19, 25, 40, HEAD - 1, HEAD, HEAD + 1, *ends, size // 2, size - 1]


def test_cut_or_altered_archive_refused_before_anything_is_touched(kept, monkeypatch):
    assert check(kept.first, kept.first_keys).manifest.tables["clients_client"] == 1

    def touched(*_words, **_named):
        raise AssertionError("something was touched")

    for name in ("_unpack", "_put_keys_in", "_finish"):
        monkeypatch.setattr(restoring, name, touched)
    monkeypatch.setattr(restoring, "refuse_unless_empty", lambda: None)
    whole = kept.first.read_bytes()
    assert len(whole) > HEAD + 4 * PIECE
    head = whole[:HEAD]
    parts = [whole[at : at + PIECE] for at in range(HEAD, len(whole), PIECE)]
    spoiled = [whole[:at] for at in places_in(len(whole))]
    for at in places_in(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 0x10
        spoiled.append(bytes(changed))
    spoiled += [
        head + b"".join([parts[1], parts[0], *parts[2:]]),  # exchanged
        head + b"".join([parts[0], *parts]),  # repeated
        head + b"".join(parts[1:]),  # the first missing
        head + b"".join(parts[:-1]),  # the last missing
        head + b"".join([*parts[:2], *parts[3:]]),  # one of the middle missing
        whole + b"x",
        whole + whole,
        kept.second.read_bytes()[: HEAD + PIECE] + whole[HEAD + PIECE :],  # of another backup
        b"",
    ]
    for content in spoiled:
        kept.first.write_bytes(content)
        with pytest.raises(CommandError, match=r"is refused: .* Nothing was touched\.|does not open: "):
            call_command("restore", str(kept.first), "--keys", str(kept.first_keys))
    kept.first.write_bytes(whole)
    check(kept.first)


@pytest.mark.parametrize("at", [18, 40])
def test_an_altered_beginning_is_said_without_a_client(kept, at):
    """The format and the text of the wrapped archive key."""
    whole = bytearray(kept.first.read_bytes())
    whole[at] ^= 0x10
    kept.first.write_bytes(whole)
    with pytest.raises(UpkeepError) as refused:
        check(kept.first)
    words = "This is not an archive that this keyring made, or its beginning was altered"
    assert words in str(refused.value)
    assert "00000000" not in str(refused.value)


def test_a_cut_or_altered_file_of_keys_is_refused(kept):
    whole = kept.second_keys.read_bytes()
    assert len(whole) > HEAD
    for at in (0, 6, 20, HEAD - 1, HEAD, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[at] ^= 1
        for content in (whole[:at], bytes(changed)):
            kept.second_keys.write_bytes(content)
            with pytest.raises(UpkeepError, match=r"is refused|does not open"):
                check(kept.first, kept.second_keys)


def test_members_that_are_not_those_of_the_manifest_are_refused(kept, tmp_path):
    """Whoever has the root key can seal anything; a wrong list is still found."""
    for spoil in ("member more", "file less", "no manifest"):
        path = tmp_path / "afterword-20261130T100000Z.backup"
        with path.open("wb") as out:
            writer = archive.Writer(out, tmp_path / "members")
            writer.add_path("files/ab/abcd", kept.first_keys)
            writer.add_path("files/ab/abce", kept.first_keys)
            if spoil == "no manifest":
                writer.abandon()
                writer._tar.close()
                writer._sealing.finish()
            else:
                files, more = (2, 1) if spoil == "member more" else (1, 0)
                writer.close(
                    lambda members, digest, files=files, more=more: archive.Manifest(
                        "",
                        "test",
                        "sqlite",
                        [],
                        {},
                        [],
                        files=files,
                        members=members + more,
                        members_sha256=digest,
                    )
                )
        with pytest.raises(UpkeepError, match="is refused"):
            check(path, kept.first_keys)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "ab/../../x", "ab\\x", ""])
def test_a_file_that_would_leave_the_folder_is_refused(name):
    with pytest.raises(archive.ArchiveBroken, match="under a name that none of ours has"):
        archive.stored_name(f"files/{name}")


def test_a_file_of_keys_is_no_backup_and_a_backup_no_file_of_keys(kept):
    assert BACKUP != KEYS
    with pytest.raises(UpkeepError, match="it is a sealed file of another kind"):
        check(kept.first_keys)
    with pytest.raises(UpkeepError, match="it is a sealed file of another kind"):
        check(kept.first, kept.first)


def test_a_backup_of_another_site_is_refused_in_one_line(kept, settings, monkeypatch):
    settings.AFTERWORD_ENV = "production"
    with pytest.raises(UpkeepError, match="is of a test site and this is a production site"):
        check(kept.first)
    settings.AFTERWORD_ENV = "test"

    class Other:
        vendor = "another kind"

    monkeypatch.setattr(restoring, "connection", Other())
    with pytest.raises(UpkeepError, match=r"was made from \w+ and this site uses another kind"):
        check(kept.first)


def test_another_keyring_is_refused_with_the_root_key_that_is_missing(kept, monkeypatch):
    spare = LocalKeyring(kind="test", primary=5, keys={5: b"o" * 32}, source="spare.json")
    for module in ("vault.archives", "config.upkeep.key_files"):
        monkeypatch.setattr(f"{module}.keyring", lambda: spare)
    needed = f"Root key {TEST_KEY_ID} is needed and is not in the keyring spare.json"
    with pytest.raises(UpkeepError, match=needed):
        check(kept.first)


def test_keys_older_than_the_backup_are_refused_and_later_ones_open_it(kept):
    with pytest.raises(UpkeepError, match=r"lacks 1 of the keys .* older than the backup"):
        check(kept.second, kept.first_keys)
    assert check(kept.first, kept.second_keys).keys == kept.second_keys
    assert check(kept.first).keys == kept.second_keys  # the newest within reach


def test_without_a_file_of_keys_nothing_is_restored(kept):
    kept.first_keys.unlink()
    kept.second_keys.unlink()
    with pytest.raises(UpkeepError, match=r"without one .* opens nothing"):
        check(kept.first)


def test_a_backup_of_a_later_version_is_refused(kept, monkeypatch):
    known = {("clients", "0001_initial"): None}

    class Loader:
        disk_migrations = known

        def __init__(self, connection):
            pass

    monkeypatch.setattr(restoring, "MigrationLoader", Loader)
    with pytest.raises(UpkeepError, match=r"made by a later version of Afterword .*, which has \w+\."):
        check(kept.first)
