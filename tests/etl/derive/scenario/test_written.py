"""Changes as people write them: options, YAML, CSV; every fault at once, in Italian; places in all their forms."""

import json
import re

import pytest
from sqlalchemy import Engine, text

from app.api.output import table
from etl.derive.scenario import Add, Changes, Close, Move, Open, Place, Resize, bind, book, check, sheet, written
from etl.derive.scenario.directory import Directory
from etl.derive.scenario.places import Reader, spot
from etl.errors import FaultsError, NotFound, OmbraError
from tests.etl.tools import scalar

SUSA = "Centro per l'impiego di Susa"
PEROSA = Place(name="Perosa Argentina", level="municipality", code="001184")
REFUGE = "casa_rifugio"


@pytest.fixture
def connection(loaded: Engine):
    """The loaded database; what a test writes is never committed."""
    with loaded.connect() as connection:
        yield connection


@pytest.fixture
def identifier(loaded: Engine) -> str:
    quoted = SUSA.replace("'", "''")
    return str(scalar(loaded, f"select id from service where name = '{quoted}'"))


def read(connection, *options: tuple[str, str]) -> Changes:
    return written.read(connection, [written.option(*one) for one in options])


def refused(connection, *options: tuple[str, str]) -> tuple[str, ...]:
    with pytest.raises(FaultsError) as error:
        read(connection, *options)
    return error.value.faults


# --- options ----------------------------------------------------------------------------------------


def test_each_option_says_what_it_says(connection, identifier) -> None:
    known = {"service": identifier, "type": "centro_impiego", "name": SUSA}
    new = Add(type="casa_comunita", name="Casa della Comunità, Perosa Argentina (ipotesi)", place=PEROSA, capacity=2.5)
    assert list(read(connection, ("add", "casa_comunita@Perosa Argentina=2,5"))) == [new]
    for name in (identifier, identifier[:8], identifier.upper(), SUSA, SUSA.lower()):
        assert list(read(connection, ("close", name))) == [Close(**known)]
    assert list(read(connection, ("open", SUSA))) == [Open(**known)]
    assert list(read(connection, ("move", f"{SUSA}@001184"))) == [Move(**known, place=PEROSA)]
    assert list(read(connection, ("resize", f"{identifier}=4"))) == [Resize(**known, capacity=4.0)]


def test_all_services_of_a_type_open_save_those_that_another_change_speaks_of(connection) -> None:
    found = read(connection, ("open", "centro_impiego"), ("close", SUSA))
    waiting = scalar(
        connection.engine,
        "select count(*) from service where service_type_code = 'centro_impiego' and supply_status <> 'attivo'",
    )
    opened = [one.name for one in found if isinstance(one, Open)]
    assert len(opened) == waiting - 1
    assert SUSA not in opened


def test_additions_without_a_name_are_told_apart(connection) -> None:
    names = [one.name for one in read(connection, *[("add", "casa_comunita@Susa")] * 3)]
    stem = "Casa della Comunità, Susa"
    assert names == [f"{stem} (ipotesi)", f"{stem} (ipotesi 2)", f"{stem} (ipotesi 3)"]
    again = written.read(connection, [written.option("add", "casa_comunita@Susa")], beside=names[:1])
    assert [one.name for one in again] == [f"{stem} (ipotesi 2)"]


def test_every_fault_comes_at_once(connection, identifier) -> None:
    faults = refused(
        connection,
        ("add", "bar@99,45"),
        ("add", "casa_comunita@Atlantide"),
        ("add", "casa_comunita@Susa=tanti"),
        ("close", "Nessuno"),
        ("move", SUSA),
        ("resize", f"{identifier}=0"),
        ("resize", f"{identifier}=3"),
        ("close", identifier),
        ("open", "Centro per l'impiego Torino Nord"),
    )
    for word in (
        "«bar» non esiste",
        "fuori dal territorio: prima la longitudine",
        "Atlantide",
        "capienza «tanti»",
        "«Nessuno»",
        "«sposta» vuole anche «luogo»",
        "maggiore di zero",
        "lo stesso cambiamento è scritto più volte",
        "chiuso, e anche cambiato",
        "già attivo",
    ):
        assert sum(word in fault for fault in faults) == 1, word


def test_a_name_that_several_services_have_is_no_name(connection) -> None:
    rename = text("update service set name = 'Due' where name in (:one, 'Centro per l''impiego di Ivrea')")
    connection.execute(rename, {"one": SUSA})
    (fault,) = refused(connection, ("close", "Due"))
    assert "più servizi" in fault


# --- places -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Susa", ("municipality", "001270")),
        ("001270", ("municipality", "001270")),
        ("SUSA (TO)", ("municipality", "001270")),
        ("municipality:Susa", ("municipality", "001270")),
        ("001270 (Susa)", ("municipality", "001270")),
        ("quarter:q01", ("quarter", "q01")),
        ("quarter:q01 (come si chiama)", ("quarter", "q01")),
        ("zona_omogenea:Pinerolese", ("zona_omogenea", "05")),
    ],
)
def test_a_place_is_known_by_code_and_by_name(connection, words, place) -> None:
    found = Reader(connection, Directory(connection)).place(words)
    assert (found.level, found.code) == place
    assert found.point is None


