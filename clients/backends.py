"""What `user.has_perm(right, client)` answers: django-guardian's rows, where they are genuine."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from guardian.backends import ObjectPermissionBackend

from accounts.models import User
from clients import grants
from clients.models import Client


class GenuineRights(ObjectPermissionBackend):
    """Rights on clients as `clients.grants` finds them, walls considered; nothing else has any."""

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        return perm.removeprefix("clients.") in self.get_all_permissions(user_obj, obj)

    def get_group_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        if not isinstance(user_obj, User) or not isinstance(obj, Client):
            return set()
        return set(grants.held(user_obj, [obj.pk])[obj.pk])
