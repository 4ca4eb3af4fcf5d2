"""Compare two opened names: typing errors, order, sound, short forms, initials, parts of a name.

Everything here works on names that are open already and keeps nothing. `near` says how near two whole names
are, and why; `found_by` is its wider sister for somebody who types into a search box; `Marks` sorts out, word
by word, which of many thousand names are worth comparing at all.

The fold for sound follows how Spanish is spoken in the Americas (b and v, s and z and soft c, ll and y,
silent h, j and soft g); beside it stands Metaphone for English (jellyfish).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, permutations
from operator import eq
from pathlib import Path

import yaml
from jellyfish import metaphone
from rapidfuzz.distance import OSA

MOST_WORDS_REORDERED = 3
MOST_WORDS_COMPARED = 6
MOST_LETTERS = 60
LEAST_LETTERS_MISSPELLED = 4
LEAST_SOUND = 3
PARTICLES = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "el",
        "da",
        "do",
        "dos",
        "das",
        "van",
        "von",
        "der",
        "den",
        "di",
        "y",
        "e",
        "al",
    ]
)
"""Words that come and go within a family name: "de la Cruz", "Cruz"."""
GLUED = ("dela", "delos", "delas", "del", "de", "la", "los", "van", "von")
SHORT_FORMS = Path(__file__).parent / "short_forms.yaml"


def fold(name: str) -> list[str]:
    """The words of a name: no marks, no case, letters only ("José-Luis O'Hara" → jose luis ohara)."""
    if not name.isascii():
        letters = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
        name = "".join(c for c in letters if not unicodedata.combining(c)).casefold()
        return re.findall(r"[^\W\d_]+", re.sub(r"['’`]", "", name))
    return re.findall(r"[a-z]+", name.lower().replace("'", "").replace("`", ""))


def joined(words: Iterable[str]) -> str:
    """The words without the spaces between them, cut to `MOST_LETTERS`."""
    return "".join(words)[:MOST_LETTERS]


# --- Short forms and sound ------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _families() -> dict[str, frozenset[str]]:
    """word → the full names it stands for; a full name stands for itself."""
    full: dict[str, set[str]] = {}
    for source in yaml.safe_load(SHORT_FORMS.read_text(encoding="utf-8"))["lists"]:
        for name, shorts in source["names"].items():
            for word in (name, *shorts.split()):
                full.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in full.items()}


def full_names(word: str) -> frozenset[str]:
    """The full names that a folded word is short for ("liz" → elizabeth); itself where none is known."""
    return _families().get(word) or frozenset((word,))


_SPOKEN: dict[str, tuple[tuple[str, str], ...]] = {
    "h": (("ph", "f"), ("ch", "C"), ("sh", "C"), ("h", "")),
    "q": (("que", "ke"), ("qui", "ki"), ("q", "k")),
    "g": (("gue", "Ge"), ("gui", "Gi"), ("ge", "je"), ("gi", "ji"), ("G", "g")),
    "c": (("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k")),
    "l": (("ll", "y"),),
    "n": (("nb", "mb"), ("np", "mp"), ("nv", "mb")),
}
"""Letter → what is replaced where it stands, in this order. Capitals: sounds that later lines leave alone."""
_ONE_LETTER = str.maketrans("zxvw", "ssbu")


@lru_cache(maxsize=20_000)
def spanish_sound(word: str) -> str:
    """How a folded word is spoken in Spanish, written one way ("gonzalez", "gonsales" → gonsales)."""
    return _spoken(word)


def _spoken(word: str) -> str:
    if word[0] == "x":
        word = "j" + word[1:]
    for letter, replaced in _SPOKEN.items():
        if letter in word:
            for letters, to in replaced:
                word = word.replace(letters, to)
    word = word.translate(_ONE_LETTER)
    if any(map(eq, word, word[1:])):
        word = "".join(letter for letter, _same in groupby(word))
    if word[-1:] == "y":
        word = word[:-1] + "i"
    if word[:1] == "i" and word[1:2] in ("a", "e", "o", "u"):
        word = "y" + word[1:]
    return word


@lru_cache(maxsize=20_000)
def _english_sound(word: str) -> str:
    return metaphone(word) if word.isascii() else word


def sounds_alike(word: str, other: str) -> bool:
    """Whether two folded words are spoken alike in Spanish or in English; what is too short says nothing."""
    spoken = spanish_sound(word)
    if len(spoken) >= LEAST_SOUND and spoken == spanish_sound(other):
        return True
    spoken = _english_sound(word)
    return len(spoken) >= LEAST_SOUND and spoken == _english_sound(other)


# --- How near -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a name is to what was typed: `distance` in letters or their like, and why, in words."""

    distance: int
    why: str


def near(typed: str, name: str, *, initials: bool = False) -> Nearness | None:
    """Compare opened names; None when they are not near enough to show.

    Same folded words in any order are distance 0; otherwise the smallest edit distance (with
    swapped neighbours) over the orders of up to three words, at most one letter a word typed; then short
    forms of the same name, the same sound, and an initial beside a word that fits. A name that is only a part
    of the other comes last; the index cannot find it, a scan of every name can. `initials`: those alone will
    do ("A. W." for Ana Wren).
    """
    return near_words(fold(typed), fold(name), initials=initials)


