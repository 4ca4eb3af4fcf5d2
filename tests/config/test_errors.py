"""An error anywhere leaves its type and its way, and no value: logs, mails, debug pages, hooks, sessions."""

import io
import json
import logging
import pickle
import sys
import traceback

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.signals import got_request_exception
from django.db import IntegrityError, models, transaction
from django.db.models.base import Model
from django.http import Http404
from django.template.base import Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils.log import AdminEmailHandler
from django.views.debug import technical_500_response

from accounts.models import Role
from clients.models import Alias, Client
from config import errors
from config.logs import IdsOnly, LineFormatter
from tests.factories import make_client, make_user
from tests.rights.objects import load
from tests.rights.test_matrix import TEAM_ROLE, on_the_team, rows
from vault.errors import SealBroken
from vault.fields import SealedField

CANARY = "Zqcanary Plumbago Teasel"


class Walker(logging.Handler):
    """As a reporting service does it: the text of the exception and every local variable of its frames."""

    def __init__(self):
        super().__init__()
        self.said = []

    def emit(self, record):
        self.said.append(record.getMessage())
        self.said.append(repr(record.args))
        if record.exc_info:
            self.walk(*record.exc_info)

    def on_signal(self, **kwargs):
        """Bound to Django's signal for a request that failed."""
        self.walk(*sys.exc_info())

    def walk(self, kind, error, trace):
        for each in errors.chain(error):
            self.said += [str(each), repr(each), repr(each.args), repr(getattr(each, "__dict__", {}))]
        for frame, _line in traceback.walk_tb(trace):
            for name, value in frame.f_locals.items():
                self.said.append(f"{name}={value!r}")
                if isinstance(value, Model):
                    self.said.append(repr(value.__dict__))


@pytest.fixture
def hooks(settings):
    """Everything that may report an error: our log lines, mails to administrators, a walker of frames."""
    settings.SCRUB_ERRORS = True
    settings.ADMINS = [("Wren", "wren@juniper.example")]
    stream = io.StringIO()
    lines = logging.StreamHandler(stream)
    lines.setFormatter(LineFormatter())
    lines.addFilter(IdsOnly())
    bare = logging.StreamHandler(bare_stream := io.StringIO())
    bare.setFormatter(logging.Formatter("%(message)s %(args)r"))
    walker, letters = Walker(), AdminEmailHandler(include_html=True)
    handlers = [lines, bare, walker, letters]
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "django.server")]
    for logger in loggers:
        for handler in handlers:
            logger.addHandler(handler)
    got_request_exception.connect(walker.on_signal)
    yield lambda: "\n".join(
        [
            stream.getvalue(),
            bare_stream.getvalue(),
            *walker.said,
            *(str(letter.message()) + letter.body for letter in mail.outbox),
            *(str(part) for letter in mail.outbox for part in getattr(letter, "alternatives", [])),
        ]
    )
    got_request_exception.disconnect(walker.on_signal)
    for logger in loggers:
        for handler in handlers:
            logger.removeHandler(handler)


# --- Every page -----------------------------------------------------------------------------------


def fill_with_canaries(client):
    """Put the canary into every sealed text of the client's rows, so that each page opens some."""
    from django.apps import apps

    for model in apps.get_models():
        fields = [f for f in model._meta.concrete_fields if isinstance(f, SealedField)]
        owned = [f for f in model._meta.concrete_fields if f.attname == "client_id"]
        if not fields or model.__name__.startswith("Historical") or not (owned or model is Client):
            continue
        for row in model._base_manager.filter(**({"client": client} if owned else {"pk": client.pk})):
            for field in fields:
                if type(field).__name__ == "SealedTextField" and field.public_name not in ("channel",):
                    sealed = field.seal_value(CANARY, row=row.pk, client=client.pk)
                    columns = {field.attname: sealed}
                    models.QuerySet(model).filter(pk=row.pk).update(**columns)


def opened_values(client):
    """What a view may have in its hands when it fails."""
    client = Client.objects.get(pk=client.pk)
    return {"name": client.name_used, "row": client, "aliases": [a.name for a in Alias.objects.all()]}


@pytest.mark.django_db
def test_canaries_absent_from_logs_and_error_mails(client, hooks, monkeypatch, caplog):
    """Each address of the rights matrix fails deep inside, with opened values in its frames and its text."""
    caplog.set_level(logging.CRITICAL)  # pytest's own handler prints what it likes; ours are asked
    client.raise_request_exception = False
    failed, asked = set(), 0
    subjects: dict[str, tuple] = {}
    boom = {"on": False, "client": None}
    render, save = Template._render, Model.save_base

    def fail_in(place):
        def failing(self, *args, **kwargs):
            if not boom["on"]:
                return (render if place == "template" else save)(self, *args, **kwargs)
            boom["on"] = False
            held = opened_values(boom["client"]) if boom["client"] else {"typed": CANARY}
            text = f"could not use {held.get('name', CANARY)}"
            raise RuntimeError(text, held)

        return failing

    monkeypatch.setattr(Template, "_render", fail_in("template"))
    monkeypatch.setattr(Model, "save_base", fail_in("save"))
    makers, everyone = load(), {}
    for row in rows():
        role = next((r for r in Role.values if row[r] in ("200", "302", "422")), None)
        if role is None:
            continue
        if row["object"] not in subjects:
            survivor = make_client() if row["object"] else None
            subjects[row["object"]] = (survivor, makers[row["object"]](survivor) if survivor else {})
            if survivor:
                fill_with_canaries(survivor)
        survivor, kwargs = subjects[row["object"]]
        who = (role, survivor.pk if survivor and (role == Role.ATTORNEY or role in TEAM_ROLE) else None)
        if who not in everyone:
            everyone[who] = on_the_team(survivor, role)
        client.force_login(everyone[who])
        with transaction.atomic():
            boom.update(on=True, client=survivor)
            url, typed = reverse(row["name"], kwargs=kwargs), {"note": CANARY, "name": CANARY, "q": CANARY}
            answer = client.get(url) if row["method"] == "GET" else client.post(url, typed)
            boom["on"] = False
            transaction.set_rollback(True)
        asked += 1
        if answer.status_code == 500:
            failed.add(row["name"])
        assert CANARY not in answer.content.decode(errors="replace"), row["name"]
    assert len(failed) > 60
    assert len(failed) >= asked // 2
    said = hooks()
    assert said.count("RuntimeError") > len(failed)
    assert len(mail.outbox) >= len(failed)
    assert CANARY not in said
    kept = "".join(str(row.get_decoded()) for row in Session.objects.all())
    kept += repr([pickle.loads(value) for value in getattr(cache, "_cache", {}).values()])  # noqa: S301
    assert CANARY not in kept


