"""How a charge is cited."""

from __future__ import annotations

FEDERAL_CODE = "US"


def citation(code: str, section: str, *, attempted: bool = False) -> str:
    """ "PC 487(c)", "18 USC 1546(a)" for a federal title and section, or "Not read" for neither."""
    text = f"{code} {section}".strip()
    title, _, rest = section.partition(" ")
    if code == FEDERAL_CODE and rest:
        text = f"{title} USC {rest}"
    if not text:
        return "Not read"
    return f"{text} (attempted)" if attempted else text
