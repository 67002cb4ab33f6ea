"""The card says what the measures found, in words, and adds up."""

import pandas as pd
import pytest

from app.pages import sentences
from app.pages.card import build, compliance
from app.pages.card.cautions import at_one_point, cautions
from app.standards.areas import Share
from app.standards.reading import Listed
from etl.store import models as m
from tests.app.pages import frames

NO_DECLARATION = pd.DataFrame(
    columns=["area", "complete", "listed", "official_total", "official_year", "note", "source"]
)


def test_the_split_adds_up_and_follows_the_legend() -> None:
    row = frames.gap("004", "Duomo", persons_presente=600.0, persons_incerta=400.0)
    found = build.split(row)
    assert [(one.look.code, one.persons, one.share) for one in found] == [
        ("incerta", 400.0, 0.4),
        ("presente", 600.0, 0.6),
    ]


def test_unknown_stays_unknown_and_is_not_zero() -> None:
    unknown = frames.gap("003", "Corte", shadow_confirmed=None, shadow_confirmed_minus=None, shadow_confirmed_plus=None)
    found = build.shadow(unknown, "confirmed")
    assert (found.persons, found.stricter, found.looser) == (None, None, None)


def test_a_law_is_named_and_a_criterion_is_not() -> None:
    standard = {
        "id": "X",
        "title_it": "T",
        "act": "L. 1/2000",
        "article": "art. 2",
        "law": True,
        "verification": "letto",
    }
    found = build.rule(standard, "limite")
    assert (found.act, found.law) == ("L. 1/2000, art. 2", True)
    assert found.verification == "Il testo dell'atto è stato letto."
    own = standard | {"act": "criterio di lavoro", "article": None, "law": False, "verification": "criterio"}
    assert build.rule(own, "limite").act == "criterio di lavoro"
    assert not build.rule(own, "limite").law


def test_the_nearest_are_those_of_the_largest_point() -> None:
    services = frames.services(frames.service("uno"), frames.service("due", precision="municipality"))
    points = pd.DataFrame(
        [
            frames.point("p1", "Borgo", persons=10.0, nearest=[frames.near("uno", minutes=1.0)]),
            frames.point(
                "p2",
                "Capoluogo",
                persons=900.0,
                nearest=[
                    frames.near("uno"),
                    frames.near("due", minutes=14.0, low=9.0, high=19.0, certainty="incerta", located=False),
                    frames.near("sparito"),
                ],
            ),
        ]
    )
    where, found = build.near(points, services)
    assert where == "Capoluogo"
    assert [one.name for one in found] == ["uno", "due"]
    assert [one.minutes for one in found] == ["8 min", "14 min (tra 9 e 19)"]
    assert found[1].certainty_name == "da verificare"
    assert found[1].precision == "noto solo il comune"


def test_a_protected_service_has_zone_and_no_minutes() -> None:
    refuge = frames.service(
        "rifugio", municipality=None, address=None, precision="municipality", location_protected=True
    )
    entry = frames.near("rifugio", minutes=None, low=None, high=None, located=False)
    _where, [found] = build.near(pd.DataFrame([frames.point("p", "P", nearest=[entry])]), frames.services(refuge))
    assert found.place == "Zona prova"
    assert "min" not in found.minutes.split()


def test_ages_fall_into_bands_and_none_is_lost() -> None:
    people = pd.DataFrame([{"sex": sex, "age": age, "persons": 1} for sex in "FM" for age in range(101)])
    found = build.bands(people)
    assert sum(band.persons for band in found) == 202
    assert found[0].label == "0-2 anni"
    assert found[-1].label == "75 anni e più"
    assert max(band.share for band in found) == 1.0
    assert build.bands(people.iloc[:0])[0].share == 0.0


def test_cautions_name_reasons_from_most_people_to_fewest() -> None:
    points = pd.DataFrame(
        [
            frames.point("a", "A", persons=10.0, reason="nessun_servizio_entro_soglia"),
            frames.point("b", "B", persons=90.0, fragile=True),
            frames.point("c", "C", persons=0.0, reason="capacita_ignota", bordo=True),
        ]
    )
    said = cautions(points, [], NO_DECLARATION)
    assert said[0].startswith("Per 90 persone: un servizio si raggiunge entro 30 min")
    assert said[1].startswith("Per 10 persone: nessun servizio entro 30 min")
    assert any("stimati dalla distanza" in sentence for sentence in said)
    assert any(sentence.startswith("90 persone su 100 dipendono da un solo servizio") for sentence in said)
    assert not any("capacità non è nota" in sentence for sentence in said), "nobody lives at that point"
    assert "Nessuna fonte dichiara" in said[-1]


