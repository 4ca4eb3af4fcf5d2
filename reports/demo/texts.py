"""Sentences of made-up files. Slots in braces are filled by chance, so that files differ."""

from __future__ import annotations

from random import Random

SLOTS = {
    "place": (
        "the motel off the frontage road",
        "the flat above the laundry",
        "the house with the green gate",
        "the trailer behind the nursery",
        "the back room of the nail shop",
        "the farm by the canal",
    ),
    "thing": ("phone", "passport", "bus card", "pay envelope", "daughter’s papers", "house key", "shoes"),
    "time": (
        "after the first summer",
        "when the rains came",
        "the week of the county fair",
        "before my birthday",
        "the winter of the long strike",
        "in the year my aunt died",
    ),
    "number": ("four", "five", "seven", "nine", "eleven", "twelve"),
    "bird": ("kestrel", "magpie", "heron", "swallow", "owl", "raven", "starling"),
    "plant": ("jacaranda", "oleander", "eucalyptus", "bougainvillea", "pepper tree", "fig tree"),
}

PASSAGES = (
    (
        "How we met",
        "We met under the {plant} near {place}. He said there was work for {number} of us. I believed him.",
    ),
    (
        "The quota",
        (
            "He set the number for each night: {number}. He kept the money and my {thing}. If I "
            "brought less I slept "
            "outside {place}."
        ),
    ),
    (
        "Food, clothes and the locked door",
        (
            "{time_up} he locked the door of {place}. He told me what to bring from the shops, and "
            "waited by the {plant}."
        ),
    ),
    (
        "The card with another name",
        (
            "He bought the card from a man with a {bird} on his jacket and made me learn the name "
            "on it in {number} days."
        ),
    ),
    (
        "The bag",
        "The bag was his. He put it under my seat near {place} and said that a woman is never searched.",
    ),
    (
        "How it ended",
        (
            "{time_up} a woman at {place} gave me a number on the back of a {bird} postcard. I "
            "called it {number} times "
            "before I spoke."
        ),
    ),
)

REASONS = {
    "quota": "He set the quota of {number} and kept the money at {place}; no intent of the client’s own.",
    "told": "Told to bring food and clothes or be locked out of {place}; {time}.",
    "card": "Told to give the name on the card he bought; held the client’s {thing}.",
    "bag": "The bag was his; put under the seat near {place}, {time}.",
    "chose": "He chose the person and stood by the {plant}; refusing meant losing the {thing}.",
    "before": "Two years before they met; nothing of {place} comes into it. Not tied.",
    "after": "After the client had left {place} for good; a parking matter. Not tied.",
}

PROMISES = (
    "Text what the District Attorney said about the {plant} street charge",
    "Call the shelter about the room by the {plant}",
    "Send the order in plain words, with the {bird} cover sheet",
    "Read the declaration together, slowly, with {number} breaks",
    "Ask the court clerk for a quiet room on the {number}th floor",
    "Bring the bus cards for {number} rides",
    "Find out about the {thing} that the police kept",
    "Say who will be in the courtroom besides the {number} of us",
)
HER_WORDS = (
    {"him": "my ex", "that time": "when I was with him", "please avoid": "rescue, prostitution, pimp"},
    {"him": "the landlord of {place}", "that time": "the work year", "please avoid": "slave, illegal"},
    {"her": "la señora of {place}", "that time": "the house", "please avoid": "victim, madam"},
    {"them": "the cousins", "that time": "the season at {place}", "please avoid": "smuggled"},
)
WORDS_FOR = ("my ex", "el patrón", "the landlord", "the driver", "the uncle", "the man from {place}")
RELATED_NOTES = (
    "Drives a grey van with a {bird} sticker; last seen near {place}.",
    "Said to be out since {time}; the family still has the {thing}.",
    "Writes from prison; letters come with a {plant} drawn on them.",
)
CONTACT_NOTES = (
    "Shares the phone with a sister; call only {time_of_day}.",
    "New phone since {time}; the old one was taken with the {thing}.",
    "Wants to be asked first whether it is a good moment.",
)
NEVER = (
    "the number ending in 71",
    "the work e-mail",
    "the address by {place}",
    "letters with our name on them",
)
CODE_WORDS = (
    "blue heron",
    "tule fog",
    "second spring",
    "pepper tree",
    "old bridge",
    "slow river",
    "nine swallows",
)
SAY_YOU_ARE = ("Juniper Street", "the library", "the dentist’s office", "the school")
HOURS = (
    "Mon–Fri 4–6 pm",
    "Tue and Thu after 7 pm",
    "Sundays before noon",
    "weekday mornings, 9–11",
    "after 8 pm",
)
MEANS = (
    (
        "From {place} the client was held by debt and threats; the {thing} was kept, and {number} "
        "others were there."
    ),
    "Promised work near {place}, then made to hand over every payment; beaten {time}.",
)
PERIODS = ("From about {first} to late {last}", "From the spring of {first} to about {last}")
STAGE_NOTES = (
    "Filed at the window with the {bird} cover sheet; the clerk kept it out of the public basket.",
    "The deputy asked for {number} more days and did not get them.",
    "Spoke with the client first: wants to wait outside, near the {plant}.",
    "The judge had read everything and asked about {place} only.",
)
RFE_ASKS = (
    "Proof of the tie to {place}: pay slips, photographs, or two statements of people who saw it.",
    "A certified translation of the birth record, and why it was registered late, {time}.",
    "Evidence of complying with reasonable requests: the detective’s letter about {place}.",
)
VISA_NOTES = (
    "Fingerprints taken; the officer was kind about {place}.",
    "Package went by courier with the {bird} label; {number} tabs.",
)
DECISION_NOTES = (
    "Another person: other birth year, other county, nothing about {place} in common.",
    "Same name in the file of a {bird} farm case; checked by phone {time}.",
)
EVIDENCE_FILES = (
    (
        "Shelter letter",
        "The resident came to us {time} from {place}. She slept with the light on for {number} weeks.",
    ),
    (
        "Clinician’s affidavit",
        (
            "I have seen the patient {number} times. What she tells of {place} is consistent with "
            "control by another."
        ),
    ),
    (
        "Statement of a witness",
        "I lived beside {place}. I saw the man with the {bird} jacket wait by the {plant}.",
    ),
)


def fill(text: str, chance: Random, **given: object) -> str:
    """The sentence with its slots filled."""
    values: dict[str, object] = {slot: chance.choice(words) for slot, words in SLOTS.items()}
    opening = chance.choice(SLOTS["time"])
    values["time_up"] = opening[0].upper() + opening[1:]
    values["time_of_day"] = chance.choice(("early", "late", "at noon", "on the bus home"))
    return text.format(**(values | given))


REVIEW_NOTES = (
    (
        "many_files",
        "fine",
        "Asked at once: the quarter’s figures were due, and the whole caseload was read for them.",
    ),
    (
        "many_refusals",
        "asked",
        "Asked the paralegal: a list with old file numbers lay on the desk. It is shredded now.",
    ),
)
"""What the auditor found of unusual looks: kind, outcome and note."""
