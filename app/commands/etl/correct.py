"""``./ombra etl correct``: a value made by hand, which wins over all sources."""

from typing import Annotated

import typer

from app.commands.base import notes, report
from app.commands.etl import naming
from app.commands.etl.group import command, database
from etl.i18n import _

ValueArgument = typer.Argument(metavar=_("VALORE"), help=_('Il valore giusto; "" per togliere quello che c\'è.'))
NoteOption = typer.Option("--note", help=_("Perché: come si sa che il valore è giusto."))


@command(
    "correct", _("Mette a mano un valore di un servizio: vale più di ogni fonte, finché chi lo ha messo non lo toglie.")
)
def correct(
    service: Annotated[str, naming.ServiceArgument],
    field: Annotated[str, naming.FieldArgument],
    value: Annotated[str, ValueArgument],
    author: Annotated[str, naming.AuthorOption],
    note: Annotated[str | None, NoteOption] = None,
    *,
    administrator: Annotated[bool, naming.AdministratorOption] = False,
) -> None:
    """Give a field a value."""
    from app.reports.provenance import as_code, field_name
    from etl.link import hand
    from etl.link.apply import apply

    wanted = naming.field(field)
    meant = as_code(wanted, value)
    with database() as engine:
        with engine.connect() as connection:
            service_id = naming.service(connection, service)
        (made, doubts), _directory = apply(
            engine,
            lambda connection: hand.correct(
                connection, "service", service_id, wanted, meant, author=author, note=note, administrator=administrator
            ),
            progress=report,
        )
    for doubt in doubts:
        notes.print(_("Da controllare: {dubbio}").format(dubbio=doubt), highlight=False)
    done = _("Fatto: {campo} di {id}. Per togliere il valore: ./ombra etl release {id} {nome} --author «{autore}»")
    told = done.format(campo=field_name(wanted), id=service_id, nome=wanted, autore=made.author)
    notes.print(told, highlight=False, soft_wrap=True)