def test_one_reason_for_everybody_needs_no_count() -> None:
    points = pd.DataFrame([frames.point("a", "A", stimata=False)])
    said = cautions(points, [], NO_DECLARATION)
    assert said[0].startswith("Un servizio si raggiunge")
    assert not any("stimati" in sentence for sentence in said)


def test_declarations_tell_counts_year_and_source() -> None:
    row = {
        "area": "Torino",
        "complete": False,
        "listed": 11,
        "official_total": 13,
        "official_year": 2023,
        "note": "Ne mancano due.",
        "source": "Elenco",
    }
    said = cautions(pd.DataFrame([frames.point("a", "A")]), [], pd.DataFrame([row]))
    assert said[-1] == (
        "Elenco dichiarato incompleto per Torino; servizi elencati: 11; "
        "totale ufficiale: 13 (anno 2023); all'elenco ne mancano 2. Nota: Ne mancano due. Fonte: Elenco."
    )
    more = row | {"listed": 9, "official_total": 8, "note": None}
    said = cautions(pd.DataFrame([frames.point("a", "A")]), [], pd.DataFrame([more]))
    assert "l'elenco ne ha 1 in più del totale ufficiale. Fonte" in said[-1]
    same = row | {"listed": 13}
    assert "; all'elenco" not in cautions(pd.DataFrame([frames.point("a", "A")]), [], pd.DataFrame([same]))[-1]


def test_who_depends_on_one_service_is_told_only_of_complete_lists() -> None:
    points = pd.DataFrame([frames.point("a", "A", fragile=True, complete=False)])
    assert not any("da un solo" in sentence for sentence in cautions(points, [], NO_DECLARATION))


def test_a_quarter_says_that_its_people_stand_at_one_point() -> None:
    assert "quartiere sono contate in un solo punto" in at_one_point("quarter")[0]
    assert "centro abitato sono contate in un solo punto" in at_one_point("settlement")[0]
    assert at_one_point("municipality") == []


@pytest.mark.parametrize(("users", "measured"), [(["MUL"], True), (["POV", "MUL"], False), (["ADD"], False)])
def test_age_and_sex_are_no_measure_of_need(users: list[str], measured: bool) -> None:
    assert ("non è una misura del bisogno" not in sentences.addressed({"users": users})) is measured


def outcome(unit_name: str, **given: object) -> dict[str, object]:
    """A row of outcomes: below the minimum by three services."""
    return frames.outcome(unit_name, **given)


def share(*rows: dict[str, object], **given: object) -> Share:
    """What a rule says from an area that holds the units whole."""
    loaded = tuple(row for row in rows if row["area_id"] is not None)
    told = {"crossed": (), "how": "somma", "persons": 1.0, "unloaded": 0.0}
    told |= {"shortfall_confirmed": None, "shortfall_all": None}
    return Share(rule_id=str(rows[0]["rule_id"]), code="01", name="Zona", units=loaded, **(told | given))


def said(*rows: dict[str, object], **given: object) -> object:
    [found] = compliance.outcomes(pd.DataFrame(list(rows)), [share(*rows, **given)])
    return found


def test_outcomes_stand_under_their_rule_with_what_is_missing() -> None:
    found = said(outcome("Pinerolese"), frames.not_loaded(), unloaded=1500.0)
    assert found.units[0] == (
        "Pinerolese: sotto il minimo. Con i confermati: 50.000 residenti per sede. "
        "Carenza rispetto al minimo: 3 servizi."
    )
    assert found.units[1].startswith("distretto sanitario: unità non caricata")
    assert found.units[1].endswith("(1.500 persone).")


def test_a_rule_shows_its_identifier_its_act_and_both_thresholds() -> None:
    found = said(outcome("Pinerolese", article="art. 2", objective=10_000.0))
    assert (found.id, found.act, found.law) == ("R", "L. 1/2000, art. 2", True)
    assert found.thresholds == "Minimo: al massimo 20.000 residenti per sede; obiettivo: 10.000"
    assert found.verification == "Il testo dell'atto è stato letto solo in parte."
    assert not said(outcome("X", law=False)).law


def test_the_uncertain_supply_is_told_where_it_changes_the_outcome() -> None:
    found = said(outcome("Pinerolese", outcome_all="minimo", shortfall_all=0.0))
    assert "contando anche i servizi da verificare: minimo rispettato" in found.units[0]
    assert "3 servizi, o 0 contando anche i servizi da verificare" in found.units[0]


