"""One file from its plot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from clients.models import TeamRole
from documents.models import Document
from records.models import Charge
from reports.demo import people, texts
from reports.demo.batch import Batch
from reports.demo.folder import (
    Folder,
    alias,
    clear_conflicts,
    finish_names,
    identify,
    join,
    look,
    open_folder,
    promise_some,
    reach,
    relate,
    tell_some,
    tokens_of,
    wall,
)
from reports.demo.petitions import course_of, file_petition, open_matter
from reports.demo.plots import FEDERAL, PetitionPlot, Plot
from reports.demo.record import draw_record, file_record
from reports.demo.visa import file_visa, started
from reports.demo.world import World

HAND_OVERS = {"noor": "samuel", "priya": "samuel", "samuel": "grace"}
UNREAD = {0: "\u25af\u25af\u25af: W\u25afRK FURL\u25af\u25af\u25af\u25af ELIG\u25af\u25af"}
"""A line that no reader makes anything of, at the end of an arrest."""
OUTSIDERS = {"noor": "priya", "priya": "noor", "samuel": "noor"}

RELATIVE_OF_LENA = "Robina Fairweather"
"""One person in the stories has the family name of a paralegal, for the auditor to find."""


def person_of(seed: int, index: int) -> people.Person:
    """Who the file with this index is about; known without making the file."""
    return people.make_person(Random(f"{seed}:{index}:person"))


def tell_story(world: World, batch: Batch, index: int, pk: UUID, plot: Plot) -> Folder:
    """A file with everything its plot says, in the batch."""
    chance = Random(f"{world.seed}:{index}")
    person = person_of(world.seed, index)
    opened = _opened(plot, world, chance)
    closed = world.ago(chance.randint(10, 40)) if plot.state in ("closed", "declined") else None
    if closed is not None:
        closed = max(closed, opened)
    team = {TeamRole.ADVOCATE: plot.advocate, TeamRole.COUNSEL: plot.lead, TeamRole.PARALEGAL: plot.paralegal}
    folder = open_folder(
        world,
        batch,
        chance,
        index=index,
        pk=pk,
        person=person,
        opened=opened,
        team=team,
        steps=_steps(plot, opened, closed),
        first_contact=HAND_OVERS[plot.lead] if plot.handed_over else "",
        **_unanswered(plot),
    )
    if plot.handed_over:
        before = world.user(HAND_OVERS[plot.lead])
        join(
            folder,
            TeamRole.CO_COUNSEL if before.role == "attorney" else TeamRole.ADVOCATE,
            before,
            opened,
            left=min(opened + timedelta(days=40), world.ago(1)),
        )
    _people_and_numbers(folder, plot)
    if plot.state in ("open", "closed"):
        _account(folder, plot)
        _casework(folder, plot, closed)
    promise_some(folder, plot.promises)
    if plot.wall:
        wall(folder, world.user(OUTSIDERS[plot.lead]), chance.choice(("ethics", "client_wish")), opened)
    look(folder, chance.randint(3, 14), closed or world.today)
    return folder


def _opened(plot: Plot, world: World, chance: Random) -> date:
    """Before anything else that happens in the file."""
    if plot.state == "intake":
        return world.ago(chance.randint(1, 8))
    first = [course_of(petition, world.today).drafted - timedelta(days=75) for petition in plot.petitions]
    if plot.visa:
        first.append(started(plot.visa, plot.visa_days, world.today) - timedelta(days=20))
    return min([world.ago(chance.randint(60, 140)), *first])


def _steps(plot: Plot, opened: date, closed: date | None) -> list[tuple[date, str, dict[str, Any]]]:
    if plot.state == "intake":
        return []
    if plot.state == "declined":
        return [(closed or opened, plot.lead, {"state": "declined", "closed_on": closed})]
    steps: list[tuple[date, str, dict[str, Any]]] = [
        (opened + timedelta(days=4), plot.lead, {"state": "open"})
    ]
    if plot.handed_over:
        steps.append((opened + timedelta(days=40), plot.lead, {"point_of_contact": plot.advocate}))
    if plot.state == "closed":
        steps.append((closed or opened, plot.lead, {"state": "closed", "closed_on": closed}))
    return steps


def _unanswered(plot: Plot) -> dict[str, Any]:
    """Questions of an unfinished intake that got no value, and the reply that stands for it."""
    found: dict[str, Any] = dict.fromkeys(plot.answers)
    replies = {name: ("declined", "unknown")[place % 2] for place, name in enumerate(plot.answers)}
    if not plot.contact:
        replies["channel"] = "not_asked"
    if plot.state == "intake":
        found["her_words"] = None
        replies["ssn"] = "not_asked"
    return {**found, "answers": replies}


def _people_and_numbers(folder: Folder, plot: Plot) -> None:
    chance, index = folder.chance, folder.index
    contact = reach(folder) if plot.contact else None
    numbers = []
    if plot.state != "intake":
        numbers.append(identify(folder, "ssn", people.ssn(index)))
        if plot.record:
            numbers.append(identify(folder, "cii", people.cii(index)))
        if plot.visa:
            numbers.append(identify(folder, "a_number", people.a_number(index)))
        if chance.random() < 0.5:
            alias(folder, f"{chance.choice(people.GIVEN)} {chance.choice(people.SURNAMES)}")
    related = []
    trafficker = people.trafficker_name(chance)
    if plot.conflict:
        trafficker = people.misspelt(person_of(folder.world.seed, max(index - 3, 1)).legal, chance)
    ties = [
        ("trafficker", trafficker, True),
        ("family", f"{chance.choice(people.GIVEN)} {folder.person.surname}", False),
    ]
    if chance.random() < 0.3:
        ties.append(("co_defendant", f"{chance.choice(people.GIVEN)} {chance.choice(people.SURNAMES)}", True))
    if plot.paralegal == "lena" and plot.state == "open" and not folder.world.relative_told:
        folder.world.relative_told = True
        ties.append(("family", RELATIVE_OF_LENA, False))
    for relation, name, avoid in ties:
        related.append(name)
        relate(
            folder,
            relation,
            name,
            must_not_meet=avoid,
            her_word=folder.fill(chance.choice(texts.WORDS_FOR)) if avoid else None,
            note=folder.fill(chance.choice(texts.RELATED_NOTES)) if avoid else None,
        )
    finish_names(folder)
    if not plot.conflict and plot.state != "intake":
        clear_conflicts(folder, related, tokens_of(contact, numbers))


def _account(folder: Folder, plot: Plot) -> None:
    """What the client told, and a paper that speaks for it."""
    tell_some(folder, 5 if plot.petitions else 3, folder.opened + timedelta(days=8))
    if plot.record or plot.visa:
        title, text = folder.chance.choice(texts.EVIDENCE_FILES)
        folder.papers["letter"] = folder.document(
            Document.Kind.EVIDENCE,
            title,
            folder.fill(text),
            on=folder.opened + timedelta(days=12),
            by=folder.advocate,
            name=f"{folder.person.surname.lower()}-letter.txt",
        )


def _casework(folder: Folder, plot: Plot, closed: date | None) -> None:
    chance, world = folder.chance, folder.world
    if plot.record:
        taken = draw_record(plot, chance)
        imported = folder.opened + timedelta(days=20) if plot.reviewed else world.ago(chance.randint(3, 12))
        if plot.sheet == "review":
            taken[-1] = replace(taken[-1], unread=UNREAD)
        file_record(
            folder,
            taken,
            sheet=plot.sheet,
            imported=imported,
            reviewed=imported + timedelta(days=6),
            cii=people.cii(folder.index),
            names=[folder.person.legal, folder.names[-1]],
        )
        matter = open_matter(folder, "vacatur", folder.opened + timedelta(days=6), folder.lead, closed)
        for number, petition in enumerate(plot.petitions, 1):
            file_petition(folder, matter, number, petition, _charges_for(folder, petition))
    if plot.visa:
        file_visa(folder, plot.visa, plot.visa_days, family=plot.family, closed=closed)


def _charges_for(folder: Folder, petition: PetitionPlot) -> list[Charge]:
    """Tied charges of the petition's place; the petitions of one file are of different places."""
    federal = petition.statute == FEDERAL
    return [
        charge
        for charge in folder.charges
        if charge.nexus == Charge.Nexus.YES
        and (charge.arrest.jurisdiction == "US") == federal
        and (federal or (charge.county or charge.arrest.county) == petition.county)
    ]
