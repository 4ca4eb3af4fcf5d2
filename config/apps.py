from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The deployment: settings, addresses, the frame of every page."""

    name = "config"

    def ready(self) -> None:
        from config import field_classes  # noqa: F401  (registers its check)
