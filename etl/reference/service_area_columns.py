"""The columns of ``service_areas.csv`` and the rules that tie them to the services and areas that are known."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from etl.i18n import _
from etl.reference.columns import Table, choice, free, rule, several, text
from etl.reference.reading import codes, pairs, read

LEVELS = ("metropolitan_city", "asl", "distretto", "municipality")
_KEY = ["organization", "name", "service_types", "area_level", "area_code"]


def service_area_table(folder: Path) -> Table:
    """The table as it must be; services, types and areas are those of the other tables of the folder."""
    bound = [
        code for code, flag in pairs(folder, "reference/service_types.csv", "residence_bound").items() if flag == "true"
    ]
    why = _("tipo assente da service_types.csv o non legato alla residenza; correggere il codice o togliere la riga")
    columns = {
        "organization": text(),
        "name": free(),
        "service_types": several(bound, why, empty=True),
        "area_level": choice(*LEVELS),
        "area_code": text(),
        "evidence": text(),
    }
    once = rule(lambda f: ~f.duplicated(_KEY), _("riga già presente più sopra; toglierne una"))
    return Table("builtin/service_areas.csv", columns, [_of_a_service(folder), _in_an_area(folder), once])


def _of_a_service(folder: Path) -> pa.Check:
    listed = read(folder, "builtin/services.csv").reindex(columns=["organization", "name"], fill_value="")
    known = set(listed["organization"]) | set(listed["organization"] + "\n" + listed["name"])
    why = _("nessun servizio di builtin/services.csv ha questo ente e questo nome; correggere o togliere la riga")

    def named(f: pd.DataFrame) -> "pd.Series[bool]":
        return f["organization"].where(f["name"] == "", f["organization"] + "\n" + f["name"]).isin(known)

    return rule(named, why)


def _in_an_area(folder: Path) -> pa.Check:
    towns = codes(folder, "reference/zone_omogenee.csv", "istat_code")
    health = read(folder, "reference/distretti_asl.csv").reindex(columns=["asl", "distretto"], fill_value="")
    known = {"metropolitan_city\n201", *(f"municipality\n{code}" for code in towns)}
    known |= set("asl\n" + health["asl"]) | set("distretto\n" + health["asl"] + " / " + health["distretto"])
    why = _("nessuna area di questo livello ha questo codice; guardare zone_omogenee.csv e distretti_asl.csv")
    return rule(lambda f: (f["area_level"] + "\n" + f["area_code"]).isin(known), why)
