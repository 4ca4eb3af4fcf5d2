"""Makes California-style sheets with what a reader must get from each, and damages them.

Everything is invented; people are named for birds and plants. `make_sheet` prints one in the clear form;
`imitate_noise` damages keywords as a poor copy does, `imitate_scan` flattens the print and misreads
characters as text recognition does. The record does not change with the damage.
"""

import random

BIRDS = ["DUNLIN", "AVOCET", "CURLEW", "PIPIT", "VIREO", "GODWIT", "LONGSPUR", "VEERY", "KITTIWAKE"]
PLANTS = ["YARROW", "LARKSPUR", "SORREL", "MALLOW", "TANSY", "SAGE", "CAMAS", "LUPINE"]
POLICE = ["CAPD BERKELEY", "CAPD VALLEJO", "CASO KERN", "CAPD SANTA ROSA", "CASO VENTURA", "CAPD ANAHEIM"]
COURTS = ["CASC KERN", "CASC VENTURA", "CASC SONOMA", "CASC SOLANO", "CASC SAN BERNARDINO", "CAMC RIVERSIDE"]
CHARGES = [
    ("PC", "647(b)", "DISORDERLY CONDUCT:PROSTITUTION"),
    ("PC", "415", "FIGHT/NOISE/OFFENSIVE WORDS"),
    ("PC", "530.5(a)", "GET CREDIT/ETC USE OTHER ID"),
    ("VC", "10851(a)", "TAKE VEH W/O OWN CONSENT/VEH THEFT"),
    ("HS", "11379(a)", "TRANSPORT/SELL CONTROLLED SUBSTANCE"),
    ("PC", "594(a)", "VANDALISM"),
    ("WI", "10980(c)(2)", "OBTAIN AID BY FRAUD"),
    ("PC", "243(e)(1)", "BATTERY:SPOUSE/EX SP/DATE/ETC"),
    ("PC", "266i(a)", "PANDERING"),
]
OUTCOMES = [
    ("DISMISSED/FURTHERANCE OF JUSTICE", "dismissed"),
    ("ACQUITTED", "acquitted"),
    ("DIVERTED-DEFERRED ENTRY OF JUDGMENT 1000 PC", "diverted"),
    ("PROC SUSP/1368 PC", "proceedings_suspended"),
    ("HELD TO ANSWER", "held_to_answer"),
    ("BENCH WARRANT ISSUED", "other"),
]
UPDATES = [
    ("CONV SET ASIDE & DISM PER 1203.4 PC", "set_aside"),
    ("CONV SET ASIDE & DISM PER 1203.49 PC", "set_aside"),
    ("CONV VACATED PER 236.14 PC", "vacated"),
    ("REDUCED TO MISDEMEANOR PER 17(B)(3) PC", "reduced"),
    ("RESENTENCED/REDUCED TO MISD PER 1170.18 PC", "reduced"),
    ("PROBATION REINSTATED", "probation_reinstated"),
    ("PROBATION TERMINATED", "probation_terminated"),
    ("DEFENDANT WAIVED COUNSEL", "other"),
]
EXTRAS = [
    ("FINE", "fine"),
    ("FINE SS", "fine suspended"),
    ("RSTN", "restitution"),
    ("EXEC SEN SS", "execution suspended"),
]
FLAGS = [("ATTEMPTED", "attempted"), ("WARRANT", "warrant"), ("PROBATION REVO", "probation revocation")]


