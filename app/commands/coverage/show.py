"""``./ombra coverage show``: all that a run depends on."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from app.commands.base import show_table
from app.commands.coverage.group import RunArgument, command, reading
from app.commands.coverage.runs import supposed
from app.commands.etl.tables import moment
from etl.i18n import _


@command("show", _("Mostra tutto ciò da cui un calcolo dipende."))
def show(run: Annotated[str, RunArgument] = "corrente") -> None:
    """Show the parameters of a run."""
    from app.queries.runs import runs
    from etl.derive import book

    with reading() as connection:
        found = connection.execute(runs(run=book.find(connection, run))).mappings().one()
    show_table(_lines(dict(found)), title=_("Calcolo {numero}").format(numero=found["id"]))


def _lines(row: dict[str, Any]) -> list[tuple[str, str]]:
    told = {
        _("Nome"): row["name"],
        _("Nota"): row["note"],
        _("Fatto il"): moment(row["created_at"]),
        _("Corrente"): _("sì") if row["current"] else _("no"),
        _("Suppone"): None if row["variant"] is None else supposed(row["variant"]),
        _("Risultati"): _("conservati") if row["results"] else _("tolti: restano gli indicatori"),
        _("Versione dei dati"): row["data_version"],
        _("Residenti al 1° gennaio"): row["population_year"],
        _("Motore di viaggio"): row["engine"],
        _("Codice"): row["code_version"],
        _("Impronta"): row["input_hash"],
    }
    lines = [(label, str(value)) for label, value in told.items() if value is not None]
    parts = [(words(part), digest[:16]) for part, digest in row["digests"].items()]
    parameters = [(f"  {name}", value) for name, value in _flat(row["parameters"])]
    return [*lines, (_("Impronte delle parti"), ""), *((f"  {name}", text) for name, text in sorted(parts)),
            (_("Parametri"), ""), *parameters]  # fmt: skip


def words(part: str) -> str:
    """A part of what a run is made from, in words."""
    return {
        "services": _("servizi"),
        "data": _("luoghi ed elenchi"),
        "population": _("residenti"),
        "standards": _("regole e soglie"),
        "travel": _("motore di viaggio"),
        "method": _("metodo di calcolo"),
    }[part]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401  any JSON
    """The leaves of a JSON value with their path."""
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _flat(value[key], f"{name}.{key}" if name else key)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
