"""Root keys as words on paper: three shares, of which any two give the keys again and one tells nothing.

SLIP-39 (Shamir's secret sharing with word list, checksum and digest), by the package shamir-mnemonic. Each
root key is split by itself, 33 words a share; a sheet holds one share of each root key.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share

from vault.errors import KeyringError
from vault.keyring.file import today
from vault.keyring.local import parse

SHARES, NEEDED = 3, 2
WORDS_A_LINE = 6
_ROOT = re.compile(r"Root key (\d+)(?:, made ([\d-]+))?(, primary)?(?:, retired ([\d-]+))?:?")

SHEET = """\
AFTERWORD: SHARE {number} OF {shares} OF THE ROOT KEYS

For whoever finds this sheet: it is a third of the keys that open the confidential files of a legal
office. Alone it opens nothing. Please give it back to the office unread.

For the office: any two of the three sheets give the root keys again. Without the root keys nobody can
read any client's data, in the database or in a backup. Print this sheet, delete the file, and keep the
three sheets with three people or in three places. Make new ones after every new root key.

To put the keys back: type the lines from "Installation" on into a text file for each of two sheets, then
    ./run manage keyring combine SHEET-1.txt SHEET-2.txt --file /etc/afterword/keyring.json

Installation: {kind}
Sheets made: {today}
"""


@dataclass
class Sheet:
    """A sheet as it was read: of which installation, and the words of each root key."""

    name: str
    kind: str = ""
    roots: dict[int, dict[str, str]] = field(default_factory=dict)
    words: dict[int, list[str]] = field(default_factory=dict)
    primary: int = 0


def split(content: dict[str, Any]) -> list[str]:
    """The three sheets of a keyring, as text."""
    sheets = [
        SHEET.format(number=number, shares=SHARES, kind=content["kind"], today=today())
        for number in range(1, SHARES + 1)
    ]
    for key_id, entry in sorted(content["keys"].items(), key=lambda item: int(item[0])):
        title = f"Root key {key_id}"
        title += f", made {entry['created']}" if entry.get("created") else ""
        title += ", primary" if int(key_id) == content["primary"] else ""
        title += f", retired {entry['retired']}" if entry.get("retired") else ""
        key = base64.b64decode(entry["key"])
        [shares] = generate_mnemonics(1, [(NEEDED, SHARES)], key)
        for number, share in enumerate(shares):
            sheets[number] += f"\n{title}:\n{_lines(share.split())}"
    return sheets


def _lines(words: list[str]) -> str:
    numbered = [f"{number:>2} {word:<9}" for number, word in enumerate(words, start=1)]
    rows = [numbered[at : at + WORDS_A_LINE] for at in range(0, len(numbered), WORDS_A_LINE)]
    return "".join("  ".join(row).rstrip() + "\n" for row in rows)


def combine(sheets: list[tuple[str, str]]) -> dict[str, Any]:
    """The content of the keyring, from (name, text) of two sheets or all three.

    Raises `KeyringError` naming the sheet and the root key that is wrong; never a word of it.
    """
    read = [_read(name, text) for name, text in sheets]
    if len(read) < NEEDED:
        raise KeyringError(f"It takes {NEEDED} of the {SHARES} sheets.")
    first = read[0]
    for sheet in read[1:]:
        if (sheet.kind, sheet.roots, sheet.primary) != (first.kind, first.roots, first.primary):
            raise KeyringError(f"{sheet.name} and {first.name} are not sheets of the same keys.")
    content: dict[str, Any] = {"kind": first.kind, "primary": first.primary, "keys": {}}
    for number, entry in first.roots.items():
        for sheet in read:
            _check(sheet, number)
        try:
            # Exactly as many as are needed: the package refuses more.
            key = combine_mnemonics([" ".join(sheet.words[number]) for sheet in read[:NEEDED]])
        except MnemonicError:
            raise KeyringError(
                f"The words of root key {number} do not belong together: two different sheets of one "
                "printing are needed."
            ) from None
        content["keys"][str(number)] = {"key": base64.b64encode(key).decode(), **entry}
    parse(json.dumps(content), source="What the sheets give")
    return content


def _check(sheet: Sheet, number: int) -> None:
    try:
        Share.from_mnemonic(" ".join(sheet.words[number]))
    except MnemonicError:
        raise KeyringError(
            f"{sheet.name}: the words of root key {number} are not right; one is missing or misspelled."
        ) from None


def _read(name: str, text: str) -> Sheet:
    sheet, number = Sheet(name), 0
    _before, found, rest = text.partition("Installation:")
    lines = rest.splitlines()
    if not found or not lines:
        raise KeyringError(f"{name} is not a sheet of root keys.")
    sheet.kind = lines[0].strip()
    for line in lines[1:]:
        title = _ROOT.fullmatch(line.strip())
        if title:
            number = int(title[1])
            dates = {"created": title[2], "retired": title[4]}
            sheet.roots[number] = {name: date for name, date in dates.items() if date}
            sheet.words[number] = []
            if title[3]:
                sheet.primary = number
        elif number:
            sheet.words[number] += re.findall(r"[a-z]+", line.lower())
    if not sheet.roots or not sheet.primary:
        raise KeyringError(f"{name} is not a sheet of root keys.")
    return sheet
