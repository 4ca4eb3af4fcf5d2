"""What the addresses of the rights matrix point at: one module a room, one function an object.

Each function takes the client whose file the object belongs to (her counsel is on the team) and
gives the keyword arguments of the address.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from clients.models import Client

Maker = Callable[[Client], dict[str, Any]]
OBJECTS: dict[str, Maker] = {}


def makes(name: str) -> Callable[[Maker], Maker]:
    """Register a maker under the word that the matrix uses in its column `object`."""

    def keep(maker: Maker) -> Maker:
        OBJECTS[name] = maker
        return maker

    return keep


def load() -> dict[str, Maker]:
    """Every maker of every room."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return OBJECTS
