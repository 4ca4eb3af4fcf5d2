from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The deployment: settings, addresses, the frame of every page, and its upkeep."""

    name = "config"

    def ready(self) -> None:
        from clients.services.erasing import after_erasure
        from config import bindings, errors, field_classes  # noqa: F401  (two register checks)
        from config.upkeep import key_files

        after_erasure.append(key_files.forget_client)
        errors.install()
