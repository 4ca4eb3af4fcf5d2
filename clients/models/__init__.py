"""The people we serve: identity, safe contact, words, team, walls, promises and statements."""

from clients.models.base import ClientOwned, ClientOwnedQuerySet
from clients.models.client import Alias, Client, Identifier, SafeContact
from clients.models.glass import BreakGlass
from clients.models.people import ConflictCheck, RelatedPerson
from clients.models.release import Release
from clients.models.retention import Erasure, ErasureReason, ErasureRequest, LegalHold
from clients.models.team import (
    CareTeamMember,
    ClientGroupPermission,
    ClientUserPermission,
    TeamRole,
    Wall,
)
from clients.models.work import Commitment, Passage

__all__ = [
    "Alias",
    "BreakGlass",
    "CareTeamMember",
    "Client",
    "ClientGroupPermission",
    "ClientOwned",
    "ClientOwnedQuerySet",
    "ClientUserPermission",
    "Commitment",
    "ConflictCheck",
    "Erasure",
    "ErasureReason",
    "ErasureRequest",
    "Identifier",
    "LegalHold",
    "Passage",
    "RelatedPerson",
    "Release",
    "SafeContact",
    "TeamRole",
    "Wall",
]
