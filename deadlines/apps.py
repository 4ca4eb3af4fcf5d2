from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "deadlines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core import checks

        from deadlines.checks import check_deadline_law

        checks.register(check_deadline_law)
