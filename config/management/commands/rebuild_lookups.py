"""Make the tokens of the exact look-ups anew from the sealed values."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.services import Action, record
from vault.lookups import begin_rotation, end_rotation, generations, lookup_fields, rebuild

PASSES = 5


class Command(BaseCommand):
    """Runs while the site serves; stopped at any point, it goes on where it is run again."""

    help = (
        "Make the tokens by which phone numbers, e-mail addresses and identifiers are found anew, for "
        "example after a change of how they are spelled; with --rotate, under keys of a new generation."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", action="store_true", help="bring in keys of a new generation")

    def handle(self, *args: Any, **options: Any) -> None:
        rotating = options["rotate"] or len(generations()) > 1
        generation = begin_rotation() if rotating else generations()[0]
        models = [m for m in apps.get_models() if lookup_fields(m)]
        total = 0
        # What was saved under the old keys while a pass went by is found by the next one.
        for _pass in range(PASSES):
            done = [rebuild(model) for model in models]
            changed, broken = sum(c for c, _ in done), sum(b for _, b in done)
            total += changed
            if not changed:
                break
        else:
            raise CommandError("Rows keep changing: run it again at a quieter time.")
        self.stdout.write(f"{total} tokens written, generation {generation}.")
        if broken:
            raise CommandError(
                f"{broken} rows do not open and keep their old tokens. Mend them, run it again."
            )
        if rotating:
            end_rotation(generation)
            record(Action.KEYS, by=None, kind="lookups", fields=[f"generation {generation}"])
            self.stdout.write("Every look-up stands under the new keys; the old ones are not asked any more.")
