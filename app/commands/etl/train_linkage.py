"""``./ombra etl train-linkage``: learn the models that find what several lists say of one thing."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.base import report, screen
from app.commands.etl.group import MappingsOption, command, database, known
from etl.errors import OmbraError
from etl.i18n import _

DirOption = typer.Option("--dir", help=_("Cartella con i file delle fonti da cui imparare."))
OutOption = typer.Option("--out", help=_("Cartella del modello; senza, quella del progetto (data/linkage)."))


@command("train-linkage", _("Impara dai file di una cartella il modello che riconosce gli stessi servizi."))
def train_linkage(
    folder: Annotated[Path, DirOption],
    mappings: Annotated[Path | None, MappingsOption] = None,
    *,
    out: Annotated[Path | None, OutOption] = None,
) -> None:
    """Write the models; nothing of the database changes."""
    from etl.link import engine
    from etl.link.gather import gather
    from etl.link.parameters import FOLDER
    from etl.link.train import train
    from etl.pipeline import today_here

    if not engine.available():
        raise OmbraError(_("Manca il motore di collegamento: ./ombra etl train-linkage lo installa da sé."))
    with database() as store:
        told = gather(store, folder, known(mappings), report, today=today_here())
    target = out or FOLDER
    train(told.services, told.bodies, target, report)
    screen.print(_("Modello scritto in {folder}.").format(folder=target), markup=False)
