from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who saw and changed what."""

    name = "audit"
