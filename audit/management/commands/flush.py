"""Django's `flush`: for the test runner alone. Elsewhere it is refused, because the log cannot be emptied."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, no_translations
from django.core.management.color import no_style
from django.core.management.commands.flush import Command as Flush
from django.core.management.sql import emit_post_migrate_signal, sql_flush
from django.db import connections, transaction

from audit.models import Door
from audit.triggers import DOOR, FLUSH


class Command(Flush):
    """Empties every table through the door that the triggers know, the door itself last."""

    @no_translations
    def handle(self, **options: Any) -> None:
        if settings.AFTERWORD_ENV != "test":
            raise CommandError("The access log cannot be emptied. To begin afresh, use a new database.")
        connection = connections[options["database"]]
        statements = sql_flush(
            no_style(),
            connection,
            reset_sequences=options.get("reset_sequences", True),
            allow_cascade=options.get("allow_cascade", False),
        )
        with transaction.atomic():
            Door.objects.create(kind=FLUSH)
            connection.ops.execute_sql_flush(sorted(statements, key=lambda statement: DOOR in statement))
        if statements and options.get("inhibit_post_migrate") is False:
            emit_post_migrate_signal(options["verbosity"], options["interactive"], options["database"])
