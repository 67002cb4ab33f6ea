"""``./ombra export dcat``: the catalogue of the data sets in a file, for a portal that takes files."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.base import notes
from app.commands.export.group import OutArgument, command
from app.commands.output import reason
from etl.errors import OmbraError
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
    form = _form(out)
    text = _text(form, base)
    try:
        _write(text, out)
    except OSError as error:
        told = _("Non si può scrivere {file} ({why}): indicare un'altra cartella.")
        raise OmbraError(told.format(file=out, why=reason(error))) from None
    notes.print(_("Scritto {file}.").format(file=out), highlight=False)


def _form(out: Path) -> "Form":
    from app.linked.formats import FORMS

    found = next((form for form in FORMS if out.suffix.lower() == f".{form.ending}"), None)
    if found is None:
        told = _("{file}: il nome deve finire con {endings}.")
        raise OmbraError(told.format(file=out, endings=", ".join(f".{form.ending}" for form in FORMS)))
    return found


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


def _write(text: str, out: Path) -> None:
    """All of it or nothing: a file that a portal reads is never half written."""
    with NamedTemporaryFile("w", dir=out.parent, encoding="utf-8", delete=False) as stream:
        stream.write(text)
    aside = Path(stream.name)
    try:
        aside.chmod(0o644)
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)
