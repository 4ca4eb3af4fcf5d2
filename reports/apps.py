from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Home pages, the file's overview, caseload and outcomes."""

    name = "reports"

    def ready(self) -> None:
        from audit import verify
        from clients.frame import Place, register
        from reports.unusual import proofs

        verify.register("unusual", proofs.findings)
        register(Place("overview", "Overview", "client-file", order=10))
        register(Place("seen", "Who has seen this file", "client-seen", order=90, group=2))
