"""Entries of the access log as sentences: "Ana Wren opened the statement, from the petition page"."""

from __future__ import annotations

from accounts.models import User
from accounts.services import SIGN_IN, SIGN_OUT
from audit.models import AccessEvent

Action = AccessEvent.Action
LISTS = frozenset({Action.LISTED, Action.SEARCHED})

# What a row of each kind, and each place of a file, is called. One that is not here is named as it stands.
# The client's own copy has other words: words.en.yaml and words.es.yaml.
THINGS = {
    "overview": "the overview",
    "reveal": "a masked value",
    "safecontact": "how to reach the client",
    "alias": "another name",
    "identifier": "a number",
    "relatedperson": "a person in the file",
    "people": "people and safety",
    "conflictcheck": "the conflict check",
    "careteammember": "the care team",
    "team": "the care team",
    "wall": "a wall",
    "commitment": "a promise",
    "promises": "the promises",
    "passage": "a passage of the statement",
    "statements": "the statements",
    "rapsheet": "a RAP sheet",
    "record": "charges and record",
    "arrest": "an arrest",
    "charge": "a charge",
    "petition": "a petition",
    "petitions": "the petitions",
    "petition_plan": "a new petition",
    "papers": "the papers of a petition",
    "petitioncharge": "a charge of a petition",
    "hearing": "a hearing",
    "service": "service of a petition",
    "agency": "an agency",
    "agencyduty": "an agency’s confirmation",
    "deadline": "a date",
    "dates": "the dates",
    "matter": "a matter",
    "document": "a document",
    "documents": "the documents",
    "tvisa": "the T visa",
    "familymember": "a family member",
    "receipt": "a receipt",
    "notice": "a notice",
    "workpermit": "a work permit",
    "intake": "the intake",
    "nothing": "an address that shows nothing",
    "sign_in": "a sign-in",
    "seen": "who has seen this file",
    "seen_copy": "the client’s copy of who has seen the file",
    "access_log": "the access log",
    "access_log_person": "the access log of one person",
    "access_log_day": "the access log of one day",
    "access_log_raw": "the access log, entry by entry",
    "unusual": "the unusual looks",
    "unusuallook": "an unusual look",
    "unusualrules": "the rules for unusual looks",
    "demo": "the made-up people",
    "caseload": "the caseload report",
    "home": "my week",
    "auditor_home": "the auditor’s first page",
    "calendar": "the calendar",
    "client": "the file",
    "breakglass": "a break-glass look",
    "break_glass": "the break-glass looks",
    "legalhold": "a legal hold",
    "erasurerequest": "a request to erase",
    "erasure": "an erasure",
    "erased": "what was erased",
    "release": "a release of information",
    "data_key": "a data key",
    "lookups": "the look-ups",
    "upkeep": "the upkeep of the system",
    "user": "an account",
    "office": "an office",
}
FIELDS = {
    "number": "phone number",
    "email": "e-mail address",
    "code_word": "code word",
    "legal_name": "legal name",
    "date_of_birth": "date of birth",
    "ssn": "Social Security number",
    "a_number": "A-number",
    "cii": "CII number",
    "fbi": "FBI number",
    "license": "driver’s license or ID",
    "aliases": "other names",
    "name": "name",
    "note": "note",
    "value": "number",
    "text": "passage",
    "court_number": "court number",
    "case_number": "court number",
}
ACTS = {
    Action.SEEN: "looked at",
    Action.LISTED: "had in a list",
    Action.SEARCHED: "found by a search",
    Action.REVEALED: "was shown",
    Action.CREATED: "added",
    Action.CHANGED: "changed",
    Action.STAGE: "moved to another stage:",
    Action.FILE_ADDED: "added",
    Action.FILE_OPENED: "opened",
    Action.DRAFTED: "drafted",
    Action.REPORT_SEEN: "looked at",
    Action.EXPORTED: "exported",
    Action.CONFLICT_CHECKED: "ran",
    Action.TEAM_JOINED: "added somebody to",
    Action.TEAM_LEFT: "took somebody off",
    Action.WALL_SET: "set",
    Action.WALL_LIFTED: "lifted",
    Action.REFUSED: "was refused:",
    Action.ACCOUNT: "changed an account",
    Action.SIGNED_IN: "signed in",
    Action.BREAK_GLASS: "opened the file by break-glass, without being on the team",
    Action.BREAK_GLASS_CLOSED: "reviewed a break-glass look",
    Action.UNUSUAL: "noted unusual looking",
    Action.UNUSUAL_CLOSED: "reviewed unusual looking",
    Action.KEYS: "changed the keys",
    Action.RESEALED: "sealed the file again under a new key",
    Action.HOLD_SET: "set a legal hold on the file",
    Action.HOLD_LIFTED: "lifted a legal hold on the file",
    Action.ERASURE_ASKED: "asked for the file to be erased",
    Action.ERASURE_REFUSED: "refused to erase the file",
    Action.ERASED: "erased the file for good",
    Action.PURGED: "erased",
    Action.BACKED_UP: "made a backup",
    Action.RESTORED: "restored a backup",
    Action.CHECKPOINT: "signed a checkpoint of the log",
    Action.KEPT: "kept the records in order",
    Action.BROKEN: "found a value that cannot be opened",
}
WHOLE = frozenset(
    {
        *LISTS,
        Action.SIGNED_IN,
        Action.ACCOUNT,
        Action.BREAK_GLASS,
        Action.BREAK_GLASS_CLOSED,
        Action.UNUSUAL,
        Action.UNUSUAL_CLOSED,
        Action.KEYS,
        Action.RESEALED,
        Action.HOLD_SET,
        Action.HOLD_LIFTED,
        Action.ERASURE_ASKED,
        Action.ERASURE_REFUSED,
        Action.ERASED,
        Action.BACKED_UP,
        Action.RESTORED,
        Action.CHECKPOINT,
        Action.KEPT,
        Action.BROKEN,
    }
)
"""Acts whose words say it all: no thing stands behind them."""

