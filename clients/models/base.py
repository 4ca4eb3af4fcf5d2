"""What every row that belongs to a client shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from vault.ids import uuid7
from vault.querysets import SealedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class ClientOwnedQuerySet(SealedQuerySet):
    """Rows of clients; `visible_to` is the only door through which a page reads them."""

    def visible_to(self, user: User) -> Self:
        """Rows whose client `user` may see: granted, and behind no wall."""
        from clients.models.client import Client

        return self.filter(client__in=Client.objects.visible_to(user))


class ClientOwned(models.Model):
    """A row that belongs to one client.

    The client stands in the row itself, also where a parent row already names it: sealed values
    are bound to it, and rights are read from it without a join. `released` is set to
    true on a table that is part of what is given out as the client's file (clients.services.release);
    what is the office's own, or names other files, stays.
    """

    released: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = ClientOwnedQuerySet.as_manager()
    _history_user: Any  # set by services: who the history row names
    _history_date: Any  # and when, where that is not now

    class Meta:
        abstract = True