def near_words(left: list[str], right: list[str], *, initials: bool = False) -> Nearness | None:
    """`near`, for words that are folded already."""
    if not left or not right:
        return None
    if left == right:
        return Nearness(0, "same name")
    if sorted(left) == sorted(right):
        return Nearness(0, "same words in another order")
    if joined(left) == joined(right):
        return Nearness(0, "same letters, divided otherwise")
    ways = (_by_letters(left, right), _part(left, right), _by_words(left, right, initials))
    return min((way for way in ways if way is not None), key=lambda way: way.distance, default=None)


def found_by(typed: list[str], words: list[str]) -> Nearness | None:
    """What somebody means who types into a search box: also a beginning, or a single word of the name.

    Folded words. Wider than `near`: use it only among files the reader may see.
    """
    if not typed or not words:
        return None
    text = "".join(typed)
    if any("".join(words[i:]).startswith(text) for i in range(len(words))):
        return Nearness(0, "begins with what was typed")
    nearness = near_words(typed, words, initials=True)
    if nearness is not None:
        return nearness
    *whole, last = typed
    begun = [word for word in words if word.startswith(last)]
    if whole and begun and _paired(whole, [word for word in words if word != begun[0]], exactly=True) == 0:
        return Nearness(1, "its words begin with what was typed")
    if len(typed) == 1:
        ties = [tie for tie in (tie_between(last, word) for word in words) if tie is not None]
        strong = [
            tie for tie in ties if tie.kind != INITIAL and not (tie.kind == LETTER and not tie.same_start)
        ]
        if strong and len(last) > 2:
            tie = min(strong, key=lambda tie: tie.cost)
            return Nearness(2 + tie.cost, "all words typed are part of the name" + _said([tie]))
    return None


def _by_letters(left: list[str], right: list[str]) -> Nearness | None:
    allowed = max(1, min(len(left), len(right)))
    target = joined(right)
    distance = min(OSA.distance(joined(order), target, score_cutoff=allowed) for order in orders(left))
    if distance <= allowed and distance * 4 <= len(target):
        return Nearness(distance, f"{_letters(distance)} different")
    return None


def orders(words: list[str]) -> Iterable[tuple[str, ...]]:
    """Every order of up to three words; of more, those in which the last ones come first."""
    if len(words) <= MOST_WORDS_REORDERED:
        return permutations(words)
    return [(*words[i:], *words[:i]) for i in range(len(words))]


def _part(left: list[str], right: list[str]) -> Nearness | None:
    """One name as a part of the other: each word of the shorter is a word of the longer, or nearly one."""
    errors = letters_between(left, right)
    if errors is None:
        return None
    why = _divided(left, right)
    if errors:
        why += f", {_letters(errors)} different"
    return Nearness(2 + errors, why)


def _divided(left: list[str], right: list[str]) -> str:
    if len(left) == len(right):
        return "same words in another order"
    if len(left) < len(right):
        return "all words typed are part of the name"
    return "the name on file is part of what was typed"


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


def _paired(words: list[str], others: list[str], *, exactly: bool = False) -> int | None:
    """How many words are misspelled when each meets one of its own among `others`; None when one cannot.

    Augmenting paths: the order in which the words stand decides nothing.
    """
    taken: dict[int, int] = {}

    def place(at: int, tried: set[int]) -> bool:
        for i, other in enumerate(others):
            if i in tried or not (words[at] == other or (not exactly and _misspelled(words[at], other))):
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


# --- Word by word ---------------------------------------------------------------------------------

LETTER, SHORT, SOUND, INITIAL = "letter", "short", "sound", "initial"
_SAYS = {SHORT: "short form of the same name", SOUND: "sounds alike", INITIAL: "an initial fits"}


@dataclass(frozen=True, slots=True)
class Tie:
    """How two words hang together: `cost` in letters or their like; `kind` is empty for the same word."""

    cost: int
    kind: str
    same_start: bool = True


SAME = Tie(0, "")


@lru_cache(maxsize=50_000)
def tie_between(word: str, other: str) -> Tie | None:
    """How two folded words hang together, the nearest way; None when they do not."""
    if word == other or _bare(word) == _bare(other):
        return SAME
    if len(word) == 1 or len(other) == 1:
        return Tie(2, INITIAL) if word[0] == other[0] else None
    if full_names(word) & full_names(other):
        return Tie(1, SHORT)
    if sounds_alike(word, other):
        return Tie(1, SOUND)
    if (
        min(len(word), len(other)) >= LEAST_LETTERS_MISSPELLED
        and OSA.distance(word, other, score_cutoff=1) <= 1
    ):
        return Tie(1, LETTER, same_start=word[0] == other[0])
    return None


