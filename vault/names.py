"""Find a sealed name although it is typed with an error.

For every name a person has, the table `NameToken` holds a keyed token (24 bits; 20 for an installation at
high risk) of the folded name and of each form with one letter left out ("deletion neighbourhood of the whole
name"), joined in the order in which it is written, and one of its sound: the words in alphabetical order,
short forms written out, as they are spoken. A search makes the same tokens for the typed words in every order
and meets the person wherever two forms agree; the few candidates are then opened and compared by
the caller. No token stands for a single word or for a part of a name, so the table does not tell who is
called Maria. What that leaves out (parts of a name, initials) is found by reading every name.

The tokens hang on a key of a generation, which can be changed (`manage rebuild_name_index --rotate`): while
both are in force, a search asks for both.

Measured with 100,000 people: benchmarks/bench_search.py; docs/security.md says what it tells a thief.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, product

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from vault import bulk
from vault.crypto import derive, mac
from vault.installation import installation, secret
from vault.likeness import (
    Nearness,
    fold,
    full_names,
    joined,
    letters_between,
    near,
    orders,
    spanish_sound,
)
from vault.models import Installation, NameToken

__all__ = ["Nearness", "fold", "letters_between", "near"]

TOKEN_BITS = 24
FEWEST_BITS = 16
MOST_BITS = 30
MOST_CANDIDATES = 400
MOST_PADDING = 4
MOST_SOUNDS = 8
MOST_WORDS_SOUNDED = 6


# --- The forms of a name --------------------------------------------------------------------------


def deletions(text: str) -> set[str]:
    """The string and every form of it with one letter left out."""
    return {text} | {text[:i] + text[i + 1 :] for i in range(len(text))}


def sounds(words: list[str]) -> set[str]:
    """How the whole name sounds, whatever the order of its words: "=gonsales lus" of Luz González.

    Short forms are written out; one that stands for several names gives a form for each, eight at most.
    """
    choices = [sorted(full_names(word)) for word in words[:MOST_WORDS_SOUNDED]]
    return {
        "=" + " ".join(sorted(spanish_sound(word) for word in chosen))
        for chosen in islice(product(*choices), MOST_SOUNDS)
    }


def forms_of(names: Iterable[str]) -> set[str]:
    """What is indexed of a person who has these names."""
    forms: set[str] = set()
    for name in names:
        words = fold(name)
        if words:
            forms |= deletions(joined(words)) | sounds(words)
    return forms


def forms_sought(typed: str) -> set[str]:
    """What is looked up for a typed name: as `forms_of`, in every order of the words."""
    words = fold(typed)
    if not words:
        return set()
    forms = sounds(words)
    for order in orders(words):
        forms |= deletions(joined(order))
    return forms


# --- Tokens ---------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _key(root: bytes, bits: int, generation: int) -> bytes:
    return derive(root, f"bidx/1|name|{bits}|{generation}")


def tokens(forms: Iterable[str], *, bits: int, generation: int) -> set[int]:
    """The keyed tokens of these forms."""
    key, shift = _key(secret(), bits, generation), 32 - bits
    return {int.from_bytes(mac(key, form.encode())[:4], "big") >> shift for form in forms}


def indexed_tokens(person: int, names: Iterable[str], *, bits: int, generation: int) -> set[int]:
    """What the table holds of a person: tokens of every form, and up to four that stand for nothing.

    The padding hides how long the name is. It follows from the key, the person and the forms, so that an
    index made anew is the same to the last token, and changes with the name.
    """
    forms = forms_of(names)
    if not forms:
        return set()
    digest = hashlib.sha256("\n".join(sorted(forms)).encode()).digest()
    padding = mac(_key(secret(), bits, generation), b"padding" + person.to_bytes(8, "big") + digest)
    extra = {
        int.from_bytes(padding[4 * i : 4 * i + 4], "big") >> (32 - bits)
        for i in range(1, 1 + padding[0] % (MOST_PADDING + 1))
    }
    return tokens(forms, bits=bits, generation=generation) | extra


# --- Writing --------------------------------------------------------------------------------------


def replace(person: int, names: Iterable[str]) -> None:
    """Index `names` for `person`, in place of whatever was indexed; call it in the save's transaction.

    `person` is the random number in the person's own row.
    """
    replace_many([(person, names)])


def replace_many(people: Iterable[tuple[int, Iterable[str]]]) -> None:
    """`replace` for many people with as many queries as for one."""
    people = [(person, list(names)) for person, names in people]
    NameToken.objects.filter(person__in=[person for person, _names in people]).delete()
    index_new(people)


def index_new(people: Iterable[tuple[int, Iterable[str]]]) -> None:
    """Index people of whom nothing is indexed yet, given as pairs of person number and names."""
    row = installation()
    bulk.insert(
        NameToken,
        ("person", "token"),
        (
            (person, token)
            for person, names in people
            # In the order of the tokens, or the table would tell which forms belong together.
            for token in sorted(
                indexed_tokens(person, names, bits=row.name_bits, generation=row.name_generation)
            )
        ),
    )


# --- Looking up -----------------------------------------------------------------------------------


def candidates(typed: str) -> list[int]:
    """Person numbers whose indexed names may be near `typed`, the likeliest first, at most 400.

    Chance collisions are among them: open and compare (`near`) before anything is shown. Two queries, or
    none where no letter was typed.
    """
    forms = forms_sought(typed)
    if not forms:
        return []
    row = installation()
    sought = tokens(forms, bits=row.name_bits, generation=row.name_generation)
    if row.name_bits_before:
        sought |= tokens(forms, bits=row.name_bits_before, generation=row.name_generation_before)
    rows = (
        NameToken.objects.filter(token__in=sought)
        .values("person")
        .annotate(hits=Count("token"))
        .order_by("-hits", "person")
        .values_list("person", flat=True)
    )
    return list(rows[:MOST_CANDIDATES])


# --- Change of the key ----------------------------------------------------------------------------


def wanted_bits() -> int:
    """Bits of a token as the settings want them; it takes effect with the next rotation."""
    return int(getattr(settings, "NAME_TOKEN_BITS", TOKEN_BITS))


@transaction.atomic
def begin_rotation() -> bool:
    """Put a fresh key in force beside the one of now. False when a rotation was under way already.

    From now on saves write tokens of the new key; searches ask for both until `end_rotation`.
    """
    row = Installation.objects.select_for_update().get(pk=installation().pk)
    if row.name_bits_before:
        return False
    row.name_bits_before, row.name_generation_before = row.name_bits, row.name_generation
    row.name_bits, row.name_generation = wanted_bits(), row.name_generation + 1
    row.save(update_fields=["name_bits_before", "name_generation_before", "name_bits", "name_generation"])
    return True


def end_rotation() -> None:
    """The old key is asked for no more: every name has been indexed under the new one."""
    Installation.objects.filter(pk=1).update(name_bits_before=0, name_generation_before=0)


def new_person_number() -> int:
    """A random 62-bit number for the person's own row."""
    return secrets.randbits(62)
