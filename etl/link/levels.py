"""Levels of likeness that several comparisons share: of names, of places, of telephones and addresses of mail.

Conditions are SQL over the columns of :mod:`etl.link.features`, with the functions of :mod:`etl.link.macros`.
"""

from dataclasses import dataclass, replace

from etl.i18n import _

ELSE = "ELSE"


@dataclass(frozen=True)
class Level:
    """A degree of likeness: its name in the model's file, how a person is told, its condition.

    ``m`` is what is expected, before anything is learnt, of the share of true pairs at the level. ``u`` is the share
    of pairs that are two things, where a sample cannot tell it. A level weighs no more than the level ``under``
    which it stands: what is less alike cannot speak louder, whatever a few pairs of a sample say.
    """

    name: str
    told: str
    condition: str
    m: float
    u: float | None = None
    under: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One piece of evidence; where ``unknown`` holds it says nothing. ``evidence`` is its name for people.

    Of a comparison that is ``declared`` the shares of true pairs are what is expected, and nothing is learnt of them.
    """

    name: str
    evidence: str
    unknown: str
    levels: tuple[Level, ...]
    declared: bool = False


def names(*expected: float) -> tuple[Level, ...]:
    """Levels of two names by the rarity of what they share: seven shares of true pairs, from the most alike down.

    One surname in two names tells much where few have it, and little where the names have as many rare words of their
    own: libraries of one university share its name.
    """
    shared = "shared_bits(words_l, words_r)"
    # One word alone may be the owner's in the longer name: "Del Borgo di Rossi Mario" is not "Rossi".
    first = (
        "(list_has_any(firsts_l, firsts_r) OR len(list_intersect(words_l, words_r)) >= 2 "
        "OR list_has_any(numbers_l, numbers_r))"
    )
    whole = f"{shared} >= 0.99 * least(bits_l, bits_r) AND {first}"
    rare = f"{shared} >= 8.5 AND {shared} >= 0.4 * least(bits_l, bits_r)"
    some = f"{shared} >= 5 AND {shared} >= 0.3 * least(bits_l, bits_r)"
    return _with(
        expected,
        ("uguale_raro", _("nome uguale, raro"), "words_l = words_r AND bits_l >= 14"),
        ("uguale", _("nome uguale"), "words_l = words_r"),
        ("contenuto_raro", _("un nome contiene l'altro, raro"), f"{whole} AND {shared} >= 9"),
        ("contenuto", _("un nome contiene l'altro"), whole),
        ("parola_rara", _("parole rare in comune"), rare),
        ("simile", _("nomi simili"), f"({some}) OR jaro_winkler_similarity(name_l, name_r) >= 0.92"),
        ("altro", _("nomi diversi"), ELSE),
    )


_UNDER = {
    "civico_quasi": "civico",
    "civico_vicino": "civico_quasi",
    "senza_civico": "civico_quasi",
    "punto": "civico_quasi",
    "via": "civico_vicino",
    "vicino": "punto",
    "cap": "vicino",
    "comune": "cap",
    "lontano": "comune",
}


def places(*expected: float) -> tuple[Level, ...]:
    """Levels of two places: ten shares of true pairs, from the closest down.

    Address and distance are one piece of evidence: most points follow from the address, so that to count both would be
    to count the address twice. Distance speaks where the streets differ, and only between points that are well known.
    """
    town = "same_town(municipality_l, municipality_r)"
    road = f"{town} AND same_road(road_l, road_r)"
    between = "same_house(house_l, house_to_l, house_r, house_to_r)"
    metres = "metres(x_l, y_l, x_r, y_r)"
    levels = _with(
        expected,
        ("civico", _("stessa via e civico"), f"{road} AND number_l = number_r AND number_l <> ''"),
        ("civico_quasi", _("stessa via, civico con altra lettera o nello stesso intervallo"), f"{road} AND {between}"),
        ("civico_vicino", _("stessa via, civici vicini"), f"{road} AND near_house(house_l, house_r)"),
        ("senza_civico", _("stessa via, un civico manca"), f"{road} AND (house_l IS NULL OR house_r IS NULL)"),
        ("punto", _("stesso punto, altra via"), "at_one_point(x_l, y_l, fine_l, x_r, y_r, fine_r)"),
        ("via", _("stessa via, altro civico"), road),
        ("vicino", _("altra via, poco lontano"), f"{metres} <= 300"),
        ("cap", _("altra via, stesso CAP"), f"{town} AND postal_code_l = postal_code_r"),
        ("comune", _("altra via"), town),
        ("lontano", _("altro comune"), ELSE),
    )
    return tuple(replace(level, under=_UNDER.get(level.name)) for level in levels)


def contacts(*expected: float) -> tuple[Level, ...]:
    """Levels of two sets of telephones, mail and sites, none of them a switchboard's: five shares of true pairs."""
    phone = "list_has_any(phones_l, phones_r)"
    other = "list_has_any(emails_l, emails_r) OR list_has_any(sites_l, sites_r)"
    return _with(
        expected,
        ("piu_di_uno", _("telefono e posta o sito uguali"), f"{phone} AND ({other})"),
        ("telefono", _("telefono uguale"), phone),
        ("posta_o_sito", _("posta o sito uguale"), f"({other}) AND NOT both_told(phones_l, phones_r)"),
        ("posta_o_sito_solo", _("posta o sito uguale, altro telefono"), other),
        ("diversi", _("recapiti diversi"), ELSE),
    )


def _with(expected: tuple[float, ...], *levels: tuple[str, str, str]) -> tuple[Level, ...]:
    return tuple(Level(*level, m) for level, m in zip(levels, expected, strict=True))
