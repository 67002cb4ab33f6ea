"""Which tags are which service, which features are kept back, and what Overpass is asked for."""

import re

import pytest

from etl.reference import tables
from etl.sources import osm_tags
from etl.sources.osm_rules import PROTECTED, RULES, SCHOOL_NAMES, SCHOOLS
from etl.sources.osm_services import OsmServices

FACILITY = {"amenity": "social_facility"}


def test_every_row_of_the_table_names_a_type_that_exists():
    codes = set(tables.service_types()["code"])
    named = {rule.service_type for rule in (*RULES, *PROTECTED)} | set(SCHOOLS.values()) | set(SCHOOL_NAMES.values())
    assert named <= codes


def test_no_row_of_the_table_is_hidden_by_an_earlier_one():
    """The example of each row, its tags and a name that fits, is found by that row or one of the same type."""
    for rule in RULES:
        tags = {key: min(values) for key, values in rule.wanted.items()}
        if rule.named is None:
            assert osm_tags.service_type(tags) == rule.service_type, rule


def test_the_table_gives_no_protected_type():
    types = tables.service_types()
    protected = set(types.loc[types["protected"], "code"])
    assert not protected & {rule.service_type for rule in RULES}
    assert {rule.service_type for rule in PROTECTED} <= protected


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"amenity": "pharmacy"}, "farmacia"),
        ({"amenity": "pharmacy;post_office"}, "farmacia"),
        ({"amenity": "clinic", "name": "Casa della Comunità di Susa"}, "casa_comunita"),
        ({"amenity": "clinic", "name": "Poliambulatorio"}, None),
        ({"healthcare": "centre", "name": "Consultorio pediatrico ASL"}, "consultorio_pediatrico"),
        ({"healthcare": "centre", "name": "Consultorio familiare"}, "consultorio_familiare"),
        ({"healthcare": "clinic", "name": "Ser.D. di via Prova"}, "serd"),
        ({"healthcare": "clinic", "name": "Servizi dentistici"}, None),
        ({"amenity": "kindergarten", "name": "Asilo nido comunale"}, "asilo_nido"),
        ({"amenity": "kindergarten", "name": "Micronido Le Prove"}, "micronido"),
        ({"amenity": "kindergarten", "name": "Scuola dell'infanzia Prova"}, "scuola_infanzia"),
        ({"amenity": "kindergarten", "name": "Prova"}, "scuola_infanzia"),
        ({"amenity": "childcare"}, "asilo_nido"),
        ({"amenity": "school", "isced:level": "2"}, "scuola_secondaria_primo_grado"),
        ({"amenity": "school", "isced:level": "3"}, None),
        ({"amenity": "school", "isced:level": "1;2"}, None),
        ({"amenity": "school", "isced:level": "0-1"}, None),
        ({"amenity": "school", "name": "Scuola primaria Prova"}, "scuola_primaria"),
        ({"amenity": "school", "name": "Scuola primaria e scuola media"}, None),
        ({"amenity": "school", "name": "Liceo"}, None),
        ({**FACILITY, "social_facility": "nursing_home"}, "rsa"),
        ({**FACILITY, "social_facility": "nursing_home", "social_facility:for": "disabled"}, "comunita_disabili"),
        ({**FACILITY, "social_facility": "group_home", "social_facility:for": "senior;disabled"}, "comunita_disabili"),
        ({**FACILITY, "social_facility": "group_home", "social_facility:for": "migrant"}, None),
        ({**FACILITY, "social_facility": "day_care", "social_facility:for": "dementia"}, "centro_diurno_alzheimer"),
        ({**FACILITY, "social_facility": "food_bank"}, "emporio_solidale"),
        ({**FACILITY, "social_facility": "outreach", "name": "CAF Prova"}, "caf"),
        ({**FACILITY, "social_facility": "outreach", "name": "Decaffeinato"}, None),
        ({"office": "association", "name": "Patronato Prova"}, "patronato"),
        ({"office": "association", "name": "Bocciofila"}, None),
        ({"office": "employment_agency", "name": "Centro per l'impiego di Ivrea"}, "centro_impiego"),
        ({"office": "employment_agency", "name": "Agenzia interinale"}, None),
        ({"amenity": "community_centre", "community_centre:for": "senior"}, "centro_incontro_anziani"),
        ({"amenity": "community_centre", "name": "Casa del quartiere"}, "casa_quartiere"),
        ({"amenity": "community_centre", "name": "Oratorio"}, None),
        ({"amenity": "bench"}, None),
        ({}, None),
    ],
)
def test_a_feature_is_of_the_type_that_its_tags_say(tags, code):
    assert osm_tags.service_type(tags) == code


@pytest.mark.parametrize(
    ("tags", "kept_back"),
    [
        ({**FACILITY, "social_facility": "shelter", "social_facility:for": "woman"}, True),
        ({**FACILITY, "social_facility": "shelter", "social_facility:for": "homeless;woman"}, True),
        ({**FACILITY, "social_facility": "shelter", "social_facility:for": "homeless"}, False),
        ({**FACILITY, "social_facility": "shelter"}, True),
        ({**FACILITY, "social_facility": "shelter", "name": "Dormitorio comunale"}, False),
        ({**FACILITY, "social_facility": "group_home", "social_facility:for": "child"}, True),
        ({**FACILITY, "social_facility": "assisted_living", "social_facility:for": "victim"}, True),
        ({**FACILITY, "social_facility": "group_home", "name": "Comunità alloggio per minori Prova"}, True),
        ({**FACILITY, "social_facility": "outreach", "name": "Centro antiviolenza Prova"}, False),
        ({"office": "association", "name": "Casa rifugio"}, True),
        ({"building": "yes", "name": "Comunità mamma-bambino"}, True),
        ({**FACILITY, "social_facility": "group_home", "social_facility:for": "senior"}, False),
        ({"amenity": "pharmacy"}, False),
        ({"tourism": "alpine_hut", "name": "Rifugio Prova"}, False),
    ],
)
def test_homes_of_persons_to_protect_are_kept_back(tags, kept_back):
    assert osm_tags.is_protected(tags) is kept_back


def test_overpass_is_asked_for_every_value_of_the_table():
    [download] = OsmServices.declaration.downloads
    query = download.form["data"]
    for rule in RULES:
        for key in ("amenity", "healthcare", "office"):
            values = rule.wanted.get(key, ())
            for value in values:
                assert re.search(rf'\["{key}"~"\^\([^)]*\b{value}\b', query), (key, value)


def test_features_known_by_name_are_among_those_asked_for():
    """The words of the query are looser than those of the table: a name of each kind passes both."""
    names = [
        "Casa della Comunità",
        "SerD",
        "CSM centro salute mentale",
        "Guardia medica",
        "Patronato",
        "CAF",
        "Caritas",
    ]
    names += ["Informagiovani", "Centro per l'impiego", "Servizi sociali", "Anagrafe", "Centro antiviolenza", "Docce"]
    assert all(re.search(osm_tags.NAMES, name, re.IGNORECASE) for name in names)


def test_names_of_mappers_are_not_asked_for():
    [download] = OsmServices.declaration.downloads
    assert download.form["data"].endswith("out body center;")
