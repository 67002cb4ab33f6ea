"""Rules that decide over any likeness: what can never be one thing, and what always is."""

from dataclasses import dataclass

from etl.i18n import _
from etl.link.claim import Question
from etl.link.pair import Verdict


@dataclass(frozen=True)
class Rule:
    """A rule: its name, its condition in SQL over columns of both members, what it decides, how a person is told.

    A rule that decides ``incerto`` only keeps the model from merging.
    """

    name: str
    condition: str
    verdict: Verdict
    told: str


NUMBER = Rule(
    "numero_diverso",
    "len(l.numbers) > 0 AND len(r.numbers) > 0 AND NOT list_has_any(l.numbers, r.numbers)",
    "diverso",
    _("numeri diversi nel nome"),
)
FLOOR = Rule("piano_diverso", "l.floor <> r.floor", "diverso", _("piani diversi dello stesso edificio"))
ONE_LIST = Rule(
    "stesso_elenco",
    "l.list = r.list AND NOT coalesce(same_road(l.road, r.road) AND l.municipality = r.municipality "
    "AND same_house(l.house, l.house_to, r.house, r.house_to) "
    "AND shared_bits(l.words, r.words) >= 0.99 * least(l.bits, r.bits), false)",
    "incerto",
    _("due righe di un elenco, con nome o indirizzo diversi: decide una persona"),
)
# A chain answers at one telephone, and a service moves with its own: nobody can tell which from two rows. A type
# that is alone moves within its town, by law, and keeps its neighbours away: there the weight may tell.
ELSEWHERE = Rule(
    "altro_indirizzo",
    "NOT (l.alone AND r.alone AND same_town(l.municipality, r.municipality)) "
    "AND l.road IS NOT NULL AND r.road IS NOT NULL AND NOT coalesce("
    "same_town(l.municipality, r.municipality) AND same_road(l.road, r.road) AND "
    "(same_house(l.house, l.house_to, r.house, r.house_to) OR near_house(l.house, r.house) "
    "OR l.house IS NULL OR r.house IS NULL), false) "
    "AND NOT coalesce(at_one_point(l.x, l.y, l.fine, r.x, r.y, r.fine), false)",
    "incerto",
    _("indirizzi diversi, spostato o altra sede: decide una persona"),
)
TYPE = Rule("tipo_diverso", "l.family <> r.family", "diverso", _("tipi di servizio diversi"))

ADDRESS = Rule(
    "stesso_indirizzo",
    "same_road(l.road, r.road) AND l.number = r.number AND l.number <> ''",
    "stesso",
    _("stessa via e civico"),
)
TOWN = Rule("comune_diverso", "l.municipality <> r.municipality", "diverso", _("comuni diversi"))
TAX_ID = Rule("codice_fiscale", "l.tax_id = r.tax_id", "stesso", _("stesso codice fiscale"))
REGISTER = Rule(
    "numero_di_registro", "list_has_any(l.registers, r.registers)", "stesso", _("stesso numero in un registro")
)
OTHER_TAX_ID = Rule("codice_fiscale_diverso", "l.tax_id <> r.tax_id", "diverso", _("codici fiscali diversi"))
KIND_OF_BODY = Rule(
    "genere_diverso",
    # A comune always says that it is one: "Torino" in the name of an association does not make it the city.
    "(len(l.kinds) > 0 AND len(r.kinds) > 0 AND l.kinds <> r.kinds)"
    " OR list_contains(l.kinds, 'comune') <> list_contains(r.kinds, 'comune')",
    "diverso",
    _("enti di genere diverso"),
)
# There is one comune of a name in the territory, and its name is all it has.
COMUNE = Rule(
    "comune",
    "l.kinds = ['comune'] AND r.kinds = ['comune'] AND l.name = r.name",
    "stesso",
    _("lo stesso comune"),
)

# In order: the first that holds decides.
RULES: dict[Question, tuple[Rule, ...]] = {
    "service": (TYPE, NUMBER, FLOOR, ONE_LIST, ELSEWHERE),
    "location": (TOWN, ADDRESS),
    "organization": (TAX_ID, REGISTER, OTHER_TAX_ID, KIND_OF_BODY, COMUNE, NUMBER),
}
