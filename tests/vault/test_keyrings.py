"""Holders of root keys: file, environment, command and AWS KMS, and what each refuses."""

import base64
import json
import pickle
import sys
from pathlib import Path
from uuid import UUID

import pytest
from django.core.checks import run_checks
from moto.server import ThreadedMotoServer

from vault import keyring as ring_package
from vault.errors import KeyringError, UnknownRoot
from vault.ids import NIL, uuid7
from vault.keyring import LocalKeyring, keyring, load_file, parse, process, program
from vault.keyring import file as ring_file
from vault.keyring.kms import KmsKeyring, parse_keys

FIRST, SECOND = b"p" * 32, b"q" * 32
LARK = UUID(int=0x1A4C)


def content(*, kind="test", primary=1, **keys):
    """A ring's JSON; keys are given as k1=bytes, k2=bytes."""
    entries = {
        name[1:]: {"key": base64.b64encode(key).decode(), "created": "2026-01-02"}
        for name, key in keys.items()
    }
    return json.dumps({"kind": kind, "primary": primary, "keys": entries})


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock of the keyring, moved by hand."""

    class Clock:
        now = 1000.0

        def __call__(self):
            return self.now

    moved = Clock()
    monkeypatch.setattr(process.time, "monotonic", moved)
    return moved


def printing(path):
    """A command that prints a file."""
    return f"{sys.executable} -c \"print(open('{path}').read())\""


# --- known answers ------------------------------------------------------------------------------

KNOWN_WRAPPED = (
    "0100000007000102030405060708090a0b421dd9067026c40b20c086c6184b5c32"
    "9ff5bc2f2ed1f1285381dce879fa68207cc3d112bc24be2e5a10e91b29281f8e"
)


def test_a_wrapped_key_has_the_documented_form(monkeypatch):
    """Made from the description alone: header, nonce, AES-256-GCM, bound to client and version."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce, data_key = bytes(range(12)), bytes(range(32))
    aad = b"dek/1" + LARK.bytes + (3).to_bytes(4, "big")
    by_hand = b"\x01" + (7).to_bytes(4, "big") + nonce + AESGCM(FIRST).encrypt(nonce, data_key, aad)
    assert len(by_hand) == 65
    ring = LocalKeyring(kind="test", primary=7, keys={7: FIRST}, source="hand")
    assert ring.unwrap(by_hand, client=LARK, version=3) == data_key
    monkeypatch.setattr("vault.crypto.os.urandom", lambda _n: nonce)
    assert ring.wrap(data_key, client=LARK, version=3) == by_hand


def test_a_wrapped_key_written_down_once_opens_for_ever():
    """A fixed answer: a change of the format would make every installation's keys unreadable."""
    wrapped = bytes.fromhex(KNOWN_WRAPPED)
    ring = LocalKeyring(kind="test", primary=7, keys={7: FIRST}, source="hand")
    assert ring.unwrap(wrapped, client=LARK, version=3) == bytes(range(32))


@pytest.mark.parametrize(
    ("client", "version"), [(UUID(int=1), 3), (LARK, 4), (NIL, 3)], ids=["client", "version", "organisation"]
)
def test_a_wrapped_key_opens_for_its_client_and_version_alone(client, version):
    ring = LocalKeyring(kind="test", primary=7, keys={7: FIRST}, source="hand")
    wrapped = ring.wrap(SECOND, client=LARK, version=3)
    with pytest.raises(KeyringError, match="not the key that was used"):
        ring.unwrap(wrapped, client=client, version=version)


def test_every_changed_byte_of_a_wrapped_key_is_noticed():
    ring = LocalKeyring(kind="test", primary=7, keys={7: FIRST, 6: SECOND}, source="hand")
    wrapped = ring.wrap(SECOND, client=LARK, version=1)
    for at in range(len(wrapped)):
        changed = wrapped[:at] + bytes((wrapped[at] ^ 1,)) + wrapped[at + 1 :]
        with pytest.raises(KeyringError):
            ring.unwrap(changed, client=LARK, version=1)


# --- one provider -------------------------------------------------------------------------------


def test_file_environment_and_command_hold_the_same_ring(configure, tmp_path):
    path = tmp_path / "ring.json"
    path.write_text(content(k1=FIRST))
    wrapped = LocalKeyring(kind="test", primary=1, keys={1: FIRST}, source="hand").wrap(
        SECOND, client=LARK, version=1
    )
    for chosen in ({"file": path}, {"environment": path.read_text()}, {"command": printing(path)}):
        configure(**chosen)
        ring = keyring()
        assert (ring.kind, ring.primary, ring.ids()) == ("test", 1, [1])
        assert ring.roots()[0].created == "2026-01-02"
        assert ring.unwrap(wrapped, client=LARK, version=1) == SECOND
        assert ring.unwrap(ring.wrap(FIRST, client=LARK, version=2), client=LARK, version=2) == FIRST
        assert run_checks(tags=["vault"]) == []


