import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deadlines import examples
from deadlines.law import LawError


class Command(BaseCommand):
    help = "Run the worked examples of a YAML file: one JSON line each with id, actual and ok."
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