def test_many_units_are_counted_by_outcome_and_those_not_loaded_come_last() -> None:
    rows = [outcome(f"Comune {at}", outcome_confirmed="minimo" if at < 2 else "sotto_minimo") for at in range(10)]
    found = said(*rows, frames.not_loaded(), unloaded=1.0)
    assert list(found.units[:2]) == ["sotto il minimo: 8 su 10", "minimo rispettato: 2 su 10"]
    assert found.units[2].endswith("(1 persona).")


def test_a_zone_that_cuts_a_unit_says_so_and_has_its_part_by_population() -> None:
    part = {"crossed": ("Pinerolese",), "how": "ripartito", "shortfall_confirmed": 1.25, "shortfall_all": 1.25}
    found = said(outcome("Pinerolese"), outcome("Val Susa"), **part)
    assert "Questo territorio taglia Pinerolese: l'esito è delle unità intere." in found.remarks
    assert "Quota di questo territorio, ripartito per popolazione: 1,25 servizi." in found.remarks
    # Some of its residents live in a unit that is not loaded: it lies in more than one as well.
    assert "Questo territorio taglia" in " ".join(said(outcome("Pinerolese"), unloaded=5.0, **part).remarks)


def test_an_area_inside_one_unit_is_a_part_of_it_and_cuts_nothing() -> None:
    found = said(outcome("Pinerolese"), crossed=("Pinerolese",), how="ripartito")
    assert found.remarks[0] == "Questo territorio fa parte di Pinerolese: l'esito è dell'unità intera."


def test_a_unit_itself_has_no_part_of_its_own_shortfall() -> None:
    assert list(said(outcome("Pinerolese"), how="unita", shortfall_confirmed=3.0, shortfall_all=3.0).remarks) == []


def test_rules_on_the_same_services_say_that_nothing_adds_up_and_the_least_that_is_missing() -> None:
    """Three are missing on the whole, and four on the rural part alone: four are enough for both."""
    rural = {"part": {"municipalities": ["001", "002"], "of": 5, "of_persons": 9e4}, "missing": ["inner_class"]}
    rows = [
        outcome("Pinerolese"),
        outcome(
            "Pinerolese",
            rule_id="S",
            area_condition="rurale",
            details=rural,
            shortfall_confirmed=4.0,
            base=3e4,
            position=2,
        ),
    ]
    shares = [share(rows[0], how="unita"), share(rows[1], how="unita")]
    whole, part = compliance.outcomes(pd.DataFrame(rows), shares)
    assert whole.remarks[0].startswith("Riguarda gli stessi servizi di S: le carenze non si sommano.")
    assert whole.remarks[0].endswith("Per rispettarle tutte mancano almeno 4 servizi.")
    assert part.remarks[0] == "Riguarda gli stessi servizi di R: le carenze non si sommano."
    assert "Vale solo per: comuni rurali." in part.remarks
    assert any("Non caricata: la classe delle aree interne (SNAI)" in remark for remark in part.remarks)
    assert part.units[0].endswith("Vale per una parte: 2 comuni su 5 (30.000 persone su 90.000).")


def test_why_a_rule_is_not_evaluated_is_told_and_the_working_criterion_left_out() -> None:
    rule = m.Standard(title_it="Spazi", act="DM 1/1968", article="art. 3", verification="letto")
    own = m.Standard(title_it="Minuti", act="criterio di lavoro", article=None, verification="criterio")
    [found] = compliance.unevaluated([Listed(rule, "area"), Listed(own, "accesso"), Listed(own, None)])
    assert (found.title, found.act) == ("Spazi", "DM 1/1968, art. 3")
    assert "superfici" in found.why


def test_parts_are_ranked_and_limited() -> None:
    parts = build.areas_as_parts(frames.gaps(), level="municipality")
    assert [part.code for part in parts] == ["001", "004", "002", "003"]
    assert parts[0].nearest == "nessuno entro 120 min"
    many = pd.DataFrame([frames.gap(f"{at:03}", f"Comune {at}") for at in range(40)])
    assert len(build.areas_as_parts(many, level="municipality")) == build.LARGEST_PARTS
    points = pd.DataFrame([frames.point("p", "Borgo", nearest_confirmed=None, bordo=True)])
    [part] = build.points_as_parts(points, farthest=None)
    assert (part.nearest, part.note) == ("nessuno entro 35 min", "vicino al confine")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"age_min": None, "age_max": None, "sex": None}, "tutti i residenti"),
        ({"age_min": None, "age_max": None, "sex": "F"}, "donne"),
        ({"age_min": 14, "age_max": None, "sex": "F"}, "donne da 14 anni in su"),
        ({"age_min": 15, "age_max": 64, "sex": None}, "persone da 15 a 64 anni"),
        ({"age_min": None, "age_max": 17, "sex": None}, "persone da 0 a 17 anni"),
    ],
)
def test_whom_a_service_is_for(given: dict[str, object], said: str) -> None:
    assert sentences.target(given) == said


