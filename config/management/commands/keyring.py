"""`manage keyring …`: make, look at, rotate and give up keys. Operator's guide: docs/keys.md.

One function a subcommand, marked with `@subcommand`: its name on the command line, its help and its
arguments stand above it, and the first line of `--help` comes from there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault.keyring import write_file


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
        names = [added.name.lstrip("-").replace("-", "_") for added in verb.arguments]
        verb.run(self, **{name: options[name] for name in names})


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
