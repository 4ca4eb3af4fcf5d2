from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The people who work here."""

    name = "accounts"
