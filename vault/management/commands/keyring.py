"""`manage keyring new --file PATH [--trial]`: write a keyring with one fresh root key."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault.keyring import write_file


class Command(BaseCommand):
    help = "Make a keyring file (mode 600). It is the only way into the data: keep a copy apart from backups."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        new = actions.add_parser("new", help="write a fresh keyring; never replaces one")
        new.add_argument("--file", required=True, type=Path)
        new.add_argument("--trial", action="store_true", help="for a trial set-up; production refuses it")

    def handle(self, *args: object, **options: object) -> None:
        path = Path(str(options["file"]))
        try:
            write_file(path, kind="trial" if options["trial"] else "production")
        except FileExistsError:
            raise CommandError(f"{path} exists; a keyring is never replaced.") from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        self.stdout.write(f"Wrote {path}")
