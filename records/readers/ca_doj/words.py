"""The closed lists of the California DOJ sheet: headers, codes, places, charge words.

The words are those of the format as the Department of Justice prints it; places are California's
counties, county seats and larger cities. They are used to repair scanned words, never to refuse one.
"""

from __future__ import annotations

# Header word (letters only) to event type. `CUSTODY:JAIL` and the like are matched by their start.
HEADERS = {
    "ARRDETCITE": "arrest",
    "ARRESTDETAINEDCITED": "arrest",
    "ARRDETCITECONT": "arrest",
    "ARREST": "arrest",
    "SUPPLEMENTALARR": "supplemental_arrest",
    "SUPPLEMENTALARREST": "supplemental_arrest",
    "SUPPLARR": "supplemental_arrest",
    "SUPPARR": "supplemental_arrest",
    "COURT": "court",
    "COURTACTION": "court",
    "PROBATION": "probation",
    "CUSTODY": "custody",
    "APPLICANT": "applicant",
    "REGISTRATION": "registration",
    "REGISTRANT": "registration",
    "MENTALHEALTH": "mental_health",
    "MENTALHEALTHCUSTODY": "mental_health",
    "MENTALHLTH": "mental_health",
    "DECEASED": "deceased",
    "DEATH": "deceased",
}
# Headers that a second part may follow: `CUSTODY:JAIL`, `APPLICANT:LICENSE`.
HEADER_STARTS = ("CUSTODY", "APPLICANT", "REGISTRATION", "PROBATION", "MENTALHEALTH", "DECEASED")

# Labels whose colon must not be taken for a header of an unknown event.
LABELS = (
    "CNT", "DISPO", "COM", "SEN", "XSEN", "CONV", "TOC", "NAM", "NAME", "DOB", "DCN", "SCN", "ADR", "DOI",
    "ARRBY", "WARRANT", "CRT", "CRTCASE", "CRTCASENBR", "SENFROM", "CONVSTATUS", "CHRG", "LOC", "FBI",
    "CII", "SEX", "HGT", "RE", "ATTN", "DATE", "TIME", "NOTE", "NOTICE", "WARNING", "COMMENT", "SOC",
    "MON", "AKA", "PAGE", "RESTRICTED", "BAIL", "OCA", "ORI", "BOOKING", "FINE", "STATUTE",
)  # fmt: skip

# Codes of law as CLETS abbreviates them, and some local codes.
CODES = frozenset(
    [
        "PC",
        "HS",
        "VC",
        "BP",
        "WI",
        "CI",
        "CP",
        "EC",
        "ED",
        "EV",
        "FA",
        "FC",
        "FG",
        "FI",
        "GC",
        "HN",
        "IC",
        "IN",
        "LC",
        "MV",
        "PR",
        "PU",
        "RT",
        "RV",
        "SH",
        "SU",
        "UI",
        "US",
        "CC",
        "UC",
        "CO",
        "BC",
        "LAMC",
        "SDMC",
        "SFMC",
        "OMC",
        "SMC",
        "LBMC",
        "SJMC",
        "MC",
        "LACC",
        "CCR",
        "EL",
        "ME",
        "WA",
        "FS",
    ]
)

FLAGS = {
    "ATTEMPTED": "attempted",
    "ATTEMPT": "attempted",
    "WARRANT": "warrant",
    "BENCHWARRANT": "bench warrant",
    "PROBATIONREVO": "probation revocation",
    "PROBATIONREVOC": "probation revocation",
    "PROBATIONREVOCATION": "probation revocation",
    "PROBREVO": "probation revocation",
    "PROBREVOCATION": "probation revocation",
}

RACES = (
    "WHITE", "BLACK", "HISPANIC", "ASIAN", "OTHER", "OTHER ASIAN", "FILIPINO", "AMERICAN INDIAN",
    "CHINESE", "JAPANESE", "KOREAN", "VIETNAMESE", "CAMBODIAN", "LAOTIAN", "SAMOAN", "HAWAIIAN",
    "GUAMANIAN", "PACIFIC ISLANDER", "ASIAN INDIAN", "UNKNOWN",
)  # fmt: skip