def test_two_providers_or_none_are_refused_and_named(configure, tmp_path):
    configure()
    with pytest.raises(KeyringError, match="AFTERWORD_KEYRING_FILE, AFTERWORD_KEYRING, "):
        keyring()
    configure(file=tmp_path / "ring.json", command="print-it")
    with pytest.raises(KeyringError, match=r"only one of AFTERWORD_KEYRING_FILE, AFTERWORD_KEYRING_COMMAND"):
        keyring()
    assert [error.id for error in run_checks(tags=["vault"])] == ["vault.E001"]


@pytest.mark.parametrize("way", ["file", "environment", "command"])
def test_a_ring_of_another_kind_is_refused_by_every_provider(configure, tmp_path, way):
    path = tmp_path / "ring.json"
    path.write_text(content(kind="production", k1=FIRST))
    configure(**{way: {"file": path, "environment": path.read_text(), "command": printing(path)}[way]})
    with pytest.raises(KeyringError, match="production keyring; this is a test site"):
        keyring()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a keyring"),
        ("[]", "not a keyring"),
        ('{"kind": "test", "primary": 1, "keys": {"1": {"key": "short"}}}', "not a keyring"),
        (content(k1=b"short"), "32 bytes"),
        (content(primary=2, k1=FIRST), "primary key 2"),
        (content(kind="trial", primary=0x7FFF0000, k2147418112=FIRST), "tests only"),
        (content(k1=FIRST).replace('"created"', '"retired": "2026-03-04", "created"'), "retired"),
    ],
)
def test_what_is_no_ring_is_refused_without_showing_it(text, words):
    with pytest.raises(KeyringError, match=words) as caught:
        parse(text, source="AFTERWORD_KEYRING")
    assert base64.b64encode(FIRST).decode() not in str(caught.value)


# --- the command --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("", "cannot be read as a command"),
        ('"unclosed', "cannot be read as a command"),
        ("/nowhere/print-keys", "cannot be run"),
        (f"{sys.executable} -c 'raise SystemExit(3)'", "exit code 3"),
        (f"{sys.executable} -c 'print(1)'", "not a keyring"),
    ],
)
def test_a_command_that_fails_is_refused_in_one_line(command, words):
    with pytest.raises(KeyringError, match=words):
        program.load_command(command)


def test_a_command_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(program, "SECONDS", 0.2)
    with pytest.raises(KeyringError, match="longer than"):
        program.load_command(f"{sys.executable} -c 'import time; time.sleep(60)'")


def test_no_shell_reads_the_command(tmp_path):
    """A semicolon is an argument like any other, not a second command."""
    with pytest.raises(KeyringError):
        program.load_command(f"{sys.executable} -c pass; touch {tmp_path}/made")
    assert not (tmp_path / "made").exists()


def test_what_the_command_prints_is_in_no_error_and_no_log(tmp_path, caplog, capfd):
    path = tmp_path / "ring.txt"
    path.write_text("Plumbago-" + content(k1=FIRST))
    noisy = f"import sys; text = open('{path}').read(); print(text); print(text, file=sys.stderr)"
    with pytest.raises(KeyringError) as caught:
        program.load_command(f'{sys.executable} -c "{noisy}"')
    shown = f"{caught.value} {caught.value.__cause__} {caplog.text} {capfd.readouterr()}"
    assert "Plumbago" not in shown
    assert caught.value.__suppress_context__


# --- a running process notices ------------------------------------------------------------------


def test_a_new_root_in_the_file_is_used_without_a_restart(configure, tmp_path, clock):
    path = tmp_path / "ring.json"
    path.write_text(content(k1=FIRST))
    configure(file=path)
    ring = keyring()
    number = ring_file.change_file(path, ring_file.add_root)
    elsewhere = load_file(path)
    assert ring.ids() == [1]
    ring_file.change_file(path, lambda kept: ring_file.make_primary(kept, number))
    wrapped = load_file(path).wrap(SECOND, client=LARK, version=1)
    assert elsewhere.unwrap(wrapped, client=LARK, version=1) == SECOND
    clock.now += process.AGAIN_SECONDS
    assert ring.unwrap(wrapped, client=LARK, version=1) == SECOND
    assert ring.wrap(SECOND, client=LARK, version=1)[:5] == ring.header() == b"\x01\0\0\0\x02"


