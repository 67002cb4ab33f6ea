"""``./ombra export dcat``: the catalogue of the data sets in a file, for a portal that takes files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.base import notes
from app.commands.export.files import replaced
from app.commands.export.group import OutArgument, command
from etl.i18n import _

if TYPE_CHECKING:
    from app.linked.formats import Form

HERE = "http://127.0.0.1:8000/"
BaseOption = typer.Option(
    "--base", help=_("Indirizzo pubblico di Ombra, con cui cominciano gli identificativi; senza, OMBRA_PUBLIC_URL.")
)


@command("dcat", _("Il catalogo DCAT-AP_IT degli insiemi di dati (.ttl, .jsonld o .rdf)."))
def dcat(out: Annotated[Path, OutArgument], base: Annotated[str | None, BaseOption] = None) -> None:
    """Write the catalogue in the form that the name of the file promises."""
    from app.linked.formats import FORMS

    endings = {f".{form.ending}": form for form in FORMS}
    with replaced(out, *endings) as file:
        file.write_text(_text(endings[out.suffix.lower()], base), encoding="utf-8")
    notes.print(_("Scritto {file}.").format(file=out), highlight=False)


def _text(form: "Form", base: str | None) -> str:
    from sqlalchemy.orm import Session

    from app.linked.catalogue import catalogue
    from app.linked.formats import written
    from app.linked.reading import told
    from app.linked.whereabouts import root
    from app.settings import WebSettings
    from etl.store.driver_errors import translated_errors
    from etl.store.engine import connect

    settings, engine = WebSettings(), connect()
    try:
        with translated_errors(engine.url), Session(engine) as session:
            place = f"{base.rstrip('/')}/" if base else root(settings, HERE)
            return written(catalogue(told(session, settings, place)), form)
    finally:
        engine.dispose()