AGENCY_CODES = (
    "CAPD", "CASO", "CASC", "CAJV", "CAPR", "CASD", "CAYA", "CAMC", "CAHP", "CADA", "CAUS", "CAFD", "CACO",
    "CASB", "CAJC", "CADP", "CADC", "CAST", "CAUC",
)  # fmt: skip
COURT_CODES = ("CASC", "CAJV", "CAMC", "CAJC", "CAUC")
POLICE_CODES = ("CAPD", "CASO", "CAHP")

PLACE_WORDS = frozenset(
    [
        "ALAMEDA",
        "ALPINE",
        "AMADOR",
        "BUTTE",
        "CALAVERAS",
        "COLUSA",
        "CONTRA",
        "COSTA",
        "DEL",
        "NORTE",
        "EL",
        "DORADO",
        "FRESNO",
        "GLENN",
        "HUMBOLDT",
        "IMPERIAL",
        "INYO",
        "KERN",
        "KINGS",
        "LAKE",
        "LASSEN",
        "LOS",
        "ANGELES",
        "MADERA",
        "MARIN",
        "MARIPOSA",
        "MENDOCINO",
        "MERCED",
        "MODOC",
        "MONO",
        "MONTEREY",
        "NAPA",
        "NEVADA",
        "ORANGE",
        "PLACER",
        "PLUMAS",
        "RIVERSIDE",
        "SACRAMENTO",
        "SAN",
        "BENITO",
        "BERNARDINO",
        "DIEGO",
        "FRANCISCO",
        "JOAQUIN",
        "LUIS",
        "OBISPO",
        "MATEO",
        "SANTA",
        "BARBARA",
        "CLARA",
        "CRUZ",
        "SHASTA",
        "SIERRA",
        "SISKIYOU",
        "SOLANO",
        "SONOMA",
        "STANISLAUS",
        "SUTTER",
        "TEHAMA",
        "TRINITY",
        "TULARE",
        "TUOLUMNE",
        "VENTURA",
        "YOLO",
        "YUBA",
        "OAKLAND",
        "HAYWARD",
        "BERKELEY",
        "FREMONT",
        "RICHMOND",
        "CONCORD",
        "MARTINEZ",
        "ANTIOCH",
        "PITTSBURG",
        "VALLEJO",
        "FAIRFIELD",
        "JOSE",
        "SUNNYVALE",
        "ANA",
        "ANAHEIM",
        "IRVINE",
        "GARDEN",
        "GROVE",
        "HUNTINGTON",
        "BEACH",
        "LONG",
        "LAKEWOOD",
        "INGLEWOOD",
        "COMPTON",
        "TORRANCE",
        "PASADENA",
        "GLENDALE",
        "BURBANK",
        "POMONA",
        "EL",
        "MONTE",
        "HAWTHORNE",
        "GARDENA",
        "NORWALK",
        "DOWNEY",
        "WHITTIER",
        "LANCASTER",
        "PALMDALE",
        "STOCKTON",
        "LODI",
        "MODESTO",
        "TURLOCK",
        "TRACY",
        "BAKERSFIELD",
        "DELANO",
        "VISALIA",
        "CLOVIS",
        "CHULA",
        "VISTA",
        "NATIONAL",
        "CITY",
        "OCEANSIDE",
        "ESCONDIDO",
        "CAJON",
        "MESA",
        "CARLSBAD",
        "MORENO",
        "VALLEY",
        "CORONA",
        "HEMET",
        "INDIO",
        "ONTARIO",
        "FONTANA",
        "RIALTO",
        "VICTORVILLE",
        "REDLANDS",
        "UPLAND",
        "SALINAS",
        "SEASIDE",
        "ROSA",
        "PETALUMA",
        "ROHNERT",
        "PARK",
        "REDDING",
        "CHICO",
        "EUREKA",
        "OXNARD",
        "MARIA",
        "SIMI",
        "THOUSAND",
        "OAKS",
        "DALY",
        "REDWOOD",
        "RAFAEL",
        "CENTRAL",
        "METRO",
        "CORRECTIONS",
        "SOCIAL",
        "SERV",
        "SERVICES",
        "HIGHWAY",
        "PATROL",
        "COUNTY",
        "CO",
        "VAN",
        "NUYS",
        "CLARITA",
        "WEST",
        "COVINA",
        "LEANDRO",
        "UNION",
        "ROSEVILLE",
        "FOLSOM",
        "ELK",
        "RANCHO",
        "CUCAMONGA",
        "DEPARTMENT",
        "YOUTH",
        "AUTHORITY",
        "JUVENILE",
        "CCL",
    ]
)

