"""Names and numbers of people who do not exist: birds and plants, 555-01xx, SSNs from 000."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from reports.demo.world import day_of_birth

# No name of under five letters: see manifest.SHORTEST.
GIVEN = [
    "Dahlia",
    "Laurel",
    "Linnet",
    "Sorrel",
    "Bryony",
    "Marigold",
    "Camellia",
    "Jacinta",
    "Azucena",
    "Paloma",
    "Hyacinth",
    "Clover",
    "Zinnia",
    "Robina",
    "Oriole",
    "Phoebe",
    "Starling",
    "Celandine",
    "Verbena",
    "Begonia",
    "Magnolia",
    "Lavender",
    "Primula",
    "Gardenia",
    "Petunia",
    "Jessamine",
    "Amaryllis",
    "Anemone",
    "Columba",
    "Calandra",
    "Alondra",
    "Golondrina",
    "Hortensia",
    "Margarita",
    "Begonya",
    "Susana-Lis",
    "Acacia",
    "Melissa-Bee",
    "Freesia",
    "Gentian",
    "Valerian",
    "Angelica",
    "Yasmina",
    "Nerine",
    "Tamarind",
    "Silvia-Fern",
    "Tulipa",
    "Lantana",
]
GIVEN_HE = [
    "Larkin",
    "Aster",
    "Basil",
    "Florian",
    "Tercel",
    "Peregrine",
    "Alder",
    "Rowan",
    "Jonquil",
    "Mirlo",
    "Hawthorn",
    "Cypress",
]
MIDDLE = [
    "Fennel",
    "Teasel",
    "Yarrow",
    "Bittern",
    "Whimbrel",
    "Dotterel",
    "Pimpernel",
    "Speedwell",
    "Foxglove",
    "Tansy",
    "Campion",
    "Dunnock",
    "Chaffinch",
    "Redwing",
    "Fieldfare",
    "Goldcrest",
    "Harebell",
    "Toadflax",
    "Meadowsweet",
    "Tormentil",
    "Sandpiper",
    "Turnstone",
    "Woodruff",
    "Burnet",
]
SURNAMES = [
    "Dunlin",
    "Avocet",
    "Curlew",
    "Pipit",
    "Vireo",
    "Godwit",
    "Longspur",
    "Veery",
    "Kittiwake",
    "Larkspur",
    "Mallow",
    "Camas",
    "Lupine",
    "Phalarope",
    "Tanager",
    "Grosbeak",
    "Bunting",
    "Towhee",
    "Killdeer",
    "Nuthatch",
    "Waxwing",
    "Sapsucker",
    "Chickadee",
    "Warbler",
    "Redstart",
    "Merganser",
    "Gadwall",
    "Pintail",
    "Shoveler",
    "Wigeon",
    "Bufflehead",
    "Goldeneye",
    "Cormorant",
    "Guillemot",
    "Razorbill",
    "Puffin",
    "Fulmar",
    "Shearwater",
    "Petrel",
    "Gannet",
    "Egret",
    "Spoonbill",
    "Limpkin",
    "Caracara",
    "Kestrel",
    "Merlin",
    "Osprey",
    "Harrier",
    "Goshawk",
    "Manzanita",
    "Madrone",
    "Toyon",
    "Ceanothus",
    "Elderberry",
    "Huckleberry",
    "Columbine",
    "Penstemon",
    "Monkeyflower",
    "Fireweed",
    "Goldenrod",
    "Yellowthroat",
]
TRAFFICKERS = [
    "Buckthorn",
    "Nettle",
    "Hemlock",
    "Bramble",
    "Thistle",
    "Henbane",
    "Nightshade",
    "Ragwort",
    "Knotweed",
    "Tansyweed",
    "Burdock",
    "Cowbane",
    "Cuckoo",
    "Magpie",
    "Cowbird",
    "Butcherbird",
    "Grackle",
    "Jackdaw",
    "Vulture",
    "Skua-Drake",
    "Corvin",
    "Raptor",
]
AREAS = (510, 415, 213, 559, 650, 661, 916, 408, 619, 925, 323, 707)
MAIL = "mail.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    name: str
    legal: str
    surname: str
    born: date
    pronouns: str


def make_person(chance: Random, *, youngest: int = 20, oldest: int = 48, year: int = 2026) -> Person:
    """A person aged between `youngest` and `oldest` in `year`, born on a weekend."""
    kind = chance.random()
    given = chance.choice(GIVEN_HE if kind < 0.14 else GIVEN)
    pronouns = "he" if kind < 0.14 else "they" if kind > 0.95 else "she"
    surname = chance.choice(SURNAMES)
    born = date(year - chance.randint(youngest, oldest), 1, 1) + timedelta(days=chance.randrange(365))
    return Person(given, f"{given} {chance.choice(MIDDLE)} {surname}", surname, day_of_birth(born), pronouns)


def trafficker_name(chance: Random) -> str:
    return f"{chance.choice(GIVEN_HE)} {chance.choice(TRAFFICKERS)}"


def misspelt(name: str, chance: Random) -> str:
    """The name with one letter in its last word doubled or left out."""
    first, _, last = name.rpartition(" ")
    place = chance.randrange(1, len(last) - 1)
    changed = (
        last[:place] + last[place + 1 :]
        if chance.random() < 0.5
        else last[:place] + last[place:][0] + last[place:]
    )
    return f"{first} {changed}".strip()


def phone(chance: Random) -> str:
    return f"({chance.choice(AREAS)}) 555-01{chance.randrange(100):02d}"


def email(person: Person, index: int) -> str:
    return f"{person.name.lower()}.{person.surname.lower()}.{index}@{MAIL}"


def ssn(index: int) -> str:
    """A number that the Social Security Administration never gives: area 000."""
    mixed = (index * 700_001 + 120_043) % 1_000_000
    return f"000-{mixed // 10_000:02d}-{mixed % 10_000:04d}"


def cii(index: int) -> str:
    return f"A990{(index * 70_003 + 10_142) % 100_000:05d}"


def a_number(index: int) -> str:
    return f"A000-{(index * 70_003 + 20_142) % 1_000_000:06d}"


def receipt_number(index: int, count: int) -> str:
    """IOE09 and eight digits: the first six follow the file, the last two count its receipts."""
    return f"IOE09{(index * 10_007 + 123_457) % 1_000_000:06d}{count:02d}"