# --- One by one -----------------------------------------------------------------------------------


@pytest.fixture
def trouble():
    """(request, exc_info) of an error whose frames, cause, notes and text hold the canary."""
    request = RequestFactory().post(f"/clients/?q={CANARY}", {"name": CANARY})
    request.COOKIES["draft"] = CANARY

    def inner(name):
        raise KeyError(name)

    def outer(name):
        typed = {"name": name}
        try:
            inner(typed["name"])
        except KeyError as error:
            error.add_note(name)
            raise ValueError(f"no {name}") from error

    try:
        outer(CANARY)
    except ValueError:
        return request, sys.exc_info()


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_the_technical_page_shows_types_in_place_of_values(trouble, settings, debug, accept):
    settings.DEBUG = debug
    request, info = trouble
    request.META["HTTP_ACCEPT"] = accept
    page = technical_500_response(request, *info).content.decode()
    assert "ValueError" in page
    assert "outer" in page
    for piece in (CANARY, CANARY.replace(" ", "%20"), "Plumbago"):
        assert piece not in page
    assert settings.SECRET_KEY not in page


def test_the_page_names_ids_where_the_vault_speaks(trouble, settings):
    settings.DEBUG = True
    request, _info = trouble
    try:
        raise SealBroken("alias", "name", None, "altered")
    except SealBroken:
        page = technical_500_response(request, *sys.exc_info()).content.decode()
    assert "alias.name of row None cannot be opened" in page


def test_an_exception_given_to_a_log_line_becomes_its_type(caplog):
    logging.getLogger("test").warning("failed: %s %r", ValueError(CANARY), KeyError(CANARY))
    logging.getLogger("test").warning(ValueError(CANARY))
    logging.getLogger("test").warning("kept: %s", SealBroken("alias", "name", None, "cut"))
    assert CANARY not in caplog.text
    assert "failed: builtins.ValueError 'builtins.KeyError'" in caplog.text
    assert "alias.name of row None" in caplog.text


def test_a_logged_traceback_has_no_text_and_no_locals(caplog, trouble):
    _request, info = trouble
    logging.getLogger("test").error("failed", exc_info=info)
    assert CANARY not in caplog.text
    assert "ValueError" in caplog.text
    (record,) = caplog.records
    walker = Walker()
    walker.walk(*record.exc_info)
    # The fixture's own frame had ended as well.
    assert CANARY not in "".join(walker.said)


@pytest.mark.django_db
def test_a_row_in_a_log_line_is_its_id(caplog):
    row = Alias(client=make_client(), name=CANARY)
    row.save()
    assert row.name == CANARY
    values = Alias.objects.values("name").get()
    logging.getLogger("test").warning("%r %s %r %r", row, row, row.__dict__, values)
    assert str(row.pk) in caplog.text
    assert CANARY not in caplog.text


def test_an_uncaught_error_is_printed_without_its_text(trouble, capsys):
    errors.print_error(*trouble[1])
    said = capsys.readouterr().err
    assert "builtins.ValueError" in said
    assert "outer" in said
    assert CANARY not in said
    errors.print_error(SealBroken, SealBroken("alias", "name", None, "cut"), None)
    assert "alias.name" in capsys.readouterr().err


def test_answers_to_the_browser_keep_their_words(settings):
    settings.SCRUB_ERRORS = True
    middleware = errors.ForgetLocals(lambda request: None)
    kept, lost = Http404("No such page."), ValueError(CANARY)
    others = [
        ValidationError({"name": CANARY}),
        ValidationError([CANARY]),
        KeyError(CANARY),
        FileNotFoundError(2, "No such file", f"{CANARY}.pdf"),
        UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, "invalid"),
        json.JSONDecodeError("bad", CANARY, 0),
        IntegrityError(f"Key (name)=({CANARY}) already exists."),
        ExceptionGroup("two", [ValueError(CANARY)]),
    ]
    for error in (kept, lost, *others):
        middleware.process_exception(RequestFactory().get("/"), error)
    assert str(kept) == "No such page."
    assert str(lost) == ""
    walker = Walker()
    for error in others:
        walker.walk(type(error), error, None)
    assert CANARY not in "".join(walker.said)


@pytest.mark.django_db
def test_an_opened_value_is_in_no_session_and_no_pickle_of_the_cache(client):
    """Sessions are JSON and refuse rows; a row in the cache leaves its opened values behind."""
    row = Alias(client=make_client(), name=CANARY)
    row.save()
    assert row.name == CANARY
    cache.set("row", row)
    assert CANARY.encode() not in b"".join(cache._cache.values())
    client.force_login(make_user())
    session = client.session
    session["row"] = row
    with pytest.raises(TypeError):
        session.save()
