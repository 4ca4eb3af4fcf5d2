"""The whole-name index: what it finds, what it does not tell."""

from collections import Counter

import pytest

from vault import names
from vault.models import NameToken

pytestmark = pytest.mark.django_db
PEOPLE = {
    1: ["Juniper Ann Marigold"],
    2: ["Sorrel Jay", "SJ"],
    3: ["José Plumbago Heron"],
    4: ["Teasel O’Wren"],
}


@pytest.fixture
def _indexed():
    for person, known in PEOPLE.items():
        names.replace(person, known)


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("Juniper Ann Marigold", 1),
        ("juniper ann marigold", 1),
        ("Junipr Ann Marigold", 1),
        ("Junipper Ann Marigold", 1),
        ("Jumiper Ann Marigold", 1),
        ("Jnuiper Ann Marigold", 1),
        ("Marigold Juniper Ann", 1),
        ("Jay, Sorrel", 2),
        ("jay sorrell", 2),
        ("SJ", 2),
        ("Jose Plumbago Heron", 3),
        ("Heron José Plumbago", 3),
        ("Teasel OWren", 4),
        ("Teasel O'Wren", 4),
    ],
)
@pytest.mark.usefixtures("_indexed")
def test_a_name_is_found_with_one_error_or_in_another_order(typed, person):
    assert person in names.candidates(typed)
    assert any(names.near(typed, name) for name in PEOPLE[person])


@pytest.mark.usefixtures("_indexed")
@pytest.mark.parametrize("typed", ["", "  ", "123", "Zebra Nightjar"])
def test_nothing_is_found_for_nothing_or_a_stranger(typed):
    assert names.candidates(typed) == []


def test_a_single_word_of_a_longer_name_is_not_in_the_index():
    """Tokens of single words would tell a thief who is called Maria."""
    names.replace(9, ["Maria Nightjar"])
    assert names.candidates("Maria") == []
    assert names.candidates("Nightjar") == []


def test_replacing_leaves_no_token_of_the_old_name():
    names.replace(9, ["Smew Knot"])
    names.replace(9, ["Teal Dunlin"])
    assert names.candidates("Smew Knot") == []
    assert names.candidates("Teal Dunlin") == [9]
    names.replace(9, [])
    assert not NameToken.objects.filter(person=9).exists()


def test_tokens_have_24_bits_and_padding_hides_the_length():
    sizes = Counter()
    for person in range(40):
        names.replace(person, ["Teal Dunlin"])
        sizes[NameToken.objects.filter(person=person).count()] += 1
    assert len(sizes) > 1
    assert all(token < 2**24 for token in NameToken.objects.values_list("token", flat=True))


@pytest.mark.parametrize(
    ("typed", "name", "why"),
    [
        ("Sorrel Jay", "Sorrel Jay", "same name"),
        ("Jay Sorrel", "Sorrel Jay", "same words in another order"),
        ("Sorreljay", "Sorrel Jay", "same letters, divided otherwise"),
        ("Sorel Jay", "Sorrel Jay", "one letter different"),
        ("Sorel Jax", "Sorrel Jay", "2 letters different"),
        ("Juniper Marigold", "Juniper Ann Marigold", "all words typed are part of the name"),
        (
            "Wren Thistel",
            "Wren Sycamore Thistle",
            "all words typed are part of the name, one letter different",
        ),
        (
            "Thistel Wren",
            "Wren Sycamore Thistle",
            "all words typed are part of the name, one letter different",
        ),
        (
            "Wran Thistel",
            "Wren Sycamore Thistle",
            "all words typed are part of the name, 2 letters different",
        ),
        (
            "Wren Sycamore Thistel",
            "Wren Thistle",
            "the name on file is part of what was typed, one letter different",
        ),
    ],
)
def test_a_match_says_why(typed, name, why):
    found = names.near(typed, name)
    assert found is not None
    assert found.why == why


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Jay", "Kay"),
        ("Wren Alder", "Wren Elder Teasel"),
        ("", "Jay"),
        ("Thistel", "Wren Sycamore Thistle"),
        ("Wren Thistel", "Thistle Sycamore Marsh"),
        ("Wren Thislet", "Wren Sycamore Thistle"),
        ("Jay Ash", "Joy Marsh Ash"),
        ("J S", "Jay Sorrel Marsh"),
        ("Teal Teal", "Teal Marsh Alder"),
    ],
)
def test_short_or_unlike_names_are_not_near(typed, name):
    assert names.near(typed, name) is None


@pytest.mark.parametrize("typed", ["Carla Carta", "Carta Carla"])
def test_the_order_of_misspelled_words_decides_nothing(typed):
    assert names.near(typed, "Carma Carlo Finch").why.endswith("2 letters different")


def test_a_word_that_stands_exactly_may_be_the_misspelled_one():
    assert names.near("Carla Carma", "Carla Marsh Carlo") is not None