def test_a_new_primary_in_the_file_wraps_the_next_key(configure, tmp_path, clock):
    path = tmp_path / "ring.json"
    path.write_text(content(k1=FIRST, k2=SECOND))
    configure(file=path)
    ring = keyring()
    assert ring.wrap(FIRST, client=LARK, version=1)[:5] == b"\x01\0\0\0\x01"
    ring_file.change_file(path, lambda kept: ring_file.make_primary(kept, 2))
    assert ring.wrap(FIRST, client=LARK, version=1)[:5] == b"\x01\0\0\0\x02"


def test_unknown_roots_do_not_make_it_read_the_file_each_time(configure, tmp_path, clock, monkeypatch):
    path = tmp_path / "ring.json"
    path.write_text(content(k1=FIRST))
    configure(file=path)
    ring, reads = keyring(), []
    monkeypatch.setattr(process, "load_file", lambda p: reads.append(p) or load_file(p))
    foreign = LocalKeyring(kind="test", primary=9, keys={9: SECOND}, source="x").wrap(
        FIRST, client=LARK, version=1
    )
    for _ in range(20):
        clock.now += process.AGAIN_SECONDS / 10
        with pytest.raises(UnknownRoot, match="Root key 9 is needed"):
            ring.unwrap(foreign, client=LARK, version=1)
    assert len(reads) == 2


def test_a_file_that_went_away_leaves_what_was_read(configure, tmp_path, clock, caplog):
    path = tmp_path / "ring.json"
    path.write_text(content(k1=FIRST))
    configure(file=path)
    ring = keyring()
    path.unlink()
    wrapped = ring.wrap(SECOND, client=LARK, version=1)
    assert ring.unwrap(wrapped, client=LARK, version=1) == SECOND
    assert "could not be read again" in caplog.text


def test_a_command_is_asked_again_for_a_new_key_after_five_minutes(configure, tmp_path, clock):
    path = tmp_path / "ring.json"
    path.write_text(content(k1=FIRST, k2=SECOND))
    configure(command=printing(path))
    ring = keyring()
    path.write_text(content(primary=2, k1=FIRST, k2=SECOND))
    assert ring.wrap(FIRST, client=LARK, version=1)[:5] == b"\x01\0\0\0\x01"
    clock.now += process.OLD_SECONDS
    assert ring.wrap(FIRST, client=LARK, version=1)[:5] == b"\x01\0\0\0\x02"


# --- the file -----------------------------------------------------------------------------------


def test_a_change_of_the_file_keeps_its_mode_and_leaves_no_draft(tmp_path):
    path = tmp_path / "ring.json"
    ring_file.write_file(path, kind="trial")
    before = json.loads(path.read_text())["keys"]["1"]
    assert ring_file.change_file(path, ring_file.add_root) == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["ring.json"]
    kept = json.loads(path.read_text())
    assert (kept["primary"], kept["keys"]["1"]) == (1, before)


def test_a_change_that_would_break_the_ring_is_not_written(tmp_path):
    path = tmp_path / "ring.json"
    ring_file.write_file(path, kind="trial")
    before = path.read_bytes()
    with pytest.raises(KeyringError, match="not in the keyring"):
        ring_file.change_file(path, lambda kept: ring_file.make_primary(kept, 5))
    with pytest.raises(KeyringError, match="primary"):
        ring_file.change_file(path, lambda kept: ring_file.retire(kept, 1))
    with pytest.raises(KeyringError, match="not retired"):
        ring_file.change_file(path, lambda kept: ring_file.forget(kept, 1))
    with pytest.raises(KeyringError):
        ring_file.change_file(path, lambda kept: kept["keys"].clear())
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["ring.json"]


def test_an_interruption_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "ring.json"
    ring_file.write_file(path, kind="trial")
    before = path.read_bytes()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        ring_file.change_file(path, ring_file.add_root)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_two_operators_add_two_different_roots(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / "ring.json"
    ring_file.write_file(path, kind="trial")
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: ring_file.change_file(path, ring_file.add_root), range(8)))
    assert sorted(added) == list(range(2, 10))
    keys = json.loads(path.read_text())["keys"]
    assert len({entry["key"] for entry in keys.values()}) == 9


def test_rings_and_keys_are_never_pickled(configure, tmp_path):
    path = tmp_path / "ring.json"
    path.write_text(content(k1=FIRST))
    configure(file=path)
    for ring in (keyring(), load_file(path)):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
            pickle.dumps(ring)
        assert base64.b64encode(FIRST).decode() not in repr(ring)