def test_the_summary_gives_both_supplies_and_the_unknown() -> None:
    row = frames.gap("004", "X", assessed=1000.0, shadow_confirmed=400.0, shadow_all=100.0, unknown=50.0)
    text = sentences.summary(build.figures(row), 30.0, "confermata")
    assert text.startswith("400 persone su 1.000 valutate (40%) abitano oltre 30 min da un servizio confermato.")
    assert "da verificare sarebbero 100" in text
    assert "Di altre 50 non si può dire" in text
    other = sentences.summary(build.figures(row), 30.0, "tutta")
    assert other.startswith("100 persone")
    assert "Con i soli servizi confermati sarebbero 400" in other


def test_the_summary_of_nobody_assessed_claims_nothing() -> None:
    row = frames.gap("003", "X", assessed=0.0, unknown=1000.0, shadow_confirmed=None, shadow_all=None)
    text = sentences.summary(build.figures(row), 30.0, "confermata")
    assert "non si può ancora dire" in text
    assert "abita" not in text


def test_the_summary_of_nobody_in_shadow() -> None:
    text = sentences.summary(build.figures(frames.gap("002", "X")), 15.0, "confermata")
    assert text == "Nessuna delle 1.000 persone valutate abita oltre 15 min da un servizio confermato."


def test_the_summary_where_no_list_is_complete_tells_only_who_is_reached() -> None:
    none = dict.fromkeys(["shadow_confirmed", "shadow_all"])
    row = frames.gap("002", "X", assessed=547132.0, unknown=1651105.0, listed=0.0, **none)
    text = sentences.summary(build.figures(row), 15.0, "confermata")
    assert text == (
        "Il servizio si raggiunge entro 15 min per 547.132 persone; "
        "per le altre 1.651.105 non si sa: l'elenco non è completo."
    )


def test_the_summary_with_a_capacity_rule_does_not_call_everybody_far() -> None:
    row = frames.gap("002", "X", shadow_confirmed=300.0, shadow_all=300.0, persons_carente=300.0)
    text = sentences.summary(build.figures(row), 15.0, "confermata")
    assert text.startswith("300 persone su 1.000 valutate (30%) sono in ombra")
    assert "abitano oltre" not in text


def test_a_figure_at_five_minutes_less_is_a_bound_where_more_people_are_unknown() -> None:
    row = frames.gap("002", "X", unknown=10.0, unknown_minus=60.0, shadow_confirmed_minus=400.0)
    assert build.shadow(row, "confirmed").stricter_text == "almeno 400"
    assert build.shadow(row | {"shadow_confirmed_minus": 0.0}, "confirmed").stricter_text == "n.d."
    assert build.shadow(row | {"unknown_minus": 10.0}, "confirmed").stricter_text == "400"


def test_a_settlement_with_an_incomplete_list_has_no_figure_of_shadow() -> None:
    points = pd.DataFrame([frames.point("p", "Borgo", complete=False)])
    assert build.points_as_parts(points, farthest=120.0)[0].shadow is None


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("elenco", "non determinabile: l'elenco è incompleto"),
        ("eccesso", "non determinabile: in elenco c'è più di quanto la regola conta"),
        ("capacita", "non determinabile: la capacità di qualche servizio non è nota"),
        ("assenza", "non determinabile: non c'è alcun servizio da confrontare con la regola"),
        ("posizione", "non determinabile: la posizione di qualche servizio non è nota abbastanza bene"),
    ],
)
def test_why_an_outcome_cannot_be_determined(cause: str, words: str) -> None:
    unsaid = dict.fromkeys(["shortfall_confirmed", "shortfall_all"])
    unsaid |= dict.fromkeys(["outcome_confirmed", "outcome_all"], "non_determinabile")
    found = said(outcome("Pinerolese", cause_confirmed=cause, cause_all=cause, **unsaid))
    assert found.units == [f"Pinerolese: {words}."]