@pytest.mark.parametrize("words", ["7.05,45.1376", "7.05; 45.1376", "7.05 45.1376", "7.05|45.1376"])
def test_a_point_is_longitude_and_latitude(connection, words) -> None:
    found = Reader(connection, Directory(connection)).place(words)
    assert found.point == (7.05, 45.1376)
    named = Reader(connection, Directory(connection)).place(f"{words} (Ex scuola)")
    assert (named.point, named.name) == ((7.05, 45.1376), "Ex scuola")


def test_a_feature_of_a_layer_is_a_point_inside_of_it(connection, tmp_path) -> None:
    ring = [[7.04, 45.13], [7.06, 45.13], [7.06, 45.14], [7.04, 45.14], [7.04, 45.13]]
    square = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"nome": "Ex caserma"}, "geometry": square}
    file = tmp_path / "edifici.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    reader = Reader(connection, Directory(connection))
    found = reader.place(f"{file}#Ex caserma")
    assert found.name == "Ex caserma"
    assert 7.04 < found.point[0] < 7.06
    assert 45.13 < found.point[1] < 45.14
    with pytest.raises(NotFound, match="Ex caserma"):
        reader.place(f"{file}#Altro")


def test_a_spot_is_as_well_known_as_its_place(connection) -> None:
    directory = Directory(connection)
    reader = Reader(connection, directory)
    town, quarter, point = (
        spot(directory, reader.place(words), protected=False) for words in ("001272", "quarter:q01", "7.6862,45.0704")
    )
    assert town.municipality == quarter.municipality == point.municipality
    assert (town.located, town.point) == (False, None)
    assert town.radius_m > quarter.radius_m > point.radius_m == 0.0
    assert abs(point.point.x - 396_580) < 20  # geo.crs.to_metric's own example
    with pytest.raises(OmbraError, match="né un comune"):
        spot(directory, reader.place("zona_omogenea:05"), protected=False)


# --- protected places -------------------------------------------------------------------------------


def test_of_a_protected_type_only_the_zone_is_told(connection) -> None:
    for place in ("Susa", "7.05,45.1376", "quarter:q01"):
        (fault,) = refused(connection, ("add", f"{REFUGE}@{place}"))
        assert "solo la zona omogenea" in fault
    changes = read(connection, ("add", f"{REFUGE}@zona_omogenea:06=8"))
    assert changes.items[0].place.code == "06"
    assert bind(connection, changes).told()["changes"][0]["place"] == {
        "name": changes.items[0].place.name,
        "level": "zona_omogenea",
        "code": "06",
    }


def test_a_protected_service_stays_where_it_is(guarded_place, connection) -> None:
    for action, rest in (("close", ""), ("move", "@Susa"), ("resize", "=3"), ("open", "")):
        (fault,) = refused(connection, (action, f"{guarded_place}{rest}"))
        assert "protetto" in fault


@pytest.fixture
def guarded_place(connection) -> str:
    """A service whose place is protected, in a transaction that is never committed."""
    there = "(select location_id from service_at_location l join service s on s.id = l.service_id where s.name = :name)"
    connection.execute(text(f"delete from address where location_id = {there}"), {"name": SUSA})
    hide = f"update location set geom = null, location_protected = true where id = {there}"
    connection.execute(text(hide), {"name": SUSA})
    return connection.scalar(text("select id from service where name = :name"), {"name": SUSA})


# --- files ------------------------------------------------------------------------------------------

OPTIONS = (
    ("add", "casa_comunita@Perosa Argentina=2"),
    ("add", "casa_comunita@7.05,45.1376"),
    ("add", f"{REFUGE}@zona_omogenea:06"),
    ("close", SUSA),
    ("open", "Centro per l'impiego di Ivrea"),
    ("move", "Centro per l'impiego Torino Nord@quarter:q01"),
    ("resize", "Centro per l'impiego Torino Sud=12.5"),
)


def test_what_is_written_is_read_again(connection, tmp_path) -> None:
    changes = read(connection, *OPTIONS)
    served = Place(name="Pinerolese", level="zona_omogenea", code="05")
    more = Add(
        type="centro_famiglie",
        name="Centro «nuovo», prova",
        place=Place.at(7.3, 44.9, "Ex scuola"),
        provider="Comune di Pinerolo",
        serves=(served, PEROSA),
        certainty="incerta",
    )
    every = Changes((*changes, more))
    file = tmp_path / "scenario.yaml"
    file.write_text(sheet.yaml_text("Che cosa se", every), encoding="utf-8")
    description, rows = sheet.read_file(file)
    assert description == "Che cosa se"
    assert written.read(connection, rows) == every
    file = tmp_path / "scenario.csv"
    file.write_text(table(written.rows(every), written.COLUMNS), encoding="utf-8")
    description, rows = sheet.read_file(file)
    assert description is None
    assert written.read(connection, rows) == every
    assert Changes.kept(json.loads(json.dumps(every.told()))) == every


