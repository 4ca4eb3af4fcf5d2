"""What `manage verify_audit` asks of the reading for unusual looks: does it look at all?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from audit.verify import Finding
from reports.models import UnusualScan
from reports.unusual.scan import is_ahead


def findings() -> Iterator[Finding]:
    """A mark in the future: up to then nobody would read the log."""
    table = "reports.unusualscan"
    for scan in UnusualScan.objects.order_by("pk"):
        if is_ahead(scan, timezone.now()):
            text = f"{table}: the access log is said to have been read up to {scan.until:%Y-%m-%d %H:%M} UTC."
            yield Finding("scan_ahead", text, table=table, row=str(scan.pk))