# Wordings of charges in the DOJ's table (code, section, words): the ones most often printed. Words, and
# a section one misread digit away, are repaired from here on scanned sheets only.
CHARGES = tuple(
    (row.split("|")[0].strip(), row.split("|")[1].strip(), row.split("|")[2].strip())
    for row in """
    PC|647(b)|DISORDERLY CONDUCT:PROSTITUTION
    PC|647(a)|DISORDERLY CONDUCT:SOLICIT LEWD ACT
    PC|647(f)|DISORDERLY CONDUCT:INTOX DRUG/ALCOH
    PC|647(f)|DISORDERLY CONDUCT:INTOX DRUG/ALCOHOL
    PC|653.22(a)|LOITER:INTENT:PROSTITUTION
    PC|653.22(a)|LOITERING INTENT PROSTITUTION
    PC|653.23(a)|SUPERVISE/AID PROSTITUTE
    PC|266h(a)|PIMPING
    PC|266i(a)|PANDERING
    PC|236|FALSE IMPRISONMENT
    PC|236.1(a)|HUMAN TRAFFICKING
    PC|315|KEEP HOUSE OF ILL FAME
    PC|372|PUBLIC NUISANCE
    PC|148(a)(1)|OBSTRUCT/ETC PUBLIC OFFICER/ETC
    PC|148.9(a)|FALSE ID TO SPECIFIC PEACE OFICERS
    PC|166(a)(4)|CONTEMPT:DISOBEY COURT ORDER/ETC
    PC|211|ROBBERY
    PC|212.5(c)|ROBBERY:SECOND DEGREE
    PC|240|ASSAULT
    PC|242|BATTERY
    PC|243(b)|BATTERY PEACE OFFICER/EMERG PERSNL/ETC
    PC|243(e)(1)|BATTERY:SPOUSE/EX SP/DATE/ETC
    PC|245(a)(1)|FORCE/ADW NOT FIREARM:GBI LIKELY
    PC|245(a)(4)|FORCE/ADW NOT FIREARM:GBI LIKELY
    PC|273.5(a)|INFLICT CORPORAL INJ SPOUSE/COHAB
    PC|273a(b)|CRUELTY TO CHILD
    PC|32|ACCESSORY
    PC|415|FIGHT/NOISE/OFFENSIVE WORDS
    PC|422|THREATEN CRIME W/INTENT TO TERRORIZE
    PC|459|BURGLARY
    PC|459|BURGLARY:SECOND DEGREE
    PC|459|BURGLARY:FIRST DEGREE
    PC|460(b)|BURGLARY:SECOND DEGREE
    PC|470(d)|FORGERY
    PC|475(a)|POSSESS/ETC BAD CHECK/ETC
    PC|476|MAKE/ETC FICTITIOUS CHECK
    PC|476a(a)|INSUFFICIENT FUNDS:CHECKS
    PC|484(a)|THEFT OF PERSONAL PROPERTY
    PC|484(a)|THEFT
    PC|484e(d)|GRAND THEFT:ACCESS CARD
    PC|484g(a)|USE ACCESS CARD WITHOUT CONSENT
    PC|484(a)/490.5|THEFT/PETTY THEFT MERCHANDISE
    PC|487(a)|GRAND THEFT:MONEY/LABOR/PROPERTY
    PC|487(c)|GRAND THEFT FROM PERSON
    PC|488|PETTY THEFT
    PC|490.5(a)|PETTY THEFT RETAIL/ETC
    PC|496|RECEIVE/ETC KNOWN STOLEN PROPERTY
    PC|496(a)|RECEIVE/ETC KNOWN STOLEN PROPERTY
    PC|530.5(a)|GET CREDIT/ETC USE OTHER ID
    PC|537(a)|DEFRAUD INNKEEPER
    PC|594(a)|VANDALISM
    PC|602(k)|TRESPASS:INJURE PROPERTY
    PC|602(m)|TRESPASS:OCCUPY PROPERTY WO CONSENT
    PC|666|PETTY THEFT W/PRIOR
    PC|853.7|FAIL TO APPEAR AFTER WRITTEN PROMISE
    PC|1203.2|PROBATION VIOLATION
    PC|1551|FUGITIVE FROM JUSTICE:WARRANT ARREST
    PC|12022.1|COMMIT FELONY WHILE ON BAIL/OR
    PC|667.5(b)|PRIOR PRISON TERM
    HS|11350(a)|POSSESS NARC CONTROL SUBSTANCE
    HS|11351|POSS/PURCHASE FOR SALE NARC/CNTL SUB
    HS|11352(a)|TRANSPORT/SELL NARCOTIC/CNTL SUB
    HS|11357(b)|POSSESS MARIJUANA 28.5 GRAMS OR LESS
    HS|11364|POSSESS CONTROL SUBSTANCE PARAPHERNA
    HS|11377(a)|POSSESS CONTROLLED SUBSTANCE
    HS|11378|POSSESS CONTROL SUBSTANCE FOR SALE
    HS|11379(a)|TRANSPORT/SELL CONTROLLED SUBSTANCE
    HS|11532(a)|LOITER PUBLIC PLACE:DRUG ACTIVITY
    HS|11550(a)|USE/UNDER INFL CONTRLD SUBSTANCE
    HS|11590|REGISTRATION OF CNTL SUB OFFENDER
    BP|4140|POSSESS HYPODERMIC NEEDLE/SYRINGE
    BP|25662|MINOR POSSESS ALCOHOL
    VC|10851(a)|TAKE VEH W/O OWN CONSENT/VEH THEFT
    VC|12500(a)|DRIVE W/O LICENSE
    VC|14601.1(a)|DRIVE WHILE LIC SUSPENDED
    VC|20002(a)|HIT AND RUN:PROPERTY DAMAGE
    VC|23152(a)|DUI ALCOHOL/DRUGS
    VC|23152(b)|DUI ALCOHOL/0.08 PERCENT
    WI|602|FAIL OBEY ORDER JUV COURT
    WI|10980(c)(2)|OBTAIN AID BY FRAUD
    """.strip().splitlines()
)
PLAIN_DESCRIPTIONS = ("APPLICANT HOME CARE AIDE", "SEE COMMENT FOR CHARGE")

# Shapes of court case numbers, 9 for a digit, by the words of the court. Used on scanned sheets only: a
# number of one of these courts that fits none of its shapes is repaired when look-alike characters
# explain it, and else withheld.
CASE_SHAPES = {
    "ALAMEDA": ("999999", "999999A"),
    "CONTRA COSTA": ("99-999999-9", "9-999999-9"),
    "FRESNO": ("F99999999",),
    "LOS ANGELES CENTRAL": ("BA999999",),
    "LOS ANGELES LONG BEACH": ("NA999999",),
    "LOS ANGELES METRO": ("9CJ99999",),
    "ORANGE": (
        "99CM99999", "99HF9999", "99NF9999", "99WF9999", "99CF9999", "99HM99999", "99NM99999", "99WM99999",
    ),
    "SACRAMENTO": ("99M99999", "99F99999"),
    "SAN DIEGO": ("M999999", "CD999999", "CE999999", "CN999999", "CS999999", "SCD999999"),
    "SAN FRANCISCO CO": ("9999999", "99999999"),
    "SAN JOAQUIN": ("SM999999A", "SF999999A"),
    "SAN JOSE": ("CC999999",),
}  # fmt: skip