LOUD = frozenset({Action.REVEALED, Action.FILE_OPENED, Action.EXPORTED, Action.REFUSED, Action.BREAK_GLASS})
"""Acts that stand out in the list: more than a look at a page."""

HOUSEKEEPING = frozenset({Action.KEPT})
"""What the system does for itself: in the auditor's full log alone."""

# Pages by the name of their address, where the name itself is no help.
PLACES = {
    "home": "my week",
    "clients": "the list of clients",
    "find": "a search",
    "client-file": "the overview",
    "client-seen": "who has seen the file",
    "client-seen-copy": "the client’s copy",
    "client-statements": "the statements page",
    "client-people": "the page of people and safety",
    "client-promises": "the promises page",
    "client-record": "the charges page",
    "client-petitions": "the petitions page",
    "client-dates": "the dates page",
    "client-documents": "the documents page",
    "client-team": "the care team page",
    "client-tvisa": "the T visa page",
    "client-reveal": "a masked value",
    "rapsheet-review": "the RAP sheet page",
    "rapsheet-upload": "the page that takes RAP sheets",
    "charge-nexus": "the page of a charge",
    "petitions": "the list of petitions",
    "tvisa": "the T visa page",
    "tvisas": "the list of T visas",
    "caseload": "the caseload report",
    "access-log": "the access log",
    "account_login": "the sign-in page",
    "account_reauthenticate": "the sign-in page",
    "mfa_authenticate": "the sign-in page",
    "mfa_reauthenticate": "the sign-in page",
}


def place_words(place: str) -> str:
    """ "the petition page" for the name of an address; "" where nobody knows where the look came from."""
    if not place:
        return ""
    return PLACES.get(place) or f"the {place.replace('-', ' ').replace('_', ' ')} page"


def thing_key(event: AccessEvent) -> str:
    """The word of `THINGS` for what the event is about: the kind of its row, or the place in the file."""
    if event.object_kind == "client" and event.action == Action.SEEN:
        return event.fields[0] if event.fields else "overview"
    return event.object_kind or "client"


def thing_words(event: AccessEvent) -> str:
    """What the event is about, in words; a revealed value by its field, a page of a file by its place."""
    if event.action == Action.REVEALED and event.fields:
        return ", ".join(f"the {FIELDS.get(name, name.replace('_', ' '))}" for name in event.fields)
    key = thing_key(event)
    return THINGS.get(key, key.replace("_", " "))


def words_of(event: AccessEvent) -> str:
    """ "looked at the overview", "was shown the phone number"."""
    if event.object_kind == SIGN_OUT:
        return "signed out"
    act = ACTS[Action(event.action)] if event.action in Action.values else event.action
    return act if event.action in WHOLE else f"{act} {thing_words(event)}"


def from_words(event: AccessEvent) -> str:
    """ "from the petition page"; "" where the page is the one that was looked at, or not known."""
    words = place_words(event.place)
    return f"from {words}" if words and words != thing_words(event) else ""


def actor_words(event: AccessEvent, person: User | None) -> str:
    """The name of who acted; for nobody with an account, what that was."""
    if person is not None:
        return person.name
    return "Somebody not signed in" if event.object_kind == SIGN_IN else "The system"
