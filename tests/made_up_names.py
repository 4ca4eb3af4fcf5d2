"""Names nobody has, as many as wanted and as unevenly shared as real ones; and how people mistype them."""

from __future__ import annotations

import random
from itertools import accumulate

ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "tr",
    "v",
    "z",
    "",
]
VOWELS = ["a", "e", "i", "o", "u", "ia", "ue"]
CODAS = ["", "", "", "l", "n", "r", "s"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Crowd:
    """Made-up people, always the same for a seed.

    A word's share falls with its rank to the power `skew`. At 0.7 the commonest of 3,000 first names is on
    2.5 % of the people and the commonest of 20,000 family names on 1.5 %: as Maria and Garcia among people of
    Spanish descent in the United States.
    """

    def __init__(
        self, *, seed: int = 7, skew: float = 0.7, firsts: int = 3000, families: int = 20_000
    ) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._firsts = self._words(firsts, (2, 3))
        self._families = self._words(families, (2, 4))
        self._first_weights = _zipf(firsts, skew)
        self._family_weights = _zipf(families, skew)

    def _words(self, count: int, syllables: tuple[int, int]) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            word = "".join(self._syllable() for _ in range(self.chance.randint(*syllables)))
            if len(word) > 2:
                found[word.capitalize()] = None
        return list(found)

    def _syllable(self) -> str:
        return self.chance.choice(ONSETS) + self.chance.choice(VOWELS) + self.chance.choice(CODAS)

    def first(self) -> str:
        """A first name."""
        return self.chance.choices(self._firsts, cum_weights=self._first_weights)[0]

    def family(self) -> str:
        """A family name."""
        return self.chance.choices(self._families, cum_weights=self._family_weights)[0]

    def name(self) -> str:
        """A whole name: a fifth have two first names, two fifths two family names."""
        firsts = [self.first()] + ([self.first()] if self.chance.random() < 0.2 else [])
        families = [self.family()] + ([self.family()] if self.chance.random() < 0.4 else [])
        return " ".join(firsts + families)

    def mistyped(self, word: str) -> str:
        """One letter wrong, left out, too many or swapped with its neighbour; never the word itself."""
        while True:
            at, kind = self.chance.randrange(len(word)), self.chance.randrange(4)
            letter = self.chance.choice(LETTERS)
            new = {
                0: word[:at] + letter + word[at + 1 :],
                1: word[:at] + word[at + 1 :],
                2: word[:at] + letter + word[at:],
                3: word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
            }[kind]
            if new.casefold() != word.casefold():
                return new

    def one_typo(self, name: str) -> str:
        """The name with one word mistyped."""
        words = name.split()
        at = self.chance.randrange(len(words))
        words[at] = self.mistyped(words[at])
        return " ".join(words)

    def typo_in_each(self, name: str) -> str:
        """The name with every word mistyped."""
        return " ".join(self.mistyped(word) for word in name.split())


def _zipf(count: int, skew: float) -> list[float]:
    return list(accumulate(1 / rank**skew for rank in range(1, count + 1)))