def test_a_file_by_hand_is_read_as_it_stands(connection, tmp_path) -> None:
    """Codes keep their zeros, a point may be a list, columns come in any order, semicolons do as well."""
    file = tmp_path / "a mano.yml"
    file.write_text(
        "cambiamenti:\n- azione: Aggiungi\n  luogo: 001184\n  tipo: casa_comunita\n"
        "- azione: aggiungi\n  tipo: casa_comunita\n  luogo: [7.05, 45.1376]\n  serve: [Susa, 'zona_omogenea:05']\n",
        encoding="utf-8",
    )
    first, second = written.read(connection, sheet.read_file(file)[1])
    assert first.place == PEROSA
    assert second.place.point == (7.05, 45.1376)
    assert [one.code for one in second.serves] == ["001270", "05"]
    file = tmp_path / "a mano.csv"
    file.write_text(f'Azione;Servizio\nchiudi;"{SUSA}"\n', encoding="utf-8")
    (only,) = written.read(connection, sheet.read_file(file)[1])
    assert (only.action, only.name) == ("close", SUSA)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", "", (".yaml o .csv",)),
        ("a.yaml", "- azione: chiudi\n", ("descrizione", "cambiamenti")),
        ("a.yaml", "altro: 1\n", ("«altro»", "serve un elenco")),
        ("a.yaml", "cambiamenti:\n- chiudi\n", ("cambiamento 1", "chiavi e valori")),
        ("a.yaml", "cambiamenti: [\n", ("riga 2", "YAML")),
        ("a.csv", "azione,servizio\nchiudi,x,y\n", ("riga 2",)),
    ],
)
def test_a_file_that_is_none_says_why(tmp_path, name, content, words) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(OmbraError) as error:
        sheet.read_file(file)
    for word in words:
        assert word in str(error.value)


def test_rows_with_columns_that_are_not_theirs_are_refused(connection) -> None:
    rows = [
        written.Written("riga 2", {"azione": "chiudi", "servizio": SUSA, "luogo": "Susa"}),
        written.Written("riga 3", {"azione": "vendi", "colore": "blu"}),
        written.Written("riga 4", {"azione": "aggiungi", "tipo": "dormitorio", "luogo": "Susa", "offerta": "forse"}),
    ]
    with pytest.raises(FaultsError) as error:
        written.read(connection, rows)
    told = str(error.value)
    for word in ("riga 2: «luogo» non serve per «chiudi»", "colore", "«vendi» sconosciuta", "offerta «forse»"):
        assert word in told


# --- the book ---------------------------------------------------------------------------------------


def test_a_life_of_a_scenario(connection) -> None:
    changes = read(connection, ("close", SUSA))
    book.save(connection, "Primo", changes, description="Uno", by="chi prova")
    kept = book.find(connection, "Primo")
    assert (kept.changes, kept.description, kept.created_by) == (changes, "Uno", "chi prova")
    assert kept.data_version is not None
    assert book.state(connection, kept) == []
    more = changes + read(connection, ("add", "casa_comunita@Susa"))
    book.edit(connection, "Primo", changes=more, description="", rename="Secondo")
    book.save(connection, "Primo", changes)
    assert [one.name for one in book.every(connection)] == ["Primo", "Secondo"]
    assert book.find(connection, "Secondo").changes == more
    assert book.find(connection, "Secondo").description is None
    book.remove(connection, "Secondo")
    with pytest.raises(NotFound, match="«Secondo»"):
        book.find(connection, "Secondo")


@pytest.mark.parametrize("name", ["", " a", "a/b", "x" * 61, "a\nb"])
def test_names_that_are_none_are_refused_with_the_faults_of_the_changes(connection, name) -> None:
    nobody = Close(service="00000000-0000-0000-0000-000000000000", type="centro_impiego", name="Nessuno")
    with pytest.raises(FaultsError) as error:
        book.save(connection, name, Changes((nobody,)))
    assert len(error.value.faults) == 2
    assert re.search(r"«Nessuno».*non è \(più\) in elenco", error.value.faults[1])


def test_a_name_is_one_scenarios(connection) -> None:
    changes = read(connection, ("close", SUSA))
    book.save(connection, "Primo", changes)
    with pytest.raises(FaultsError, match="c'è già"):
        book.save(connection, "Primo", changes)
    book.save(connection, "Secondo", changes)
    with pytest.raises(FaultsError, match="c'è già"):
        book.edit(connection, "Secondo", rename="Primo")
    book.edit(connection, "Secondo", rename="Secondo")


def test_no_change_is_no_scenario(connection) -> None:
    assert len(check.faults(Directory(connection), Changes(()))) == 1


def test_changes_of_another_program_are_told_so() -> None:
    with pytest.raises(OmbraError, match="non si leggono"):
        Changes.kept([{"action": "sell"}])


def test_several_places_of_a_service_are_not_moved_as_one(connection) -> None:
    connection.execute(
        text(
            "insert into service_at_location (id, service_id, location_id) select gen_random_uuid(), s.id,"
            " (select id from location order by id limit 1) from service s where s.name = :name"
        ),
        {"name": SUSA},
    )
    (fault,) = refused(connection, ("move", f"{SUSA}@Susa"))
    assert "2 luoghi" in fault