class Sheet:
    """Lines and the expected object, written side by side."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311 - repeatable chance
        self.out = []
        self.year = self.random.randint(1985, 1995)
        self.levels = self.random.random() < 0.4
        self.padded = self.random.random() < 0.6
        born = self.day(self.year - 22)
        surname = self.random.choice(BIRDS)
        names = [f"{surname},{self.random.choice(PLANTS)}" for _ in range(self.random.randint(1, 3))]
        self.names = [{"id": f"{n:02d}", "name": name} for n, name in enumerate(names, 1)]
        number = f"A990{seed % 100000:05d}"
        self.want = {
            "subject": {
                "cii": number,
                "dob": iso(born),
                "other_dobs": [],
                "sex": "F",
                "race": "WHITE",
                "names": self.names,
                "monikers": [],
            },
            "events": [],
        }
        self.dob = born
        self.out += [
            f"RE: QHY.CA0990099.99{seed % 1000000:06d}.LEGALAID-        DATE:20250310 TIME:09:11:02",
            "RESTRICTED-DO NOT USE FOR EMPLOYMENT,LICENSING OR CERTIFICATION PURPOSES",
            "",
            f"CII/{number}",
            f"DOB/{born} SEX/F RAC/WHITE",
            "HGT/506 WGT/140 EYE/BRO HAI/BRO POB/CA",
            *(
                f"{'NAM/' if n == 0 else '    '}{name['id']} {name['name']}"
                for n, name in enumerate(self.names)
            ),
            "",
        ]

    def day(self, year):
        return f"{year}{self.random.randint(1, 12):02d}{self.random.randint(1, 28):02d}"

    def event(self, kind, header, agency, number, cycle, dob=False):
        date = self.day(self.year)
        name = self.random.choice(self.names)["id"]
        self.out.append(f"{header:<22}NAM:{name}" + (f"  DOB:{self.dob}" if dob else ""))
        self.out += [f"{date}  {agency}", ""]
        event = {"cycle": cycle, "type": kind, "date": iso(date), "agency": agency, "numbers": [number]}
        event |= {"name_id": name, "dob": iso(self.dob) if dob else None, "counts": []}
        self.want["events"].append(event)
        return event

    def count(self, event, charge, flag=None, last=None):
        first = (event["counts"][-1]["number"] if event["counts"] else 0) + 1
        number = f"     #{event['numbers'][0]}" if not event["counts"] else ""
        self.out.append(f"CNT:{first:02d}{f'-{last:02d}' if last else ''}{number}")
        if flag:
            self.out.append(f"   -{flag[0]}")
        code, section, words = charge
        level = self.random.choice("FM") if self.levels and code else None
        body = f"{section.upper()} {code}-{words}" if code else words
        self.out.append(f"  {body}" + (f" TOC:{level}" if level else ""))
        counts = [
            {"number": n, "code": code, "section": section, "description": words, "level": level,
             "flags": [flag[1]] if flag else [], "dispositions": []}
            for n in range(first, (last or first) + 1)
        ]  # fmt: skip
        event["counts"] += counts
        return counts

    def result(self, counts, printed, kind, date, severity=None, sentence=None):
        self.out.append(f"{'*' if kind == 'convicted' else ' '}DISPO:{printed}")
        if severity:
            self.out.append(f"   CONV STATUS:{ {'M': 'MISDEMEANOR', 'F': 'FELONY'}[severity] }")
        terms = None
        if sentence:
            terms, lines = sentence
            self.out += lines
        for count in counts:
            count["dispositions"].append(
                {"type": kind, "date": date, "severity": severity, "sentence": terms}
            )

    def sentence(self):
        years, days = self.random.randint(1, 5), self.random.choice([5, 10, 45, 90, 180])
        width = "03d" if self.padded else "d"
        parts = [f"{years:{width}} YEARS PROBATION", f"{days:{width}} DAYS JAIL"]
        extra = self.random.sample(EXTRAS, self.random.randint(0, 2))
        lines = [f"   SEN: {', '.join(parts)}"]
        if extra:
            lines[0] += ","
            if self.random.random() < 0.3:
                lines.append("          Page 2 of 9")
            lines.append("        " + ", ".join(printed for printed, _ in extra))
        terms = {
            "probation": f"{years}y",
            "jail": f"{days}d",
            "prison": None,
            "other": sorted(n for _, n in extra),
        }
        return terms, lines

    def cycle(self, number):
        rnd = self.random
        self.out.append("* * * *")
        self.year += rnd.randint(0, 2)
        arrest = self.event(
            "arrest", "ARR/DET/CITE:", rnd.choice(POLICE),
            f"{self.year % 100:02d}-{rnd.randint(10000, 99999)}", number, rnd.random() < 0.5,
        )  # fmt: skip
        charges = rnd.sample(CHARGES, rnd.randint(1, 3))
        for charge in charges:
            self.count(arrest, charge, rnd.choice(FLAGS) if rnd.random() < 0.2 else None)
            if rnd.random() < 0.3:
                self.out.append(f"   COM: SCN-R9999999 ADR-{self.year}0101 (1,ELM ST,,,ANYTOWN,CA)")
            self.out.append("")
        if rnd.random() < 0.25:
            date = self.day(self.year)
            self.out.append(date)
            self.result(
                arrest["counts"][-1:], "PROS REJ-INSUFFICIENT EVIDENCE", "prosecutor_rejected", iso(date)
            )
            return
        self.out.append("- - - -")
        court = self.event("court", "COURT:", rnd.choice(COURTS), f"{rnd.randint(100000, 999999)}", number)
        for charge in charges:
            last = len(court["counts"]) + 2 if rnd.random() < 0.15 else None
            counts = self.count(court, charge, last=last)
            if rnd.random() < 0.55:
                sentence = self.sentence() if rnd.random() < 0.6 else None
                self.result(counts, "CONVICTED", "convicted", court["date"], rnd.choice("MF"), sentence)
            else:
                self.result(counts, *rnd.choice(OUTCOMES), court["date"])
            self.out.append("")
        for _ in range(rnd.randint(0, 2)):
            date = self.day(self.year + 2)
            self.out.append(date)
            self.result(counts, *rnd.choice(UPDATES), iso(date))
            self.out.append("")
        if rnd.random() < 0.2:
            self.out.append("- - - -")
            custody = self.event(
                "custody", "CUSTODY:JAIL", "CASO KERN", f"J{rnd.randint(1000, 9999)}", number
            )
            self.count(custody, charges[0])
            self.out.append("")


def iso(date):
    return f"{date[:4]}-{date[4:6]}-{date[6:]}"


def make_sheet(seed, cycles=3):
    """The text of a clear sheet and its expected object."""
    sheet = Sheet(seed)
    for number in range(1, cycles + 1):
        sheet.cycle(number)
    sheet.out += ["", "     *    *    *    END OF MESSAGE    *    *    *"]
    return "\n".join(sheet.out) + "\n", sheet.want


def imitate_noise(text, seed):
    """Damaged keywords and stray marks, as on a poor copy; the layout stays."""
    rnd = random.Random(seed)  # noqa: S311 - repeatable chance
    swaps = [
        ("CNT:", ["CNI:", "\u00c7NT:", "CHT:", "CNT :", "CNT;"]),
        ("ARR/DET", ["\u25afRR/DET", "ARR/DET.", "AR R/DET"]),
        ("COURT:", ["COURI:", "\u25afOURT:", "COURT :", "COURT;"]),
        ("DISPO:", ["DI SPO:", "DISPO;", "DISP0:", "D1SPO:", "DI SP O:"]),
        ("CONVICTED", ["COMVICTED", "CO NVICTED", "CO NVI CTED", "C0NVICTED"]),
        ("CONV STATUS", ["CONV STATIS", "CONV STATUS "]),
        ("* * * *", [".* * * *", "  * *, * *."]),
        ("- - - -", ["- '- -- -", "- - -- --"]),
        (" PC-", [" PC\u2013", " PC\u2014"]),
        ("(A) ", [" (A) "]),
    ]
    lines = []
    for line in text.split("\n"):
        for clear, damaged in swaps:
            if clear in line and not line.startswith(("RE:", "  COM")) and rnd.random() < 0.25:
                line = line.replace(clear, rnd.choice(damaged), 1)
        if line[:8].isdigit() and rnd.random() < 0.2:
            line = line[:5] + "." + line[5:]
        lines.append(line)
    return "\n".join(lines)


def imitate_scan(text, seed, rate=0.004):
    """Flattened print with misread characters and an unreadable tail, as text recognition leaves it."""
    rnd = random.Random(seed)  # noqa: S311 - repeatable chance
    misread = {"0": "O@Q", "1": "Il", "5": "S", "8": "B", "O": "0", "I": "1l", "S": "5", "B": "8", "C": "(G",
               "D": "O", "M": "N", "N": "M", "E": "F", "T": "I", "R": "K", ",": ".", "-": "~",
               ":": ";"}  # fmt: skip
    lines = []
    for line in text.split("\n"):
        line = " ".join(line.split())
        if not line or line == "- - - -":
            continue
        if line == "* * * *":
            if rnd.random() < 0.6:
                lines.append(rnd.choice(["eee", "tee", "wee", "see."]))
            continue
        line = line.lstrip("*")
        for word in ("NAM:", "CNT:", "DISPO:", "DOB:", "STATUS:", "CONDUCT:"):
            if rnd.random() < 0.4:
                line = line.replace(word, word + " ")
        line = "".join(rnd.choice(misread[c]) if c in misread and rnd.random() < rate else c for c in line)
        lines.append(line)
    lines += [
        "pF ant ow eee Pm - fen , atte De won s",
        "7 \u00bb an ie. 7s a ae 7 wee z wee",
        "2 UT ee TM om, a rc",
    ]
    return "\n".join(lines)
