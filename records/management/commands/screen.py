import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deadlines.law import LawError
from records.rules import examples


class Command(BaseCommand):
    help = "Screen the charges of a YAML file of examples: one JSON line each with id and results."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="YAML file with a list named examples")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            results = examples.run_file(options["file"])
        except LawError as exc:
            raise CommandError(str(exc)) from exc
        for result in results:
            self.stdout.write(json.dumps(result))
