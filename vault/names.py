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
LEAST_LETTERS_MISSPELLED = 4


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
    swapped neighbours) over the orders of up to three words, at most one letter a word typed. A name
    that is only a part of the other comes last (`letters_between`); the index cannot find it, a scan of
    every name can.
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
        return Nearness(distance, f"{_letters(distance)} different")
    return _part(left, right)


def _part(left: list[str], right: list[str]) -> Nearness | None:
    """One name as a part of the other: each word of the shorter is a word of the longer, or nearly one."""
    errors = letters_between(left, right)
    if errors is None:
        return None
    if len(left) == len(right):
        why = "same words in another order"
    elif len(left) < len(right):
        why = "all words typed are part of the name"
    else:
        why = "the name on file is part of what was typed"
    if errors:
        why += f", {_letters(errors)} different"
    return Nearness(2 + errors, why)


def letters_between(left: list[str], right: list[str]) -> int | None:
    """How many letters differ when each word of the shorter name meets a word of its own in the longer.

    Folded words. None when a word meets none, or when the shorter name has a single word: too little to
    go by. A word may differ by one letter (or two neighbours swapped) when it has four letters at least
    and begins alike; so short words and other names of one family do not all come up.
    """
    short, rest = (left, list(right)) if len(left) <= len(right) else (right, list(left))
    if len(short) < 2:
        return None
    unmet, others = [], list(rest)
    for word in short:
        if word in others:
            others.remove(word)
        else:
            unmet.append(word)
    if _paired(unmet, others) is not None:
        return len(unmet)
    return _paired(short, rest)  # a word that is there exactly may be wanted by a misspelled one


def _paired(words: list[str], others: list[str]) -> int | None:
    """How many words are misspelled when each meets one of its own among `others`; None when one cannot.

    Augmenting paths: the order in which the words stand decides nothing.
    """
    taken: dict[int, int] = {}

    def place(at: int, tried: set[int]) -> bool:
        for i, other in enumerate(others):
            if i in tried or not (words[at] == other or _misspelled(words[at], other)):
                continue
            tried.add(i)
            if i not in taken or place(taken[i], tried):
                taken[i] = at
                return True
        return False

    if not all(place(at, set()) for at in range(len(words))):
        return None
    return sum(words[at] != others[i] for i, at in taken.items())


def _misspelled(word: str, other: str) -> bool:
    if word[0] != other[0] or min(len(word), len(other)) < LEAST_LETTERS_MISSPELLED:
        return False
    return OSA.distance(word, other, score_cutoff=1) <= 1


def _letters(count: int) -> str:
    return "one letter" if count == 1 else f"{count} letters"


def new_person_number() -> int:
    """A random 62-bit number for the person's own row."""
    return secrets.randbits(62)
