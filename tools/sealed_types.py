"""mypy plugin: django-stubs, taught that a sealed field is set by its public name.

A sealed field's column attribute is `<name>_sealed`; `Model(name=…)` goes through the property that the
field adds. django-stubs knows keyword arguments by column attribute alone.
"""

from __future__ import annotations

from typing import Any

from mypy.options import Options
from mypy.types import AnyType, TypeOfAny
from mypy_django_plugin.main import NewSemanalDjangoPlugin


class SealedTypesPlugin(NewSemanalDjangoPlugin):
    """django-stubs' plugin with the public names of sealed fields among a model's arguments."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        known = self.django_context.get_expected_types

        def with_sealed(api: Any, model_cls: Any, *, method: str) -> dict[str, Any]:
            found = known(api, model_cls, method=method)
            for field in model_cls._meta.get_fields():
                public = getattr(field, "public_name", "")
                if public:
                    found[public] = AnyType(TypeOfAny.explicit)
            return found

        self.django_context.get_expected_types = with_sealed  # type: ignore[method-assign]


def plugin(version: str) -> type[SealedTypesPlugin]:
    """mypy's entry point."""
    return SealedTypesPlugin
