"""The columns of ``standards.csv`` and the rules that join them: what makes a row a rule that may be applied."""

from collections.abc import Sequence

import pandas as pd
import pandera.pandas as pa

from etl.i18n import _
from etl.reference.columns import choice, flag, free, match, number, numeric, ordered, rule, several, text

WORKING_ACT = "criterio di lavoro"
_KINDS = ("coverage", "presence", "time", "distance", "spacing", "intensity", "load", "area", "class", "conformity")
_GEOGRAPHIES = (
    *("comune", "bacino", "distretto", "ats", "asl", "provincia", "regione", "ambito", "nazione", "sede", "ente"),
    "punto",  # a working criterion is measured where people live
)
_CONDITIONS = (
    *("tutte", "interna", "montana", "rurale", "urbana", "extraurbana", "zona_residenziale", "piccolo_comune"),
    *("stazione_porto_aeroporto", "centro_commerciale", "cintura", "intermedio", "periferico"),
)


def standard_columns(codes: Sequence[str], unknown: str) -> dict[str, pa.Column]:
    """The columns in the order of the file; ``codes`` are the service types, ``unknown`` says what to do of others."""
    return {**_standard_head(codes, unknown), **_standard_base(), **_standard_source()}


def _standard_head(codes: Sequence[str], unknown: str) -> dict[str, pa.Column]:
    return {
        "id": match("[A-Za-z0-9_-]+", _("solo lettere, cifre e trattini"), unique=True),
        "service_type": several(codes, unknown, empty=True),
        "title_it": text(),
        "indicator_it": text(),
        "kind": choice(*_KINDS),
        "comparator": choice("<=", ">="),
        "minimum": number(0, 1e9, kind="float"),
        "objective": number(0, 1e9, kind="float", empty=True),
        "unit": text(),
        "per": number(1, 1e6, kind="float"),
        "capacity_unit": free(),
        "supply_bound": choice("eccesso", empty=True),
        "reach": number(0, 1e6, kind="float", empty=True),
        "figure_unit": free(),
    }


def _standard_base() -> dict[str, pa.Column]:
    return {
        "base_kind": choice("residenti", "altro", "nessuna"),
        "base_age_min": number(0, 120, empty=True),
        "base_age_max": number(0, 120, empty=True),
        "base_sex": choice("F", "M", empty=True),
        "base_note": free(),
        "geography": several(_GEOGRAPHIES),
        "area_condition": several(_CONDITIONS),
    }


def _standard_source() -> dict[str, pa.Column]:
    return {
        "act": text(),
        "article": free(),
        "verification": choice("letto", "parziale", "non_letto", "criterio"),
        "read_at": free(),
        "law": flag(),
        "note": free(),
        "source_note": free(),
    }


def standard_rules() -> list[pa.Check]:
    """What must hold across the columns of a row."""

    def objective_beyond_minimum(f: pd.DataFrame) -> "pd.Series[bool]":
        gain = numeric(f["objective"]) - numeric(f["minimum"])
        return ~(gain.where(f["comparator"] == ">=", -gain) < 0)

    def working_criterion(f: pd.DataFrame) -> "pd.Series[bool]":
        own = f["verification"] == "criterio"
        return (f["id"].str.startswith("LAV-") == own) & ((f["act"] == WORKING_ACT) == own)

    def law_was_read(f: pd.DataFrame) -> "pd.Series[bool]":
        return (f["law"] != "true") | f["verification"].isin(["letto", "parziale"])

    def reach_of_a_share(f: pd.DataFrame) -> "pd.Series[bool]":
        share = f["kind"].isin(["time", "distance"]) & (f["comparator"] == ">=")
        return share == (f["reach"] != "")

    def figure_of_a_load(f: pd.DataFrame) -> "pd.Series[bool]":
        return f["kind"].isin(["load", "intensity"]) == (f["figure_unit"] != "")

    share = _(
        "«reach» (minuti o metri entro cui si contano le persone) serve alle sole regole time e distance con «>=»; "
        "scriverlo o toglierlo"
    )
    load = _("«figure_unit» serve alle sole regole load e intensity; scriverla o toglierla")
    unread = _("una regola non letta non si mostra come legge; leggere l'atto o scrivere false in «law»")
    own = _("LAV-…, verifica «criterio» e atto «criterio di lavoro» vanno insieme; correggere quello che manca")
    return [
        ordered("base_age_min", "base_age_max"),
        rule(objective_beyond_minimum, _("l'obiettivo è meno esigente del minimo; controllare i due numeri")),
        rule(law_was_read, unread),
        rule(working_criterion, own),
        rule(reach_of_a_share, share),
        rule(figure_of_a_load, load),
    ]
