"""What the name index finds among a few thousand people, and what its tokens would tell a thief.

The same on 100,000 people, with times: benchmarks/bench_search.py.
"""

from collections import Counter

import pytest

from tests.made_up_names import Crowd
from vault import names
from vault.likeness import Marks, fold, near_words
from vault.models import NameToken

PEOPLE = 1000
BUDGET = 0.001
"""No token stands for more than this share of the people (docs/security-design.md)."""


def commonest(tokens_of_people):
    """The share of people who have the commonest token."""
    count = Counter(token for tokens in tokens_of_people for token in set(tokens))
    return count.most_common(1)[0][1] / len(tokens_of_people)


@pytest.mark.django_db
def test_leak_budget():
    """Scaled: of ten thousand people ten may share a token; of a thousand, two would be chance already."""
    crowd = Crowd()
    called = [crowd.name() for _ in range(10 * PEOPLE)]
    whole = [
        names.indexed_tokens(person, [name], bits=24, generation=1) for person, name in enumerate(called, 1)
    ]
    assert commonest(whole) <= BUDGET
    # The same measure on what we do not keep: tokens of single words give Maria away.
    words = [names.tokens(fold(name), bits=24, generation=1) for name in called]
    assert commonest(words) > 10 * BUDGET


@pytest.mark.django_db
def test_padding_is_the_same_in_a_rebuild_and_another_for_another_name_person_or_key():
    def padding(person, name, generation):
        every = names.indexed_tokens(person, [name], bits=24, generation=generation)
        return every - names.tokens(names.forms_of([name]), bits=24, generation=generation)

    assert all(padding(n, "Teal Dunlin", 1) == padding(n, "Teal Dunlin", 1) for n in range(20))
    assert {len(padding(n, "Teal Dunlin", 1)) for n in range(60)} == {0, 1, 2, 3, 4}
    for other in ("Teal Dunlins", 1), ("Teal Dunlin", 2):
        assert any(padding(n, "Teal Dunlin", 1) != padding(n, *other) for n in range(5))


@pytest.mark.django_db
def test_one_error_is_found_by_the_index_among_thousands():
    crowd = Crowd(seed=11)
    called = {person: crowd.name() for person in range(1, PEOPLE + 1)}
    names.index_new((person, [name]) for person, name in called.items())
    assert NameToken.objects.count() > 10 * PEOPLE
    tried = crowd.chance.sample(sorted(called), 120)

    def found(typed, person):
        return person in names.candidates(typed) and names.near(typed, called[person]) is not None

    assert sum(found(crowd.one_typo(called[person]), person) for person in tried) / len(tried) >= 0.99
    assert all(found(" ".join(reversed(called[person].split())), person) for person in tried[:50])


def test_an_error_in_each_word_is_found_by_reading_every_name():
    crowd = Crowd(seed=12)
    called = [crowd.name() for _ in range(PEOPLE)]
    found = 0
    for name in crowd.chance.sample(called, 120):
        typed = fold(crowd.typo_in_each(name))
        marks = Marks([typed])
        near = []
        for other in called:
            mask = 0
            for word in other.encode().split():
                mask |= marks[word]
            if mask & (mask - 1) and near_words(typed, fold(other)) is not None:
                near.append(other)
        found += name in near
    assert found / 120 >= 0.97


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["Memo Hernandez", "Hernández Guillermo", "Ernandes Guillermo"])
def test_sound_and_short_forms_of_a_whole_name_are_in_the_index(typed):
    names.replace(9, ["Guillermo Hernández"])
    assert names.candidates(typed) == [9]


@pytest.mark.django_db
def test_no_single_word_and_no_part_of_a_name_is_in_the_index():
    names.replace(9, ["Rosa Guadalupe Hernández Vega"])
    for typed in ("Rosa", "Lupe", "Hernandez", "Rosa Hernandez", "Rosa Guadalupe", "R Hernandez"):
        assert names.candidates(typed) == []