# --- AWS KMS, over HTTP -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def aws():
    """A KMS of our own on the loopback interface; yields its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def kms_keys(aws, monkeypatch):
    """ARNs of two fresh keys in it."""
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "plover")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandpiper")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    client = boto3.client("kms", region_name="us-west-2", endpoint_url=aws)
    arns = [client.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    client.close()
    return arns


def test_kms_wraps_and_unwraps_for_client_version_and_kind_alone(aws, kms_keys, configure):
    configure(kms=f"1={kms_keys[0]}", endpoint=aws)
    ring = keyring()
    assert ring.name() == "AWS KMS in us-west-2"
    wrapped = ring.wrap(SECOND, client=LARK, version=3)
    assert wrapped[:5] == ring.header() == b"\x02\0\0\0\x01"
    assert SECOND not in wrapped
    assert ring.unwrap(wrapped, client=LARK, version=3) == SECOND
    for client, version in ((uuid7(), 3), (LARK, 4)):
        with pytest.raises(KeyringError, match="refused to decrypt"):
            ring.unwrap(wrapped, client=client, version=version)
    other = KmsKeyring(keys={1: kms_keys[0]}, kind="production", endpoint=aws)
    with pytest.raises(KeyringError, match="refused to decrypt"):
        other.unwrap(wrapped, client=LARK, version=3)


def test_the_first_kms_key_wraps_and_the_others_still_open(aws, kms_keys):
    first = KmsKeyring(keys={1: kms_keys[0]}, kind="test", endpoint=aws)
    both = KmsKeyring(keys=parse_keys(f"2={kms_keys[1]}, 1={kms_keys[0]}"), kind="test", endpoint=aws)
    old = first.wrap(SECOND, client=LARK, version=1)
    assert both.unwrap(old, client=LARK, version=1) == SECOND
    new = both.wrap(SECOND, client=LARK, version=1)
    assert new[:5] == b"\x02\0\0\0\x02"
    assert both.ids() == [1, 2]
    with pytest.raises(UnknownRoot, match="Root key 2"):
        first.unwrap(new, client=LARK, version=1)


@pytest.mark.django_db
def test_values_are_sealed_and_opened_through_kms(aws, kms_keys, configure):
    from vault import datakeys
    from vault.crypto import Binding
    from vault.models import DataKey
    from vault.sealing import open_sealed, seal

    configure(kms=f"1={kms_keys[0]}", endpoint=aws)
    place = Binding("demo", "value", uuid7(), LARK)
    sealed = seal(b"Plumbago", place, step=32)
    datakeys.memory.clear()
    assert open_sealed(sealed, place) == b"Plumbago"
    assert bytes(DataKey.objects.get(client_uuid=LARK).wrapped)[0] == 2


def test_a_kms_that_is_not_there_is_an_error_in_one_line(kms_keys):
    away = KmsKeyring(keys={1: kms_keys[0]}, kind="test", endpoint="http://127.0.0.1:9")
    with pytest.raises(KeyringError, match="AWS KMS cannot be used: EndpointConnectionError"):
        away.wrap(SECOND, client=LARK, version=1)


def test_without_boto3_kms_says_what_to_install(kms_keys, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    ring = KmsKeyring(keys={1: kms_keys[0]}, kind="test")
    with pytest.raises(KeyringError, match=r"requirements/kms\.txt"):
        ring.wrap(SECOND, client=LARK, version=1)


def test_a_ring_does_not_open_what_the_other_sort_wrapped(aws, kms_keys):
    local = LocalKeyring(kind="test", primary=1, keys={1: FIRST}, source="hand")
    remote = KmsKeyring(keys={1: kms_keys[0]}, kind="test", endpoint=aws)
    with pytest.raises(KeyringError, match="not wrapped by AWS KMS"):
        remote.unwrap(local.wrap(SECOND, client=LARK, version=1), client=LARK, version=1)
    with pytest.raises(KeyringError, match="not wrapped by a keyring such as this"):
        local.unwrap(remote.wrap(SECOND, client=LARK, version=1), client=LARK, version=1)


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "1",
        "arn:aws:kms:us-west-2:123456789012:key/a",
        "x=arn:aws:kms:us-west-2:123456789012:key/a",
        "0=arn:aws:kms:us-west-2:123456789012:key/a",
        "2147418112=arn:aws:kms:us-west-2:123456789012:key/a",
        "1=arn:aws:s3:us-west-2:123456789012:key/a",
        "1=arn:aws:kms:us-west-2:123456789012:key/a,1=arn:aws:kms:us-west-2:123456789012:key/b",
    ],
)
def test_a_setting_that_names_no_kms_keys_is_refused(setting):
    with pytest.raises(KeyringError, match="AFTERWORD_KEYRING_KMS"):
        parse_keys(setting)


def test_boto3_is_never_needed_by_default():
    """Only vault/keyring/kms.py imports it, inside a function; it is in no lock but its own."""
    base = Path(ring_package.__file__).parents[2]
    assert "boto3==" not in (base / "requirements.txt").read_text()
    assert "boto3==" in (base / "requirements/kms.txt").read_text()
