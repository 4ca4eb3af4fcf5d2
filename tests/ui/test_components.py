"""The look: words of dates, forms, components, refusals, the style sheet, the gallery in a browser."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings as django_settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from config.gallery import IntakeForm, specimens
from config.templatetags import ui
from deadlines.types import ComputedDate, Line

ROOT = Path(django_settings.BASE_DIR)
TODAY = dt.date(2026, 11, 23)
CSS = ROOT / "static" / "afterword" / "css" / "afterword.css"


# --- Words of dates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (dt.date(2026, 11, 27), "Fri, Nov 27"),
        (dt.date(2027, 1, 4), "Mon, Jan 4, 2027"),
        (dt.datetime(2026, 11, 28, 4, 5, tzinfo=dt.UTC), "Fri, Nov 27"),
        (None, ""),
        ("soon", ""),
    ],
)
def test_a_day_names_its_year_only_when_it_is_another_one(value, words):
    assert ui.day(value, TODAY) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-4, "4 days overdue"),
        (-1, "1 day overdue"),
        (0, "today"),
        (1, "tomorrow"),
        (8, "in 8 days"),
        (1200, "in 1,200 days"),
    ],
)
def test_from_today_says_how_far_a_due_date_lies(days, words):
    assert ui.from_today(TODAY + dt.timedelta(days=days), TODAY) == words


def test_ago_never_calls_a_past_event_overdue():
    assert ui.ago(TODAY - dt.timedelta(days=4), TODAY) == "4 days ago"
    assert ui.ago(TODAY - dt.timedelta(days=1), TODAY) == "yesterday"
    assert ui.ago(TODAY + dt.timedelta(days=8), TODAY) == "in 8 days"


@pytest.mark.parametrize(("days", "kind"), [(-1, "late"), (0, "soon"), (6, "soon"), (7, "")])
def test_urgency_turns_amber_six_days_before_and_brick_after(days, kind):
    assert ui.urgency(TODAY + dt.timedelta(days=days), TODAY) == kind


@pytest.mark.parametrize(
    ("hour", "words"),
    [(8, "Mon, Nov 23, 12:05 am"), (20, "Mon, Nov 23, 12:05 pm"), (1, "Sun, Nov 22, 5:05 pm")],
)
def test_a_moment_is_told_in_pacific_time(hour, words):
    assert ui.moment(dt.datetime(2026, 11, 23, hour, 5, tzinfo=dt.UTC), TODAY) == words


def test_a_share_of_nothing_is_no_figure():
    assert ui.percent(214, 229) == "93%"
    assert ui.percent(0, 0) == ""
    assert ui.percent(None, 4) == ""


def test_initials_are_first_and_last():
    assert ui.initials("Wren van Alder") == "WA"
    assert ui.initials("wren@example.org") == "W"
    assert ui.initials("") == "?"


# --- Icons ----------------------------------------------------------------------------------------


def test_every_icon_is_in_the_sprite_and_every_symbol_is_an_icon():
    sprite = (ROOT / "templates" / "frame" / "sprite.html").read_text(encoding="utf-8")
    assert set(re.findall(r'<symbol id="i-(\w+)"', sprite)) == ui.ICONS


def test_an_unknown_icon_is_refused():
    with pytest.raises(ValueError, match="no icon"):
        ui.icon("rocket")


# --- The working of a date ------------------------------------------------------------------------


def a_date(**changes):
    given = {
        "raw": dt.date(2026, 11, 28),
        "due": dt.date(2026, 11, 30),
        "due_source": "computed",
        "citation": "Penal Code 236.14(c)",
        "lines": (
            Line(dt.date(2026, 10, 14), "", "prosecutor received service"),
            Line(None, "+ 45 days", "to answer"),
            Line(dt.date(2026, 11, 30), "", "next court day", "due", True),
        ),
    }
    return ComputedDate(**{**given, **changes})


def test_a_due_date_shows_its_terms_in_order_then_the_citation():
    text = render_to_string("components/sum.html", {"date": a_date(), "today": TODAY})
    places = [
        text.index(part) for part in ("Wed, Oct 14", "+ 45 days", "= Mon, Nov 30", "Penal Code 236.14(c)")
    ]
    assert places == sorted(places)
    assert 'class="aw-sum__due"' in text


@pytest.mark.parametrize(
    ("changes", "marked"),
    [
        ({}, True),
        ({"confirmed": True}, False),
        ({"due_source": "printed"}, False),
        ({"due_source": "entered"}, False),
    ],
)
def test_only_a_computed_date_on_an_unconfirmed_rule_is_marked(changes, marked):
    text = render_to_string("components/cite.html", {"date": a_date(**changes)})
    assert ("Unconfirmed rule" in text) is marked


def test_a_date_without_an_answer_is_not_guessed():
    assert "No date yet" in render_to_string("components/dates.html", {"date": ComputedDate()})
    assert "No date yet" in render_to_string("components/due.html", {"date": ComputedDate()})


# --- Forms ----------------------------------------------------------------------------------------


def sent(**data):
    form = IntakeForm({"name": "Linnet", "language": "es", **data})
    form.is_valid()
    return form


def test_an_error_stands_between_the_label_and_the_control_and_is_tied_to_it():
    text = str(sent(phone="(510) 555-014")["phone"].as_field_group())
    places = [text.index(part) for part in ("<label", "Enter 10 digits. This has 9.", "<input")]
    assert places == sorted(places)
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="id_phone_error"' in text
    assert 'id="id_phone_error"' in text


def test_the_summary_links_every_problem_to_its_control():
    text = str(sent(phone="12"))
    links = re.findall(r'<a href="#([\w-]+)">', text)
    assert "id_phone" in links
    assert "id_contact_0" in links
    assert all(f'id="{link}"' in text for link in links)


def test_a_missing_answer_says_what_to_do():
    form = sent()
    assert form["contact"].problems == ["Choose one."]
    assert form["sheet"].problems == ["Choose a file."]
    assert form["seen_on"].problems == ["Fill this in."]


def test_no_answer_is_drawn_under_its_field_once_and_chooses_nothing():
    text = str(IntakeForm())
    assert text.count('name="phone_none"') == 3
    assert text.index('name="phone"') < text.index('name="phone_none"') < text.index('name="language"')
    assert "checked" not in text


def test_what_is_typed_about_a_client_is_not_kept_by_the_browser():
    text = str(IntakeForm())
    for name in ("name", "phone", "note"):
        assert re.search(rf'<(input|textarea)[^>]*name="{name}"[^>]*autocomplete="off"', text)


def test_a_widget_keeps_its_own_class_beside_ours():
    class Form(forms.Form):
        city = forms.CharField(widget=forms.TextInput(attrs={"class": "aw-input--inline"}))

    text = str(Form()["city"])
    assert 'class="usa-input aw-input--inline"' in text
    assert text.count("class=") == 1


def test_typed_text_is_escaped_in_fields_and_errors():
    text = str(sent(name='<b>"Linnet"</b>', language="<i>x</i>"))
    assert "<b>" not in text
    assert "<i>x" not in text


# --- Components -----------------------------------------------------------------------------------


def test_every_component_is_in_the_gallery_and_names_its_inputs():
    files = {path.stem for path in (ROOT / "templates" / "components").glob("*.html")}
    shown = {specimen.name: specimen for specimen in specimens()}
    assert set(shown) == files
    assert [name for name, specimen in shown.items() if not specimen.inputs] == []


def test_every_state_of_every_component_draws():
    for specimen in specimens():
        for title, markup in specimen.drawn():
            assert markup.strip(), (specimen.name, title)


def test_the_identity_bar_shows_three_alerts_at_most_and_never_assumes_a_pronoun():
    identity = {
        "name": "Linnet",
        "file_number": "2026-0142",
        "alerts": [{"label": f"Alert {n}"} for n in range(5)],
    }
    text = render_to_string("frame/identity.html", {"identity": identity})
    assert text.count("Alert ") == 3
    assert "they ·" in text
    assert "do not call" in text


def test_a_masked_value_is_not_in_the_page_until_opened():
    closed = render_to_string("components/mask.html", {"key": "ssn", "label": "Show SSN"})
    assert 'form="reveal"' in closed
    assert 'value="ssn"' in closed
    opened = render_to_string(
        "components/mask.html", {"key": "ssn", "label": "Show SSN", "value": "000-12-3456"}
    )
    assert "000-12-3456" in opened
    assert "<button" not in opened


def test_a_walled_match_says_nothing_of_the_other_file():
    hit = {"walled": True, "title": "Sorrel Jay, 2019-0088", "strength": "strong", "why": []}
    text = render_to_string("components/hit.html", {"hit": hit})
    assert "Sorrel" not in text
    assert "2019-0088" not in text


def test_a_hidden_small_count_has_no_length_to_read_it_from():
    def width(rows):
        return next(row["width"] for row in ui.bar_chart(rows, "Waiting")["rows"] if row["hidden"])

    hidden = {"label": "over 540", "n": None, "shown": "<5"}
    assert width([{"label": "0–90", "n": 6}, hidden]) == width([{"label": "0–90", "n": 600}, hidden])


def test_a_chart_carries_its_numbers_as_a_sentence_and_as_a_table():
    text = Template('{% bar_chart rows "Petitions by stage" "Petitions" %}').render(
        Context({"rows": [{"label": "Drafting", "n": 18}, {"label": "Served", "n": 1204}]})
    )
    assert 'aria-label="Petitions by stage: Drafting 18, Served 1,204."' in text
    assert text.count("<tr>") == 3


def test_pages_keep_the_rest_of_the_address():
    request = RequestFactory().get("/clients/", {"stage": "drafting & filed", "page": "2"})
    page = Paginator(range(100), 10).page(2)
    text = Template("{% pagination page %}").render(Context({"request": request, "page": page}))
    assert 'href="?stage=drafting+%26+filed&amp;page=3"' in text
    assert text.count("aria-current") == 1


# --- Pages ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_gallery_is_shown_in_development_and_absent_elsewhere(client, settings):
    assert client.get("/components/").status_code == 200
    settings.SHOW_GALLERY = False
    assert client.get("/components/").status_code == 404


@pytest.mark.django_db
def test_a_page_that_may_not_be_seen_does_not_repeat_what_was_asked_for(client):
    response = client.get("/no-such/linnet-2026-0142/")
    assert response.status_code in {302, 404}
    assert "linnet" not in render_to_string("404.html", {"request_path": "/x/linnet/", "exception": "linnet"})


def test_a_refusal_gives_the_reason_it_was_given():
    assert "not counsel of record" in render_to_string(
        "403.html", {"exception": "You are not counsel of record."}
    )


def test_the_page_for_a_fault_of_ours_needs_no_context():
    text = render_to_string("500.html")
    assert "on our side" in text
    assert "{%" not in text


def test_a_title_holds_no_name():
    text = render_to_string(
        "base_file.html", {"identity": {"name": "Linnet", "file_number": "2026-0142"}, "side": []}
    )
    assert "<title>2026-0142 · Afterword</title>" in text


def test_a_page_that_came_back_with_errors_says_so_first_in_its_title():
    page = Template('{% extends "base.html" %}{% block title %}New intake{% endblock %}')
    assert "<title>Error: New intake · Afterword</title>" in page.render(Context({"form": sent()}))
    assert "<title>New intake · Afterword</title>" in page.render(Context({"form": IntakeForm()}))


# --- The style sheet ------------------------------------------------------------------------------


def test_the_style_sheet_names_only_files_that_are_here_and_nothing_outside():
    css = CSS.read_text(encoding="utf-8")
    assert "sourceMappingURL" not in css
    assert "usa-banner" not in css
    assert len(css) < 120_000
    named = set(re.findall(r"url\([\"']?([^\"')]+)", css))
    assert named
    for name in named:
        assert (CSS.parent / name).resolve().is_file(), name


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1440, 390])
def test_the_gallery_passes_axe_and_breaks_no_policy(live_server, browser, width):
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900})
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live_server.url}/components/")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert [line for line in said if "Content Security Policy" in line or "Error" in line] == []
    page.close()


@pytest.mark.browser
def test_on_paper_everything_stands_unfolded_also_without_a_script(browser):
    css = (ROOT / "static/afterword/css/afterword.css").read_text(encoding="utf-8")
    page = browser.new_page(java_script_enabled=False)
    page.set_content(
        f"<style>{css}</style><body class=aw><main><details><summary>3 more</summary>"
        "<p>Call about the heron</p></details><details class=aw-menu><summary>Export</summary>"
        "<p>As CSV</p></details></main>"
    )
    for medium, shown in (("screen", False), ("print", True)):
        page.emulate_media(media=medium)
        assert page.get_by_text("Call about the heron").is_visible() is shown
        assert not page.get_by_text("As CSV").is_visible()
    page.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_shift_three_times_leaves_without_a_way_back(live_server, browser):
    page = browser.new_page()
    page.goto(f"{live_server.url}/components/")
    away = page.locator("a[data-exit]").get_attribute("href")
    page.route(f"{away}**", lambda route: route.fulfill(body="weather", content_type="text/html"))
    before = page.evaluate("history.length")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(f"{away}**")
    assert page.evaluate("history.length") == before
    page.close()
