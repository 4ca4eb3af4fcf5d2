"""The first account of an installation: an administrator, who then adds everybody else."""

from __future__ import annotations

import getpass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Office, Role, User
from audit.services import Action, record


class Command(BaseCommand):
    """Asks for the password on the terminal: no mail has to work yet."""

    help = "Add an administrator's account (and its office, if there is none of that name)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--office", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass.getpass("Password, at least 15 characters: ")
        if password != getpass.getpass("The same again: "):
            raise CommandError("The two are not the same. Nothing was added.")
        try:
            with transaction.atomic():
                self._add(options, password)
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        self.stdout.write("Added. The first sign-in sets up the second step.")

    def _add(self, options: dict[str, Any], password: str) -> None:
        office = Office.objects.filter(name=options["office"]).first() or Office(name=options["office"])
        office.full_clean()
        office.save()
        user = User(
            email=options["email"].lower(), name=options["name"], role=Role.ADMINISTRATOR, office=office
        )
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        record(Action.ACCOUNT, by=None, target=user, fields=["added", Role.ADMINISTRATOR])
