"""``./ombra etl release``: a value made by hand gives way to the sources again."""

from typing import Annotated

from app.commands.base import notes, report
from app.commands.etl import naming
from app.commands.etl.group import command, database
from etl.i18n import _


@command("release", _("Toglie un valore messo a mano: torna a valere quello delle fonti."))
def release(
    service: Annotated[str, naming.ServiceArgument],
    field: Annotated[str, naming.FieldArgument],
    author: Annotated[str, naming.AuthorOption],
    *,
    administrator: Annotated[bool, naming.AdministratorOption] = False,
) -> None:
    """Let the sources speak again of a field."""
    from app.reports.provenance import field_name
    from etl.link import hand
    from etl.link.apply import apply

    wanted = naming.field(field)
    with database() as engine:
        with engine.connect() as connection:
            service_id = naming.service(connection, service)
        apply(
            engine,
            lambda connection: hand.release(
                connection, "service", service_id, wanted, author=author, administrator=administrator
            ),
            progress=report,
        )
    done = _("Fatto: {campo} di {id} viene di nuovo dalle fonti.")
    notes.print(done.format(campo=field_name(wanted), id=service_id), highlight=False, soft_wrap=True)
