"""`manage keyring …`: make, look at, rotate and give up keys. Operator's guide: docs/keys.md.

One function a subcommand, marked with `@subcommand`: its name on the command line, its help and its
arguments stand above it, and the first line of `--help` comes from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import keys, resealing
from clients.models import Client
from clients.services import erasure
from config.progress import Bar
from vault import datakeys, rotation
from vault.errors import KeyringError, Shredded
from vault.ids import NIL
from vault.keyring import Keyring, load_file, process, write_file
from vault.keyring import file as ring_file
from vault.keyring import shares as paper


class Argument(NamedTuple):
    """What `add_argument` is called with."""

    name: str
    options: dict[str, Any]


class Subcommand(NamedTuple):
    """One verb of the command, and the function that does it."""

    help: str
    arguments: tuple[Argument, ...]
    run: Callable[..., None]


SUBCOMMANDS: dict[str, Subcommand] = {}


def argument(name: str, **options: Any) -> Argument:
    return Argument(name, options)


def subcommand(name: str, help: str, *arguments: Argument) -> Callable[[Callable[..., None]], Callable]:
    """Make a function `manage keyring NAME`; it gets the command (for its streams) and its arguments."""

    def register(run: Callable[..., None]) -> Callable[..., None]:
        SUBCOMMANDS[name] = Subcommand(help, arguments, run)
        return run

    return register


class Command(BaseCommand):
    help = "Make, look at, rotate and give up keys. They are the only way into the data: see docs/keys.md."
    # A site whose keyring is missing must still be able to make or mend one.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name, verb in SUBCOMMANDS.items():
            sub = actions.add_parser(name, help=verb.help, description=verb.help)
            for added in verb.arguments:
                sub.add_argument(added.name, **added.options)

    def handle(self, *args: Any, **options: Any) -> None:
        verb = SUBCOMMANDS[options["action"]]
        names = [
            added.options.get("dest") or added.name.lstrip("-").replace("-", "_") for added in verb.arguments
        ]
        try:
            verb.run(self, **{name: options[name] for name in names})
        except KeyringError as error:
            raise CommandError(str(error)) from None


@subcommand(
    "new",
    "write a fresh keyring file (mode 600); never replaces one",
    argument("--file", required=True, type=Path),
    argument("--trial", action="store_true", help="for a trial set-up; production refuses it"),
)
def new(command: BaseCommand, *, file: Path, trial: bool) -> None:
    try:
        write_file(file, kind="trial" if trial else "production")
    except FileExistsError:
        raise CommandError(f"{file} exists; a keyring is never replaced.") from None
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
    command.stdout.write(f"Wrote {file}")


@subcommand("status", "which root and data keys there are, and what hangs on them; no secrets")
def status(command: BaseCommand) -> None:
    ring, write = keys.fresh_keyring(), command.stdout.write
    write(f"Keyring: {ring.name()}, {ring.kind}")
    used = rotation.wraps_by_root()
    write("Root keys:")
    for root in ring.roots():
        state = (
            "primary" if root.id == ring.primary else f"retired {root.retired}" if root.retired else "opens"
        )
        created = root.created or "date unknown"
        write(f"  {root.id:<4} {created:<14} {state:<20} {used[root.id]:>9,} wrapped keys")
    for missing in sorted(set(used) - set(ring.ids())):
        write(f"  {missing:<4} NOT IN THE KEYRING{'':<17} {used[missing]:>9,} wrapped keys")
    count = datakeys.census()
    write("Data keys:")
    write(f"  clients {count.clients:,}, versions {count.versions:,}, retired {count.retired:,}")
    write(f"  destroyed: {count.destroyed:,} clients")
    write(f"  rotations under way: {count.rotating:,}")
    now = timezone.now()
    for client in resealing.under_way():
        number = Client.objects.filter(pk=client).values_list("file_number", flat=True).first()
        write(f"    {number or 'the organisation'}: {resealing.state_of(client, now=now)}")


@subcommand(
    "new-root",
    "add a root key that only opens; give the keyring to every machine, then rotate-root",
    argument("--out", type=Path, help="for a keyring that is no file: write the new one there"),
)
def new_root(command: BaseCommand, *, out: Path | None) -> None:
    path = _ring_file(
        command, out, ring_file.add_root, "The new root key is in it, and only opens.", NEW_IN_KMS
    )
    if path is None:
        return
    number = keys.add_root(path)
    command.stdout.write(
        f"Root key {number} is in {path.name} and only opens. Give the file to every machine that serves, "
        "keep new shares of it on paper (keyring shares), and then run: manage keyring rotate-root"
    )


@subcommand(
    "rotate-root",
    "make the newest root key primary and wrap every data key anew; may be stopped and run again",
    argument("--out", type=Path, help="for a keyring that is no file: write the new one there"),
    argument("--from", type=Path, dest="source", help="a keyring file of before, when the provider changed"),
)
def rotate_root(command: BaseCommand, *, out: Path | None, source: Path | None) -> None:
    ring = keys.fresh_keyring()
    newest = max((root.id for root in ring.roots() if not root.retired), default=ring.primary)
    before = rotation.wraps_by_root()
    if newest == ring.primary and not rotation.left_to_wrap(ring) and not _unretired(ring):
        raise CommandError(
            f"Root key {ring.primary} is the newest, and all keys are wrapped by it. See new-root."
        )
    path = None
    if process.provider() == "AFTERWORD_KEYRING_FILE":
        path = Path(settings.KEYRING_FILE)
        if keys.make_primary(path, newest):
            command.stdout.write(f"Root key {newest} is primary.")
    elif newest != ring.primary:
        if process.provider() == "AFTERWORD_KEYRING_KMS":
            raise CommandError(f"Root key {ring.primary} wraps, and {newest} is newer. {FIRST_IN_KMS}")
        _ring_file(
            command,
            out,
            lambda content: ring_file.make_primary(content, newest),
            f"Root key {newest} is primary in it. Then run rotate-root again.",
            "",
        )
        return
    also = [load_file(source)] if source else []
    moved = keys.rewrap_all(also=also, progress=Bar(command.stderr, "Wrapping"))
    ring = keys.fresh_keyring()
    command.stdout.write(f"{moved:,} keys wrapped by root key {ring.primary}.")
    after = rotation.wraps_by_root()
    for old in sorted(set(before) | set(ring.ids())):
        if old != ring.primary:
            command.stdout.write(f"{after[old]} wraps left under root {old}")
    if path is None:
        command.stdout.write(
            "The other root keys open old backups only. Take one out of the keyring when those are gone."
        )
        return
    for number in keys.retire_unused(path):
        command.stdout.write(f"Root key {number} is retired: it opens backups made before today.")


@subcommand(
    "forget-root",
    "take a retired root key out of the keyring file, for good",
    argument("number", type=int),
    argument("--yes", action="store_true", help="backups made under it may become unreadable"),
)
def forget_root(command: BaseCommand, *, number: int, yes: bool) -> None:
    path = Path(settings.KEYRING_FILE)
    if process.provider() != "AFTERWORD_KEYRING_FILE":
        raise CommandError("The keyring is not a file: take the root key out where it is kept.")
    root = next((root for root in load_file(path).roots() if root.id == number), None)
    if root is None:
        raise CommandError(f"Root key {number} is not in the keyring.")
    lost = f"every backup and every copy of the database made before {root.retired or 'it is retired'}"
    if not yes:
        raise CommandError(f"This makes {lost} unreadable. Say --yes to do it.")
    keys.forget_root(path, number)
    command.stdout.write(f"Root key {number} is gone from {path.name}. Unreadable from now on: {lost}.")


@subcommand(
    "shares",
    "the root keys as words on three sheets of paper; any two of them give the keys again",
    argument("--out", required=True, type=Path, help="a folder for the three files"),
)
def shares(command: BaseCommand, *, out: Path) -> None:
    if process.provider() == "AFTERWORD_KEYRING_KMS":
        raise CommandError(
            "Root keys in AWS KMS never leave it: guard the account and the keys' deletion there."
        )
    content = json.loads(process.text_of_ring())
    sheets = paper.split(content)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = [out / f"afterword-share-{number}-of-{len(sheets)}.txt" for number in range(1, len(sheets) + 1)]
    if there := [path.name for path in paths if path.exists()]:
        raise CommandError(f"{', '.join(there)}: there already. Say another folder.")
    keys.note_shares(sorted(int(number) for number in content["keys"]))
    for path, text in zip(paths, sheets, strict=True):
        ring_file.write_private(path, text)
        command.stdout.write(f"Wrote {path}")
    command.stdout.write(
        "Print each, give them to three people who do not share a safe, and delete the files. One sheet "
        "alone opens nothing; any two open everything. Make new ones after every new-root."
    )


@subcommand(
    "combine",
    "a new keyring file from two of the three sheets",
    argument("sheets", nargs="+", type=Path, help="text files with what stands on two sheets"),
    argument("--file", required=True, type=Path, help="the keyring file to write; never replaces one"),
)
def combine(command: BaseCommand, *, sheets: list[Path], file: Path) -> None:
    try:
        content = paper.combine([(sheet.name, sheet.read_text(encoding="utf-8")) for sheet in sheets])
        ring_file.write_content(file, content)
    except FileExistsError:
        raise CommandError(f"{file} exists; a keyring is never replaced.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"A sheet cannot be read, or the file not written: {error}.") from None
    roots = ", ".join(sorted(content["keys"], key=int))
    command.stdout.write(
        f"Wrote {file}: a {content['kind']} keyring with root keys {roots}. Delete the typed sheets."
    )


FIRST_IN_KMS = "Put it FIRST in AFTERWORD_KEYRING_KMS on every machine, restart, and run rotate-root."


@subcommand(
    "rotate-client",
    "give a client a new data key and seal everything of hers again; may be stopped and run again",
    argument("file_number", nargs="?", default=""),
    argument("--organisation", action="store_true", help="what belongs to the organisation instead"),
)
def rotate_client(command: BaseCommand, *, file_number: str, organisation: bool) -> None:
    if bool(file_number) == organisation:
        raise CommandError("Say a file number, or --organisation.")
    client = NIL
    if file_number:
        found = Client.objects.filter(file_number=file_number).values_list("pk", flat=True).first()
        if found is None:
            raise CommandError(f"There is no file {file_number}.")
        client = found
    whose = file_number or "the organisation"
    try:
        made = resealing.begin(client)
    except Shredded:
        raise CommandError(f"The key of {whose} was destroyed: there is nothing to rotate.") from None
    except KeyError:
        raise CommandError(f"Nothing was ever sealed for {whose}.") from None
    outcome = resealing.run(client, now=timezone.now(), progress=Bar(command.stderr, "Sealing again"))
    resealing.sweep(now=timezone.now())
    write = command.stdout.write
    write(
        f"{outcome.moved:,} rows and files of {whose} sealed again under version {made.version} of the key."
    )
    write(f"{outcome.left:,} left under older versions.")
    for words in outcome.broken:
        write(f"Cannot be opened, and was left as it is: {words}")
    if outcome.state == "left":
        raise CommandError("Something is left: see above, or somebody saved meanwhile. Run this again.")
    if outcome.state == "draining":
        minutes = int(resealing.DRAIN.total_seconds() // 60)
        write(
            f"Draining: a process may still seal under the older version for up to {minutes} minutes. "
            "`manage tick`, or this command run again, finishes it then."
        )
    else:
        write("The older versions are retired: they open backups made before, and nothing here.")


NEW_IN_KMS = (
    "Make a key in AWS KMS, and put it at the END of AFTERWORD_KEYRING_KMS on every machine "
    f"(…,2=arn:…): it only opens there. Restart. Then: {FIRST_IN_KMS}"
)


def _unretired(ring: Keyring) -> bool:
    """Whether a file has an older root key that is not marked retired yet."""
    in_file = process.provider() == "AFTERWORD_KEYRING_FILE"
    return in_file and any(root.id < ring.primary and not root.retired for root in ring.roots())


def _ring_file(
    command: BaseCommand,
    out: Path | None,
    change: Callable[[dict[str, Any]], object],
    done: str,
    for_kms: str,
) -> Path | None:
    """The keyring file; or None, when the keyring is no file and all that could be done was done here.

    A ring that comes from the environment or a command is written to `out` with the change in it, for
    the operator to put where it belongs.
    """
    chosen = process.provider()
    if chosen == "AFTERWORD_KEYRING_FILE":
        return Path(settings.KEYRING_FILE)
    if chosen == "AFTERWORD_KEYRING_KMS":
        command.stdout.write(for_kms)
        return None
    if out is None:
        raise CommandError(
            f"The keyring comes from {chosen} and cannot be changed from here. Say --out FILE: the "
            "keyring with the change is written there (mode 600), for you to put where the old one is."
        )
    content = json.loads(process.text_of_ring())
    change(content)
    try:
        ring_file.write_content(out, content)
    except FileExistsError:
        raise CommandError(f"{out} exists; a keyring is never replaced.") from None
    command.stdout.write(
        f"Wrote {out}. {done} Put it where the old keyring is kept, restart, and remove the file."
    )
    return None


@subcommand(
    "destroy-client",
    "erase a file for good, as two people decided in the application; or say what is missing",
    argument("file_number", help="such as 2026-0142"),
)
def destroy_client(command: BaseCommand, *, file_number: str) -> None:
    request = erasure.decided_request(file_number)
    if request is None:
        raise CommandError(
            f"Nobody has asked that {file_number} be erased. Ask on its page, “Keeping and erasing”."
        )
    if request.state != request.State.DECIDED:
        missing = [one.words for one in erasure.missing(request.client, scope=request.scope)]
        raise CommandError(
            " ".join([f"{file_number} is not erased. A second person has not decided it yet.", *missing])
        )
    try:
        found = erasure.carry_out(request=request)
    except ValidationError as problem:
        raise CommandError(" ".join([f"{file_number} is not erased.", *problem.messages])) from None
    command.stdout.write(f"{file_number} is erased for good.")
    if found is not None:
        found.refresh_from_db()
    if found is None or found.complete_on is None:
        command.stdout.write("Its keys in backups could not all be reached yet: manage tick goes on trying.")
    else:
        command.stdout.write(f"Complete, backups included, on {found.complete_on.isoformat()}.")
