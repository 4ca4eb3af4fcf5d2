"""Find a sealed name although it is typed with an error.

For every name a person has, the table `NameToken` holds a keyed 24-bit token of the folded name
and of each form with one letter left out ("deletion neighbourhood of the whole name"), joined in
the order in which it is written. A search makes the same tokens for the typed words in every order
and meets the person wherever two forms agree; the few candidates are then opened and compared by
the caller. No token stands for a single word, so the table does not tell who is called Maria.

Measured with 100,000 people: 0.5 ms a search, the commonest token on 0.03 % of people
(docs/security.md, "What the name index tells a thief").
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

from django.db.models import Count
from rapidfuzz.distance import OSA

from vault.crypto import derive, mac
from vault.installation import secret
from vault.models import NameToken

TOKEN_BITS = 24
MOST_WORDS_REORDERED = 3
MOST_LETTERS = 60
MOST_CANDIDATES = 400
MOST_PADDING = 4


def fold(name: str) -> list[str]:
    """The words of a name: no marks, no case, letters only ("José-Luis O'Hara" → jose luis ohara)."""
    letters = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    plain = "".join(c for c in letters if not unicodedata.combining(c)).casefold()
    return re.findall(r"[^\W\d_]+", re.sub(r"['’`]", "", plain))


def deletions(joined: str) -> set[str]:
    """The string and every form of it with one letter left out."""
    return {joined} | {joined[:i] + joined[i + 1 :] for i in range(len(joined))}


def _tokens(forms: Iterable[str]) -> set[int]:
    key = derive(secret(), f"bidx/1|name|{TOKEN_BITS}")
    return {int.from_bytes(mac(key, form.encode())[:4], "big") >> (32 - TOKEN_BITS) for form in forms}


def _joined(words: list[str]) -> str:
    return "".join(words)[:MOST_LETTERS]


def replace(person: int, names: Iterable[str]) -> None:
    """Index `names` for `person`, in place of whatever was indexed; call it in the save's transaction.

    `person` is the random number in the person's own row. A few random tokens are added, so that
    their number does not tell the length of the name.
    """
    NameToken.objects.filter(person=person).delete()
    index_new([(person, names)])


def index_new(people: Iterable[tuple[int, Iterable[str]]]) -> None:
    """Index people of whom nothing is indexed yet, given as pairs of person number and names."""
    NameToken.objects.bulk_create(
        NameToken(person=person, token=token) for person, names in people for token in _indexed_tokens(names)
    )


def _indexed_tokens(names: Iterable[str]) -> set[int]:
    forms: set[str] = set()
    for name in names:
        words = fold(name)
        if words:
            forms |= deletions(_joined(words))
    tokens = _tokens(forms)
    if tokens:
        tokens |= {secrets.randbits(TOKEN_BITS) for _ in range(secrets.randbelow(MOST_PADDING + 1))}
    return tokens


def candidates(typed: str) -> list[int]:
    """Person numbers whose indexed names may be near `typed`, the likeliest first, at most 400.

    Chance collisions are among them: open and compare (`near`) before anything is shown.
    """
    words = fold(typed)
    if not words:
        return []
    orders = permutations(words) if len(words) <= MOST_WORDS_REORDERED else [tuple(words)]
    forms: set[str] = set()
    for order in orders:
        forms |= deletions(_joined(list(order)))
    rows = (
        NameToken.objects.filter(token__in=_tokens(forms))
        .values("person")
        .annotate(hits=Count("token"))
        .order_by("-hits")
        .values_list("person", flat=True)
    )
    return list(rows[:MOST_CANDIDATES])


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a name is to what was typed: `distance` in letters, and why, in words."""

    distance: int
    why: str


def near(typed: str, name: str) -> Nearness | None:
    """Compare opened names; None when they are not near enough to show.

    Same folded words in any order are distance 0; otherwise the smallest edit distance (with
    swapped neighbours) over the orders of up to three words, at most one letter a word typed.
    """
    left, right = fold(typed), fold(name)
    if not left or not right:
        return None
    if left == right:
        return Nearness(0, "same name")
    if sorted(left) == sorted(right):
        return Nearness(0, "same words in another order")
    if _joined(left) == _joined(right):
        return Nearness(0, "same letters, divided otherwise")
    allowed = max(1, min(len(left), len(right)))
    orders = permutations(left) if len(left) <= MOST_WORDS_REORDERED else [tuple(left)]
    target = _joined(right)
    distance = min(OSA.distance(_joined(list(order)), target, score_cutoff=allowed) for order in orders)
    if distance <= allowed and distance * 4 <= len(target):
        letters = "one letter" if distance == 1 else f"{distance} letters"
        return Nearness(distance, f"{letters} different")
    if len(left) >= 2 and set(left) < set(right):
        return Nearness(2, "all words typed are part of the name")
    if len(right) >= 2 and set(right) < set(left):
        return Nearness(2, "the name on file is part of what was typed")
    return None


def new_person_number() -> int:
    """A random 62-bit number for the person's own row."""
    return secrets.randbits(62)
