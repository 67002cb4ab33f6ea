"""How a person names a service on the command line, and a field of it."""

import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import typer

from app.commands import output
from etl.errors import NotFound, OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST = 30  # services that a list to choose from holds
ServiceArgument = typer.Argument(
    metavar=_("SERVIZIO"),
    help=_(
        "Identificativo (anche di prima, o il suo inizio), FONTE:CHIAVE, o parole del nome, dell'ente e del comune."
    ),
)
FieldArgument = typer.Argument(metavar=_("CAMPO"), help=_("Campo: name, address, phone, schedule… o indirizzo, orari…"))
AuthorOption = typer.Option("--author", help=_("Chi lo fa: nome e cognome, o ufficio."))
AdministratorOption = typer.Option("--amministratore", help=_("Agisce anche sui valori messi da altri."))


def service(connection: "Connection", said: str) -> uuid.UUID:
    """The present identifier of the one service that a person names.

    Raises
    ------
    NotFound
        None is called so.
    OmbraError
        Several are: they have been listed on the screen.
    """
    from etl.link.members import find
    from etl.link.subject import present

    text = said.strip()
    if ":" in text or _is_identifier(text):
        with suppress(NotFound):
            return present(connection, "service", find(connection, "service", text))
    if _is_uuid(text):
        return present(connection, "service", uuid.UUID(text))
    return _by_words(connection, text)


def field(said: str) -> str:
    """The field that a person names.

    Raises
    ------
    OmbraError
        There is none of that name.
    """
    from app.reports.provenance import field_name, field_named
    from etl.link.fields import FIELDS

    found = field_named(said)
    if found is None:
        known = "\n".join(f"  {name} ({field_name(name)})" for name in FIELDS)
        raise OmbraError(_("«{campo}» non è un campo. I campi:\n{noti}").format(campo=said, noti=known))
    return found


def _is_identifier(text: str) -> bool:
    return re.fullmatch(r"(?=.*\d)[0-9a-fA-F][0-9a-fA-F-]{3,35}", text) is not None


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _by_words(connection: "Connection", text: str) -> uuid.UUID:
    from app.queries.origins import named

    if not text:
        raise OmbraError(_("Manca il servizio: scrivere l'identificativo o parole del nome."))
    rows = connection.execute(named(text, MOST + 1)).mappings().all()
    if not rows:
        raise NotFound(_("Nessun servizio corrisponde a «{testo}».").format(testo=text))
    if len(rows) > 1:
        _show(rows[:MOST])
        more = _("Sono più di {quanti}: aggiungere parole.") if len(rows) > MOST else _("Sceglierne uno.")
        why = _("Più servizi corrispondono a «{testo}». {come}").format(testo=text, come=more.format(quanti=MOST))
        raise OmbraError(why)
    found: uuid.UUID = rows[0]["id"]
    return found


def _show(rows: Sequence[Any]) -> None:
    headings = {"id": _("Identificativo"), "name": _("Nome"), "type_name": _("Tipo"), "place": _("Dove")}
    told = [
        {
            "id": str(row["id"]),
            "name": row["name"],
            "type_name": row["type_name"],
            "place": ", ".join(filter(None, (row["address"], row["municipality"]))) or None,
        }
        for row in rows
    ]
    output.show(told, output.Sheet(_("Servizi che corrispondono"), headings, whole=["id"]))
