"""Which tags of OpenStreetMap mean which type of service: one table, the first row that fits wins.

Meanings are those of the OpenStreetMap wiki (pages ``Tag:amenity=social_facility``, ``Key:social_facility:for``,
``Key:healthcare``, ``Key:amenity``, read in the versions of 2025). Where a tag says less than a type of ours needs, the
Italian name of the feature decides, and without such a name the feature has no type. Studies of single doctors are left
out: they are named after persons.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """Features with these tags (``key=value|value``, every one of them) and perhaps such a name are of a type."""

    service_type: str
    tags: tuple[str, ...]
    meaning: str
    named: str | None = None

    @cached_property
    def wanted(self) -> dict[str, frozenset[str]]:
        """Values by key."""
        pairs = (tag.split("=", maxsplit=1) for tag in self.tags)
        return {key: frozenset(values.split("|")) for key, values in pairs}

    def fits(self, tags: Tags) -> bool:
        """Whether a feature is of the type."""
        if any(values.isdisjoint(several(tags.get(key, ""))) for key, values in self.wanted.items()):
            return False
        return self.named is None or re.search(self.named, tags.get("name", ""), re.IGNORECASE) is not None


def several(value: str) -> list[str]:
    """The values of a tag, which are parted by semicolons.

    >>> several("senior; disabled")
    ['senior', 'disabled']
    """
    return [part.strip() for part in value.split(";") if part.strip()]


_FACILITY: Final = "amenity=social_facility"
_CARE: Final = ("amenity=clinic|hospital|social_facility|doctors", "healthcare=clinic|centre|counselling|hospital")
_NURSERY: Final = "amenity=childcare|kindergarten"
_OFFICE: Final = "office=union|association|ngo|tax_advisor|charity|government|employment_agency|yes"
_SOCIAL: Final = "amenity=social_facility|social_centre|community_centre"
# Words by which places that must not be found give themselves away, whatever their tags.
GIVEAWAY: Final = (
    r"\bcas[ae][ -]?rifugio|rifugi\w* (per|di) donn|donne (maltrattate|vittim)|women'?s (shelter|refuge)"
    r"|madr[ei][ /e-]+bambin|mamm[ae][ /e-]+bambin|minori stranieri|\bmsna\b|comunit\w+ (\w+ )?(per |di )?minori"
)


def _named(service_type: str, pattern: str, *places: str) -> list[Rule]:
    return [Rule(service_type, (place,), "the Italian name tells what it is", pattern) for place in places]


def _facility(service_type: str, kind: str, served: str | None, meaning: str) -> Rule:
    tags = (_FACILITY, f"social_facility={kind}", *(() if served is None else (f"social_facility:for={served}",)))
    return Rule(service_type, tags, meaning)


# Places of persons to be protected come first: what is one of them is nothing else.
PROTECTED: Final[tuple[Rule, ...]] = (
    Rule(
        "casa_rifugio",
        ("social_facility=shelter|group_home|assisted_living", "social_facility:for=woman|women|abused|victim"),
        "home for persons who flee from violence",
    ),
    Rule(
        "comunita_minori",
        ("social_facility=shelter|group_home|assisted_living", "social_facility:for=child|juvenile|orphan"),
        "residence of children who cannot live with their families",
    ),
    *(
        Rule("casa_rifugio", (place,), "the name tells it", GIVEAWAY)
        for place in (_SOCIAL, "social_facility=*", _OFFICE)
    ),
)

RULES: Final[tuple[Rule, ...]] = (
    # Health: the name first, since a district's house of many services has one tag only.
    *_named("casa_comunita", r"\bcas[ae] (della|di) comunit", *_CARE),
    *_named("casa_salute", r"\bcas[ae] della salute", *_CARE),
    *_named("ospedale_comunita", r"ospedale di comunit", *_CARE),
    *_named("consultorio_pediatrico", r"consultori\w* pediatric", *_CARE),
    *_named("consultorio_familiare", r"\bconsultori", *_CARE),
    *_named("serd", r"\bser\.? ?[dt]\b|dipendenze patologiche|servizio (per le )?dipendenze", *_CARE),
    *_named("csm", r"centro (di )?salute mentale|\bcsm\b", *_CARE),
    *_named("npi", r"neuropsichiatria infantile", *_CARE),
    *_named("guardia_medica", r"guardia medica|continuit\w+ assistenziale", *_CARE),
    *_named("hospice", r"\bhospice\b", *_CARE),
    Rule("hospice", ("healthcare=hospice",), "care of the dying"),
    Rule("hospice", (_FACILITY, "social_facility=hospice"), "care of the dying"),
    Rule(
        "consultorio_familiare",
        ("healthcare=counselling", "healthcare:counselling=family|sexual|couple|antenatal"),
        "counselling of families, couples, pregnant women",
    ),
    Rule(
        "serd", ("healthcare=counselling", "healthcare:counselling=addiction"), "counselling of persons with addictions"
    ),
    Rule("ospedale", ("amenity=hospital",), "institution for in-patient medical treatment"),
    Rule("ospedale", ("healthcare=hospital",), "institution for in-patient medical treatment"),
    Rule("farmacia", ("amenity=pharmacy",), "shop where a pharmacist sells medicines"),
    # Small children and schools.
    *_named("micronido", r"\bmicro[ -]?nido", _NURSERY),
    *_named("nido_famiglia", r"nido (in|di) famiglia|casa bimbo|tagesmutter", _NURSERY),
    *_named("sezione_primavera", r"sezion[ei] primavera", _NURSERY),
    *_named("baby_parking", r"baby ?parking", _NURSERY),
    *_named("ludoteca", r"\bludoteca", _NURSERY, _SOCIAL),
    *_named("centro_bambini_genitori", r"bambini (e|ed?) genitori", _NURSERY, _SOCIAL),
    *_named("asilo_nido", r"\b(asilo )?nido\b", _NURSERY),
    *_named("scuola_infanzia", r"scuol\w+ (dell.? ?)?(infanzia|materna)", "amenity=kindergarten|school"),
    Rule("asilo_nido", ("amenity=kindergarten", "isced:level=0", "max_age=3"), "early care of children under three"),
    Rule("scuola_infanzia", ("amenity=kindergarten",), "care and play before the compulsory school"),
    Rule("asilo_nido", ("amenity=childcare",), "care of children of a young age; in Italy those under three"),
    Rule("ludoteca", ("amenity=toy_library",), "place that lends or lets use toys"),
    # Homes and day care.
    _facility("rsa", "nursing_home", "senior|dementia", "permanent care of old persons"),
    _facility("comunita_disabili", "nursing_home|group_home", "disabled", "residence of persons with disabilities"),
    _facility("rsa", "group_home|assisted_living", "senior|dementia", "residence of old persons"),
    _facility("gruppo_appartamento_disabili", "assisted_living", "disabled", "residence of more independent persons"),
    _facility(
        "comunita_salute_mentale",
        "group_home|assisted_living|nursing_home",
        "mental_health",
        "residence of persons with psychological problems",
    ),
    _facility(
        "comunita_terapeutica", "group_home|assisted_living", "drug_addicted", "residence of persons with addictions"
    ),
    _facility("rsa", "nursing_home", None, "permanent care, mostly of old persons"),
    Rule("rsa", ("amenity=nursing_home|retirement_home",), "home of old persons, before social_facility was agreed"),
    _facility("dormitorio", "shelter", "homeless", "place to sleep for persons without a home"),
    *_named("dormitorio", r"dormitorio|accoglienza notturna|senza (fissa )?dimora", "social_facility=shelter"),
    _facility("centro_diurno_alzheimer", "day_care", "dementia", "care by day of persons with dementia"),
    *_named("centro_diurno_alzheimer", r"alzheimer", "social_facility=day_care"),
    _facility("centro_diurno_anziani", "day_care", "senior", "care by day of old persons"),
    _facility("centro_diurno_disabili", "day_care", "disabled", "care by day of persons with disabilities"),
    _facility("centro_diurno_minori", "day_care", "child|juvenile", "care by day of children"),
    _facility("centro_diurno_adulti", "day_care", "homeless|underprivileged", "care by day of adults in hardship"),
    # Help with food, goods, work, rights.
    _facility("emporio_solidale", "food_bank|clothing_bank", None, "gives food or clothes"),
    _facility("mensa_solidale", "soup_kitchen", None, "gives meals for nothing or little"),
    _facility("servizio_stranieri", "outreach", "migrant|refugee", "advice for those who come from another country"),
    _facility("sportello_lavoro", "outreach", "unemployed", "help to find work"),
    *_named("centro_antiviolenza", r"centro anti-?violenza", _SOCIAL, _OFFICE),
    *_named("centro_ascolto_caritas", r"\bcaritas\b|centr\w+ (di |d.)ascolto", _SOCIAL, _OFFICE),
    *_named("patronato", r"\bpatronato\b", _SOCIAL, _OFFICE),
    *_named("caf", r"\bc\.?a\.?a?\.?f\b", _SOCIAL, _OFFICE),
    *_named("centro_famiglie", r"centro (per le |delle )?famigli[ae]", _SOCIAL, _OFFICE),
    *_named("informagiovani", r"informa ?giovani", _SOCIAL, _OFFICE, "office=educational_institution"),
    *_named("casa_quartiere", r"\bcas[ae] (del|di) quartiere", _SOCIAL),
    *_named("centro_impiego", r"centro per l.?impiego", "office=employment_agency|government"),
    *_named("sportello_sociale", r"servizi?o? social[ei]|\bservizi socio", _SOCIAL, _OFFICE),
    Rule(
        "sportello_sociale",
        ("office=government", "government=social_services|social_security|social_welfare"),
        "public office of social services",
    ),
    Rule("ufficio_anagrafe", ("office=government", "government=register_office"), "births, deaths, residence"),
    *_named("ufficio_anagrafe", r"\banagraf", "office=government", "amenity=townhall|public_building"),
    # Places for everybody.
    Rule(
        "centro_aggregazione_giovanile",
        ("amenity=community_centre", "community_centre=youth_centre"),
        "centre of the young",
    ),
    Rule(
        "centro_aggregazione_giovanile",
        ("amenity=community_centre", "community_centre:for=juvenile"),
        "centre of the young",
    ),
    Rule("centro_aggregazione_giovanile", ("amenity=youth_centre",), "centre of the young, before community_centre"),
    Rule(
        "centro_incontro_anziani", ("amenity=community_centre", "community_centre:for=senior"), "centre of old persons"
    ),
    *_named(
        "centro_incontro_anziani",
        r"centro (d.?|di )?(incontro )?(per )?anziani",
        "amenity=community_centre|social_centre",
    ),
    *_named("docce_pubbliche", r"docce|bagni (pubblici|municipali)", "amenity=public_bath|shower"),
    Rule("biblioteca", ("amenity=library",), "lends books"),
    Rule("ufficio_postale", ("amenity=post_office",), "sends and receives letters and parcels"),
)

# isced:level of a school by the type it has here; nothing of ours for upper secondary.
SCHOOLS: Final = {"0": "scuola_infanzia", "1": "scuola_primaria", "2": "scuola_secondaria_primo_grado"}
SCHOOL_NAMES: Final = {
    r"primaria|elementar": "scuola_primaria",
    r"secondari\w+ (statale )?di (primo|i|1) ?°? ?grado|scuola media": "scuola_secondaria_primo_grado",
}
