from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """The people we serve."""

    name = "clients"

    def ready(self) -> None:
        from audit import resealing, verify
        from clients import proofs
        from clients.alerts import ALERTS, file_number, owed, passages
        from clients.frame import Place, register, register_alerts
        from clients.permissions import STATEMENT, TEAM
        from clients.services.rows import lock_row

        verify.register("grants", proofs.findings)
        verify.register("erasures", proofs.erasures)
        verify.register_file_numbers(file_number)
        resealing.register_lock(lock_row)
        for alert in ALERTS:
            register_alerts(alert)
        for place in (
            Place("promises", "Promises", "client-promises", order=10, group=2, count=owed),
            Place(
                "statements",
                "Statements",
                "client-statements",
                order=20,
                group=2,
                count=passages,
                right=STATEMENT,
            ),
            Place("people", "People and safety", "client-people", order=30, group=2),
            Place("team", "Care team", "client-team", order=50, group=2),
            Place("releases", "Giving out the file", "client-releases", order=70, group=2, right=TEAM),
            Place("keeping", "Keeping and erasing", "client-keeping", order=80, group=2),
        ):
            register(place)