def _bare(word: str) -> str:
    """A family name without the particle that was written onto it ("delacruz" → cruz)."""
    for particle in GLUED:
        if word.startswith(particle) and len(word) - len(particle) >= LEAST_LETTERS_MISSPELLED:
            return word.removeprefix(particle)
    return word


def _by_words(left: list[str], right: list[str], initials: bool) -> Nearness | None:
    """Names whose words meet one by one: by short form, sound, initial, one letter, or as they are."""
    left, right = _without_particles(left), _without_particles(right)
    short, rest = (left, right) if len(left) <= len(right) else (right, left)
    part = len(short) < len(rest)
    if part and len(short) < 2:
        return None
    ties = _cheapest(short, rest, part)
    if ties is None:
        return None
    kinds = [tie.kind for tie in ties]
    if INITIAL in kinds and all(kind == INITIAL for kind in kinds) and (part or not initials):
        return None  # initials alone fit half the town
    # Who writes by ear writes all of a name by ear: that counts once.
    cost = sum(tie.cost for tie in ties if tie.kind != SOUND) + (SOUND in kinds)
    if part:
        return Nearness(2 + cost, _divided(left, right) + _said(ties))
    return Nearness(cost, _said(ties).removeprefix(", ") or "same name, particles aside")


def _without_particles(words: list[str]) -> list[str]:
    kept = [word for word in words if word not in PARTICLES]
    return (kept if kept else words)[:MOST_WORDS_COMPARED]


def _cheapest(short: list[str], rest: list[str], part: bool) -> list[Tie] | None:
    """Each word of `short` with a word of its own in `rest`, at the least cost; None when one has none."""
    best: dict[tuple[int, int], tuple[int, list[Tie]] | None] = {}

    def place(at: int, used: int) -> tuple[int, list[Tie]] | None:
        if at == len(short):
            return 0, []
        if (at, used) not in best:
            ways = []
            for i, other in enumerate(rest):
                tie = None if used >> i & 1 else tie_between(short[at], other)
                # In a part of a name an error in the first letter is one doubt too many.
                if tie is None or (part and not tie.same_start):
                    continue
                further = place(at + 1, used | 1 << i)
                if further is not None:
                    ways.append((tie.cost + further[0], [tie, *further[1]]))
            best[at, used] = min(ways, key=lambda way: way[0], default=None)
        return best[at, used]

    found = place(0, 0)
    return None if found is None else found[1]


def _said(ties: list[Tie]) -> str:
    letters = sum(tie.kind == LETTER for tie in ties)
    said = [f"{_letters(letters)} different"] if letters else []
    said += [says for kind, says in _SAYS.items() if any(tie.kind == kind for tie in ties)]
    return "".join(f", {words}" for words in said)


# --- Thousands of names ---------------------------------------------------------------------------


class Marks(dict[bytes, int]):
    """Which of the words looked for a word on file may stand for, as bits; worked out once a distinct word.

    `wanted` are the names looked for, as folded words. A name on file is worth comparing with `wanted[i]`
    when the words of it, looked up here one by one, give two bits of `bits[i]` (one, where only one word is
    looked for or a single word will do). Words are the bytes between two spaces, as they were opened.
    """

    def __init__(self, wanted: list[list[str]], *, beginnings: bool = False) -> None:
        super().__init__()
        self.bits: list[int] = []
        self._wanted: list[_Wanted] = []
        self._beginnings = beginnings
        at = 0
        for words in wanted:
            kept = _without_particles(words)
            self.bits.append(((1 << len(kept)) - 1) << at)
            at += len(kept)
            self._wanted += [_Wanted(word) for word in kept]

    def __missing__(self, raw: bytes) -> int:
        mask = 0
        for word in fold(raw.decode()):
            spanish, english = _spoken(word), _english_sound.__wrapped__(word)
            for at, wanted in enumerate(self._wanted):
                if wanted.may_be(word, spanish, english) or (self._beginnings and wanted.begun(word)):
                    mask |= 1 << at
        self[raw] = mask
        return mask


class _Wanted:
    """A word that is looked for, with all that is compared worked out once; wider than `tie_between`."""

    __slots__ = ("_bare", "_english", "_full", "_spanish", "_word")

    def __init__(self, word: str) -> None:
        self._word, self._bare, self._full = word, _bare(word), full_names(word)
        self._spanish, self._english = _spoken(word), _english_sound(word)

    def may_be(self, word: str, spanish: str, english: str) -> bool:
        """Whether `word` may stand for it."""
        return (
            word == self._word
            or (spanish == self._spanish and len(spanish) >= LEAST_SOUND)
            or (english == self._english and len(english) >= LEAST_SOUND)
            # Of a short word too: `_by_letters` counts over the whole name.
            or OSA.distance(self._word, word, score_cutoff=1) <= 1
            or (word[0] == self._word[0] and (len(word) == 1 or len(self._word) == 1))
            or not self._full.isdisjoint(full_names(word))
            or _bare(word) == self._bare
        )

    def begun(self, word: str) -> bool:
        """Whether one is the beginning of the other."""
        return word.startswith(self._word) or (len(word) > 2 and self._word.startswith(word))
