"""The words that sealed values are bound to are recorded, and none of them changes or comes again."""

import pytest

from config.bindings import bindings, differences, recorded

TEXT = "text row=id client=client_id"


def test_the_record_is_what_the_columns_are():
    assert list(differences(list(bindings()), *recorded())) == []
    assert len(list(bindings())) > 40


@pytest.mark.parametrize(
    ("now", "written", "retired", "words"),
    [
        ([("alias.nick", TEXT, "clients.Alias.nick")], {"alias.nick": TEXT}, [], ""),
        ([("alias.nick", TEXT, "clients.Alias.nick")], {}, [], "does not know"),
        ([("person.name", TEXT, "clients.Alias.name")], {"alias.name": TEXT}, [], "does not know"),
        ([], {"alias.name": TEXT}, [], "No column is bound"),
        ([("alias.name", TEXT, "clients.Alias.name")], {}, ["alias.name"], "a column that is gone"),
        (
            [("alias.name", "text row=id client=owner_id", "clients.Alias.name")],
            {"alias.name": TEXT},
            [],
            "old values would not open",
        ),
        (
            [("alias.name", "json row=id client=client_id", "a.B.c")],
            {"alias.name": TEXT},
            [],
            "would not open",
        ),
    ],
)
def test_what_would_make_old_values_unreadable_is_an_error(now, written, retired, words):
    found = [error.msg for error in differences(now, written, frozenset(retired))]
    assert bool(found) == bool(words)
    assert words in " ".join(found)
