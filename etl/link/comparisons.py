"""What is compared of two claims, and the levels of likeness: the whole model but for its learnt weights.

Each comparison is a list of levels from the most alike down; the first whose condition holds is taken. ``m`` is what
is expected, before anything is learnt, of the share of true pairs at the level: training adds it to what it counts as
``PSEUDO_PAIRS`` pairs, so that a level that few true pairs have reached has a sober weight. Conditions are SQL over
the columns of :mod:`etl.link.features`, with the macros of :mod:`etl.link.macros`.
"""

from dataclasses import dataclass, replace

from etl.i18n import _
from etl.link.claim import Question

PSEUDO_PAIRS = 12.0
ELSE = "ELSE"


@dataclass(frozen=True)
class Level:
    """A degree of likeness: its name in the model's file, how a person is told, its condition, what is expected.

    ``u`` is the share of pairs that are two things, where a law and not a sample tells it.
    """

    name: str
    told: str
    condition: str
    m: float
    u: float | None = None


@dataclass(frozen=True)
class Comparison:
    """One piece of evidence; where ``unknown`` holds it says nothing. ``evidence`` is its name for people."""

    name: str
    evidence: str
    unknown: str
    levels: tuple[Level, ...]


_NO_NAME = "bits_l = 0 OR bits_r = 0"
_NO_PLACE = "same_town(municipality_l, municipality_r) AND NOT comparable(road_l, road_r, x_l, x_r)"
_ALONE = "(alone_l AND alone_r)"


def _name(expected: tuple[float, ...]) -> tuple[Level, ...]:
    shared = "shared_bits(words_l, words_r)"
    whole = f"{shared} >= 0.99 * least(bits_l, bits_r)"
    conditions = (
        ("uguale_raro", _("nome uguale, raro"), "words_l = words_r AND bits_l >= 14"),
        ("uguale", _("nome uguale"), "words_l = words_r"),
        ("contenuto_raro", _("un nome contiene l'altro, raro"), f"{whole} AND {shared} >= 9"),
        ("contenuto", _("un nome contiene l'altro"), whole),
        ("parola_rara", _("parole rare in comune"), f"{shared} >= 8.5"),
        ("simile", _("nomi simili"), f"{shared} >= 5 OR jaro_winkler_similarity(name_l, name_r) >= 0.92"),
        ("altro", _("nomi diversi"), ELSE),
    )
    return tuple(Level(*level, m) for level, m in zip(conditions, expected, strict=True))


def _place(expected: tuple[float, ...]) -> tuple[Level, ...]:
    town = "same_town(municipality_l, municipality_r)"
    road = f"{town} AND same_road(road_l, road_r)"
    between = "same_house(house_l, house_to_l, house_r, house_to_r)"
    metres = "metres(x_l, y_l, x_r, y_r)"
    conditions = (
        ("civico", _("stessa via e civico"), f"{road} AND number_l = number_r AND number_l <> ''"),
        ("civico_quasi", _("stessa via, civico con altra lettera o nello stesso intervallo"), f"{road} AND {between}"),
        ("civico_vicino", _("stessa via, civici vicini"), f"{road} AND abs(house_l - house_r) <= 14"),
        ("senza_civico", _("stessa via, un civico manca"), f"{road} AND (house_l IS NULL OR house_r IS NULL)"),
        ("punto", _("stesso punto, altra via"), f"{metres} <= 60 AND fine_l AND fine_r"),
        ("via", _("stessa via, altro civico"), road),
        ("vicino", _("altra via, poco lontano"), f"{metres} <= 300"),
        ("cap", _("altra via, stesso CAP"), f"{town} AND postal_code_l = postal_code_r"),
        ("comune", _("altra via"), town),
        ("lontano", _("altro comune"), ELSE),
    )
    return tuple(Level(*level, m) for level, m in zip(conditions, expected, strict=True))


