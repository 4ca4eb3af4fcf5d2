import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from records.readers import ReaderError, Reading, read, text_of


def record_of(path: Path) -> dict[str, Any]:
    """The record in a file; one that cannot be read gives an empty record and the reason in `error`."""
    try:
        return read(text_of(path.read_bytes(), path.name)).to_json()
    except ReaderError as exc:
        reason = str(exc)
    except OSError:
        reason = "This file cannot be opened."
    return {**Reading().to_json(), "error": reason}


def recognised(record: dict[str, Any]) -> bool:
    """Whether anything of a RAP sheet was found: an event, or who the sheet is about."""
    return bool(record["events"]) or any(record["subject"].values())


class Command(BaseCommand):
    help = "Read RAP sheets (text, or PDF with a text layer) and print the record as JSON, one line a file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--out", type=Path, metavar="FOLDER", help="write NAME.json for each file here")

    def handle(self, *args: Any, **options: Any) -> None:
        files, folder = options["files"], options["out"]
        for path in files:
            if not path.exists():
                raise CommandError(f"There is no file {path}.")
        if folder is None:
            for path in files:
                self.stdout.write(json.dumps(self._read(path)))
            return
        # Two inputs of one name would overwrite each other without a word.
        names = [path.stem for path in files]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise CommandError(f"Two of the files would be written as {twice}.json.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path in files:
                text = json.dumps(self._read(path), indent=1) + "\n"
                (folder / f"{path.stem}.json").write_text(text, encoding="utf-8")
        except OSError as exc:
            raise CommandError(f"The results cannot be written to {folder}.") from exc

    def _read(self, path: Path) -> dict[str, Any]:
        """The record; an empty one looks like a clean sheet, so a line beside it says that it is none."""
        record = record_of(path)
        if not recognised(record):
            why = f" {record['error']}" if "error" in record else ""
            self.stderr.write(f"{path}: nothing in this file was recognised as a RAP sheet.{why}")
        return record
