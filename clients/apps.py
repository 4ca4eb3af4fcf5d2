from uuid import UUID

from django.apps import AppConfig
from django.urls import reverse


class ClientsConfig(AppConfig):
    """The people we serve."""

    name = "clients"

    def ready(self) -> None:
        from audit import resealing, verify
        from clients import proofs
        from clients.frame import Alert, Place, register, register_alerts
        from clients.models import BreakGlass, Client, Commitment, LegalHold, Passage
        from clients.permissions import STATEMENT, TEAM
        from clients.services.rows import lock_row
        from clients.services.team import has_counsel

        def owed(client: Client) -> str:
            count = Commitment.objects.filter(client=client).not_kept_yet().count()
            return f"{count} owed" if count else ""

        def passages(client: Client) -> int:
            return Passage.objects.filter(client=client).count()

        def without_counsel(client: Client) -> list[Alert]:
            if client.state != Client.State.OPEN or has_counsel(client):
                return []
            return [Alert("No counsel of record", "late", "alert", reverse("client-team", args=[client.pk]))]

        def held(client: Client) -> list[Alert]:
            if not LegalHold.objects.filter(client=client).in_force().exists():
                return []
            return [Alert("Legal hold", "soon", "lock", reverse("client-keeping", args=[client.pk]))]

        def file_number(pk: UUID) -> str:
            return Client.objects.filter(pk=pk).values_list("file_number", flat=True).first() or ""

        verify.register_file_numbers(file_number)
        resealing.register_lock(lock_row)

        def looked_at(client: Client) -> list[Alert]:
            if not BreakGlass.objects.unreviewed().filter(client=client).exists():
                return []
            return [Alert("Opened by break-glass, review waits", "late", "eye", reverse("glass-queue"))]

        register_alerts(looked_at)
        register_alerts(without_counsel)
        register_alerts(held)
        verify.register("grants", proofs.findings)
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