NAME_ALONE = Comparison(
    "nome_unico",
    _("nome"),
    f"NOT {_ALONE} OR main_l IS NULL OR main_r IS NULL OR {_NO_NAME}",
    _name((0.35, 0.2, 0.3, 0.05, 0.03, 0.03, 0.04)),
)
NAME = Comparison(
    "nome",
    _("nome"),
    f"{_ALONE} OR main_l IS NULL OR main_r IS NULL OR {_NO_NAME}",
    _name((0.4, 0.15, 0.25, 0.07, 0.06, 0.05, 0.02)),
)


def _by_law(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    return replace(levels[0], u=BY_LAW), *levels[1:]


# Two of a type that is alone are never at one number, but for a slip in a list: far fewer than a sample can show.
BY_LAW = 1e-7
PLACE_ALONE = Comparison(
    "luogo_unico",
    _("luogo"),
    f"NOT {_ALONE} OR ({_NO_PLACE})",
    _by_law(_place((0.75, 0.1, 0.04, 0.02, 0.01, 0.01, 0.02, 0.02, 0.02, 0.01))),
)
PLACE = Comparison(
    "luogo",
    _("luogo"),
    f"{_ALONE} OR ({_NO_PLACE})",
    _place((0.75, 0.08, 0.03, 0.04, 0.02, 0.01, 0.03, 0.02, 0.01, 0.01)),
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
CONTACTS = Comparison(
    "contatti",
    _("recapiti"),
    "NOT both_told(phones_l, phones_r) AND NOT both_told(emails_l, emails_r) AND NOT both_told(sites_l, sites_r)",
    (
        Level(
            "piu_di_uno",
            _("telefono e posta o sito uguali"),
            "list_has_any(phones_l, phones_r) AND (list_has_any(emails_l, emails_r) OR list_has_any(sites_l, sites_r))",
            0.25,
        ),
        Level("telefono", _("telefono uguale"), "list_has_any(phones_l, phones_r)", 0.35),
        Level("posta", _("posta elettronica uguale"), "list_has_any(emails_l, emails_r)", 0.1),
        Level("sito", _("sito uguale"), "list_has_any(sites_l, sites_r)", 0.05),
        Level("diversi", _("recapiti diversi"), ELSE, 0.25),
    ),
)
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
CAPACITY = Comparison(
    "capienza",
    _("capienza"),
    "capacity_l IS NULL OR capacity_r IS NULL",
    (
        Level("uguale", _("stessa capienza"), "capacity_l = capacity_r", 0.6),
        Level(
            "simile",
            _("capienza simile"),
            "abs(capacity_l - capacity_r) <= 0.2 * greatest(capacity_l, capacity_r)",
            0.25,
        ),
        Level("altra", _("altra capienza"), ELSE, 0.15),
    ),
)

_BODY_NAME = Comparison("nome", _("nome"), _NO_NAME, _name((0.5, 0.25, 0.12, 0.05, 0.04, 0.03, 0.01)))
_SITE_NAME = Comparison("nome", _("nomi"), _NO_NAME, _name((0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.55)))
_SITE = Comparison(
    "luogo", _("luogo"), _NO_PLACE, _place((0.8, 0.05, 0.005, 0.03, 0.05, 0.005, 0.02, 0.02, 0.01, 0.01))
)
_BODY_PLACE = Comparison(
    "luogo",
    _("luogo"),
    "road_l IS NULL OR road_r IS NULL",
    _place((0.6, 0.08, 0.04, 0.04, 0.01, 0.05, 0.01, 0.07, 0.06, 0.04)),
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
    "service": (NAME_ALONE, NAME, PLACE_ALONE, PLACE, NUMBERED, CONTACTS, PROVIDER, CAPACITY),
    "location": (_SITE, _SITE_NAME, CONTACTS),
    "organization": (_BODY_NAME, _BODY_PLACE, _TOWNS, CONTACTS),
}
