"""What is compared of two members, by question: the whole model but for its learnt weights.

Each comparison is a list of levels from the most alike down; the first whose condition holds is taken. Training adds
what is expected of a level to what it counts, as ``PSEUDO_PAIRS`` pairs: a level that few true pairs have reached has a
sober weight.
"""

from dataclasses import replace

from etl.i18n import _
from etl.link.claim import Question
from etl.link.levels import ELSE, Comparison, Level, contacts, names, places

PSEUDO_PAIRS = 12.0

_NO_NAME = "bits_l = 0 OR bits_r = 0"
_NO_PLACE = "same_town(municipality_l, municipality_r) AND NOT comparable(road_l, road_r, x_l, x_r)"
_NO_CONTACT = (
    "NOT both_told(phones_l, phones_r) AND NOT both_told(emails_l, emails_r) AND NOT both_told(sites_l, sites_r)"
)
# Types of which two are never at one address (data/linkage/types.csv) have weights of their own: there another name
# means another owner, elsewhere another service.
_ALONE = "(alone_l AND alone_r)"
# Two of them at one number are a slip in a list: far fewer than a sample of pairs can show.
BY_LAW = 1e-7


# The only bodies whose lists tell addresses are comuni, one to a town: no sample tells how many other bodies share a
# town or a street. Declared so that another address in one town hardly speaks; the towns are compared on their own.
_BODIES_IN_TOWN = {"via": 0.01, "vicino": 0.005, "cap": 0.07, "comune": 0.06}


def _by_law(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    return replace(levels[0], u=BY_LAW), *levels[1:]


def _in_town(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    return tuple(replace(level, u=_BODIES_IN_TOWN.get(level.name)) for level in levels)


# --- services -------------------------------------------------------------------------------------------

NAME_ALONE = Comparison(
    "nome_unico",
    _("nome"),
    f"NOT {_ALONE} OR main_l IS NULL OR main_r IS NULL OR {_NO_NAME}",
    names(0.35, 0.2, 0.3, 0.05, 0.03, 0.03, 0.04),
)
NAME = Comparison(
    "nome",
    _("nome"),
    f"{_ALONE} OR main_l IS NULL OR main_r IS NULL OR {_NO_NAME}",
    names(0.4, 0.15, 0.25, 0.07, 0.06, 0.05, 0.02),
)
PLACE_ALONE = Comparison(
    "luogo_unico",
    _("luogo"),
    f"NOT {_ALONE} OR ({_NO_PLACE})",
    _by_law(places(0.75, 0.1, 0.04, 0.02, 0.01, 0.01, 0.02, 0.02, 0.02, 0.01)),
)
PLACE = Comparison(
    "luogo",
    _("luogo"),
    f"{_ALONE} OR ({_NO_PLACE})",
    places(0.75, 0.08, 0.03, 0.04, 0.02, 0.01, 0.03, 0.02, 0.01, 0.01),
)
NUMBERED = Comparison(
    "numero",
    _("numero nel nome"),
    "len(numbers_l) = 0 AND len(numbers_r) = 0",
    (
        Level("uguale", _("stesso numero nel nome"), "list_has_any(numbers_l, numbers_r)", 0.9),
        Level("uno_solo", _("numero in un nome solo"), "len(numbers_l) = 0 OR len(numbers_r) = 0", 0.095),
        Level("altro", _("numeri diversi nel nome"), ELSE, 0.005),
    ),
)
CONTACTS = Comparison("contatti", _("recapiti"), _NO_CONTACT, contacts(0.25, 0.35, 0.12, 0.08, 0.2))
PROVIDER = Comparison(
    "ente",
    _("ente"),
    "provider_l IS NULL OR provider_r IS NULL",
    (
        Level("uguale", _("stesso ente"), "provider_l = provider_r OR tax_id_l = tax_id_r", 0.75),
        Level("simile", _("enti dal nome simile"), "shared_bits(provider_words_l, provider_words_r) >= 7", 0.15),
        Level("altro", _("altro ente"), ELSE, 0.1),
    ),
)
_CLOSE = "abs(capacity_l - capacity_r) <= 0.2 * greatest(capacity_l, capacity_r)"
CAPACITY = Comparison(
    "capienza",
    _("capienza"),
    "capacity_l IS NULL OR capacity_r IS NULL",
    (
        Level("uguale", _("stessa capienza"), "capacity_l = capacity_r", 0.6),
        Level("simile", _("capienza simile"), _CLOSE, 0.25),
        Level("altra", _("altra capienza"), ELSE, 0.15),
    ),
)
# Duplicates inside a list are few beside what it shares with others. How few cannot be learnt from rows that look
# alike, so this share is declared: 3 of the 189 early-childhood records are there twice, 1 true pair in 30.
LIST = Comparison(
    "elenco",
    _("elenco"),
    "list_l IS NULL OR list_r IS NULL",
    (
        Level("altro", _("elenchi diversi"), "list_l <> list_r", 0.97),
        Level("stesso", _("stesso elenco"), ELSE, 0.03),
    ),
    declared=True,
)

# --- sites ----------------------------------------------------------------------------------------------

# What is at one address has many names and telephones: there only what is alike speaks, and how much is declared.
_SITE_NAME = Comparison("nome", _("nomi"), _NO_NAME, names(0.1, 0.05, 0.08, 0.02, 0.03, 0.02, 0.7), declared=True)
_SITE_CONTACTS = replace(CONTACTS, levels=contacts(0.1, 0.1, 0.03, 0.07, 0.7), declared=True)
_SITE = Comparison("luogo", _("luogo"), _NO_PLACE, places(0.8, 0.05, 0.005, 0.03, 0.05, 0.005, 0.02, 0.02, 0.01, 0.01))

# --- bodies ---------------------------------------------------------------------------------------------

_BODY_NAME = Comparison("nome", _("nome"), _NO_NAME, names(0.5, 0.25, 0.12, 0.05, 0.04, 0.03, 0.01))
_BODY_PLACE = Comparison(
    "luogo",
    _("luogo"),
    "road_l IS NULL OR road_r IS NULL",
    _in_town(places(0.6, 0.08, 0.04, 0.04, 0.01, 0.05, 0.01, 0.07, 0.06, 0.04)),
)
_TOWNS = Comparison(
    "comune",
    _("comuni"),
    "NOT both_told(towns_l, towns_r)",
    (
        Level("comune", _("un comune in comune"), "list_has_any(towns_l, towns_r)", 0.9),
        Level("altro", _("comuni diversi"), ELSE, 0.1),
    ),
)

COMPARISONS: dict[Question, tuple[Comparison, ...]] = {
    "service": (NAME_ALONE, NAME, PLACE_ALONE, PLACE, NUMBERED, CONTACTS, PROVIDER, CAPACITY, LIST),
    "location": (_SITE, _SITE_NAME, _SITE_CONTACTS, LIST),
    "organization": (_BODY_NAME, _BODY_PLACE, _TOWNS, CONTACTS),
}
