"""Columns of the table of municipalities that merged, were carved out of others, or changed their name."""

from pathlib import Path

import pandera.pandas as pa

from etl.i18n import _
from etl.reference.columns import Table, choice, istat, match, rule, text
from etl.reference.reading import codes

FILE = "reference/municipality_changes.csv"
# Former codes of a merger are nobody's today; those of the other kinds are still in use.
KINDS = ("fusione", "scorporo", "nome", "uso")


def change_table(folder: Path) -> Table:
    """The table with its rules; today's codes are those of ``zone_omogenee.csv``."""
    known = codes(folder, "reference/zone_omogenee.csv", "istat_code")
    columns = {
        "kind": choice(*KINDS),
        "since": match(r"\d{4}-\d{2}-\d{2}", _("la data si scrive AAAA-MM-GG"), empty=True),
        "former_istat": istat(unique=False),
        "former_cadastral": match(r"[A-Z]\d{3}", _("il codice catastale è una lettera maiuscola e tre cifre")),
        "former_name": text(),
        "istat_code": istat(known, unique=False),
        "name": text(),
        "evidence": text(),
    }
    return Table(FILE, columns, _rules())


def _rules() -> list[pa.Check]:
    gone = _("in una fusione il codice di prima è diverso da quello di oggi; correggere uno dei due")
    same = _("un cambio di nome non cambia il codice; correggere il codice o «kind»")
    once = _("lo stesso comune di prima va in due comuni di oggi: non è una fusione, ma uno scorporo")
    return [
        rule(lambda f: (f["kind"] != "fusione") | (f["former_istat"] != f["istat_code"]), gone),
        rule(lambda f: ~f["kind"].isin(["nome", "uso"]) | (f["former_istat"] == f["istat_code"]), same),
        rule(lambda f: (f["kind"] != "fusione") | ~f.duplicated(["kind", "former_istat"]), once),
    ]
