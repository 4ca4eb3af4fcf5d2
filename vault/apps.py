from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Ground floor: sealing of fields and files, keys, and the search of sealed names."""

    name = "vault"

    def ready(self) -> None:
        from vault import checks  # noqa: F401  (registers them)
