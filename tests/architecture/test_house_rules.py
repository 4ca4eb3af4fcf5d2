"""Rules of the house that a reader of one file cannot see."""

import ast
import re
from pathlib import Path

import pytest
from django.core.checks import run_checks

from clients.models import Client, ClientOwned
from config.field_classes import our_models

BASE = Path(__file__).resolve().parents[2]
ROOMS = (
    "accounts",
    "audit",
    "cases",
    "clients",
    "config",
    "deadlines",
    "documents",
    "records",
    "reports",
    "vault",
    "visas",
)
SOURCES = sorted(
    path for room in ROOMS for path in (BASE / room).rglob("*.py") if "migrations" not in path.parts
)
VIEWS = [path for path in SOURCES if "views" in path.parts or path.name.startswith("views")]
TEMPLATES = sorted((BASE / "templates").rglob("*.html"))
NO_HISTORY = {
    "audit.AccessEvent": "is itself the record",
    "audit.ChainHead": "moved on by the log's own trigger",
    "audit.Checkpoint": "what was signed lies outside",
    "audit.Door": "never outlives a transaction",
    "audit.TimedWork": "says when timed work last ran",
    "vault.BackupRun": "says when a backup was made or tried",
    "audit.Verification": "one row a run",
    "reports.UnusualScan": "says how far the log was read",
    "vault.DataKey": "keys are versioned rows",
    "vault.Installation": "one row, written once but for the key of the name index",
    "vault.SpareFile": "names of files about to be removed",
    "vault.NameToken": "rebuildable index",
    "clients.ClientUserPermission": "joining and leaving a team is recorded",
    "clients.ClientGroupPermission": "never written",
}


def label(path):
    return str(path.relative_to(BASE))


def test_the_system_checks_pass():
    assert [found for found in run_checks() if not found.is_silenced()] == []


def test_every_model_has_history_or_a_reason():
    without = {m._meta.label for m in our_models() if not hasattr(m, "history")}
    assert without == set(NO_HISTORY)


@pytest.mark.parametrize("path", VIEWS, ids=label)
def test_views_read_through_visible_to_alone(path):
    """`Model.objects` in a view is followed by `visible_to` or `with_right` for every row of a client."""
    owned = {m.__name__ for m in our_models() if issubclass(m, ClientOwned)} | {Client.__name__}
    doors = {"visible_to", "with_right"}
    wrong = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr in {"objects", "_default_manager", "history"}
            and isinstance(node.value.value, ast.Name)
            and node.value.value.id in owned
            and node.attr not in doors
        ):
            wrong.append(f"line {node.lineno}: {node.value.value.id}.{node.value.attr}.{node.attr}")
    assert wrong == []


@pytest.mark.parametrize("path", VIEWS, ids=label)
def test_views_write_nothing_themselves(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    writes = {"save", "delete", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}
    found = [
        f"line {node.lineno}: .{node.func.attr}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes
    ]
    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_no_raw_sql_no_unsafe_markup_no_unsafe_loading(path):
    text = path.read_text(encoding="utf-8")
    for pattern in (
        r"\.raw\(",
        r"\.extra\(",
        r"\bRawSQL\b",
        r"\bmark_safe\b",
        r"yaml\.load\((?!.*(Safe|_)Loader)",
        r"^import pickle|^from pickle",
        r'fields = "__all__"',
    ):
        assert not re.search(pattern, text, re.M), pattern


@pytest.mark.parametrize("path", TEMPLATES, ids=label)
def test_templates_keep_the_content_security_policy(path):
    text = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.S
    )
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"<script(?![^>]*(\ssrc=|application/json))", text)
    assert not re.search(r"\|safe\b|autoescape off|hx-on|js:", text)
    assert not re.search(r"https?://(?!www\.w3\.org|www\.weather\.gov)", text)


@pytest.mark.parametrize("path", sorted((BASE / "static").rglob("*.js")), ids=label)
def test_scripts_store_nothing_in_the_browser(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|eval\(", text)


def test_rights_are_made_and_read_in_one_place():
    """A right that was not made there has no MAC, and one that is not read there is not checked."""
    allowed = {
        "clients/grants.py",
        "clients/proofs.py",
        "clients/backends.py",
        "clients/models/team.py",
        "clients/models/__init__.py",
        "reports/demo/batch.py",  # stores what clients.grants made
        "reports/demo/build.py",  # removes what a killed run left
    }
    word = re.compile(r"ClientUserPermission|^(from|import) guardian|assign_perm|get_objects_for_user", re.M)
    named = {label(path) for path in SOURCES if word.search(path.read_text(encoding="utf-8"))}
    assert named - allowed == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=label)
def test_what_is_included_alone_is_given_the_token_that_its_form_needs(path):
    """`only` leaves the token behind, and then nobody can send the form."""
    for name, given in re.findall(r'{% include "([^"]+)"([^%]*) only %}', path.read_text(encoding="utf-8")):
        part = BASE / "templates" / name
        if part.exists() and "{% csrf_token %}" in part.read_text(encoding="utf-8"):
            assert "csrf_token=csrf_token" in given, name
