"""Comparing opened names: sound, short forms, initials, families; and what is sorted out beforehand."""

import pytest
import yaml

from tests.made_up_names import Crowd
from vault.likeness import (
    SHORT_FORMS,
    Marks,
    fold,
    found_by,
    near,
    near_words,
    spanish_sound,
)


@pytest.mark.parametrize(
    ("typed", "name", "why", "distance"),
    [
        ("Liz Wren", "Elizabeth Wren", "short form of the same name", 1),
        ("Lupe Hernández", "Guadalupe Hernandez", "short form of the same name", 1),
        ("Pepe Marsh", "José Marsh", "short form of the same name", 1),
        ("Chuy Marsh", "Jesús Marsh", "short form of the same name", 1),
        ("Beto Marsh", "Roberto Marsh", "short form of the same name", 1),
        ("Beto Marsh", "Alberto Marsh", "short form of the same name", 1),
        ("Ximena Chaves", "Jimena Chávez", "sounds alike", 1),
        ("Yolanda Bega", "Llolanda Vega", "sounds alike", 1),
        ("Ernandes Guillermo", "Hernández Memo", "short form of the same name, sounds alike", 2),
        ("Stephen Smyth", "Steven Smith", "sounds alike", 1),
        ("J. Wren", "Jay Wren", "an initial fits", 2),
        ("Rosa Cruz", "Rosa de la Cruz", "same name, particles aside", 0),
        ("Rosa Delacruz", "Rosa de la Cruz", "same letters, divided otherwise", 0),
        ("Rosa Lopez", "Rosa López-García", "all words typed are part of the name", 2),
        ("Rosa López García", "Rosa Lopez", "the name on file is part of what was typed", 2),
        ("Lupe Lopez", "Guadalupe López García", "all words typed are part of the name, short form", 3),
        ("Lupe", "Guadalupe", "short form of the same name", 1),
    ],
)
def test_names_are_near_by_ear_by_short_form_and_by_family(typed, name, why, distance):
    found = near(typed, name)
    assert found is not None
    assert found.why.startswith(why)
    assert found.distance == distance


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("A W", "Ana Wren"),  # initials alone fit half the town
        ("Liz Wren", "Elizabeth Marsh"),
        ("Liz", "Elizabeth Wren"),
        ("Rosa Vega", "Rosa Marsh"),
        ("J W", "Jay Sorrel Wren"),
        ("Beto Marsh", "Elena Marsh"),
        ("Jo Marsh", "Joy Alder"),
    ],
)
def test_other_names_are_not_near(typed, name):
    assert near(typed, name) is None


def test_initials_alone_will_do_where_they_are_asked_for():
    assert near("A W", "Ana Wren", initials=True) is not None
    assert near("A W", "Ana Marsh", initials=True) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Lin", "Linnet Marsh"),
        ("Mar", "Linnet Marsh"),
        ("linnet ma", "Linnet Marsh"),
        ("Marsh Lin", "Linnet Marsh"),
        ("Wren Thi", "Wren Sycamore Thistle"),
        ("Liz", "Elizabeth Wren"),
        ("Gonsales", "Linnet González"),
        ("Thistel", "Wren Sycamore Thistle"),
        ("A W", "Ana Wren"),
        ("linnetmarsh", "Linnet Marsh"),
    ],
)
def test_a_search_box_finds_beginnings_and_single_words(typed, name):
    assert found_by(fold(typed), fold(name)) is not None
    assert met(typed, name)


@pytest.mark.parametrize("typed", ["Zebra", "Lx", "Marsh Alder", "L Z", ""])
def test_a_search_box_does_not_find_what_does_not_fit(typed):
    assert found_by(fold(typed), fold("Linnet Marsh")) is None


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("gonzalez", "gonsales"),
        ("hernandez", "ernandes"),
        ("chavez", "chabes"),
        ("ximenez", "jimenes"),
        ("geronimo", "jeronimo"),
        ("quiroga", "kiroga"),
        ("villa", "biya"),
        ("enbid", "embid"),
        ("iesenia", "yesenia"),
    ],
)
def test_words_that_sound_alike_in_spanish_are_written_one_way(word, other):
    assert spanish_sound(word) == spanish_sound(other)


def met(typed, name):
    """Whether the marks let a name through to be compared, as a search box asks."""
    marks = Marks([fold(typed)], beginnings=True)
    mask = 0
    for word in name.encode().split():
        mask |= marks[word]
    return mask & marks.bits[0] != 0


def test_what_is_near_is_never_sorted_out_beforehand():
    """The marks may let too much through, never too little, where two words are looked for."""
    crowd = Crowd(seed=3)
    lost = []
    for _ in range(300):
        name = crowd.name()
        typed = crowd.typo_in_each(name)
        marks = Marks([fold(typed)])
        mask = 0
        for word in name.encode().split():
            mask |= marks[word]
        if near_words(fold(typed), fold(name)) is not None and not mask & (mask - 1):
            lost.append((typed, name))
    assert lost == []


def test_marks_are_worked_out_once_a_distinct_word():
    marks = Marks([fold("Linnet Marsh")])
    for _ in range(3):
        for word in "Linnet Marsh González-Marsh O’Hara".encode().split():
            marks[word]
    assert len(marks) == 4
    assert marks["González-Marsh".encode()] == marks[b"Marsh"] != 0


def test_short_forms_are_folded_and_say_where_they_were_read():
    for source in yaml.safe_load(SHORT_FORMS.read_text(encoding="utf-8"))["lists"]:
        assert all("http" in where for where in source["sources"])
        for name, shorts in source["names"].items():
            for word in (name, *shorts.split()):
                assert fold(word) == [word]
