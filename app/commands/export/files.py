"""The file of an export: written beside its place, and put there when it is whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.commands.output import reason
from etl.errors import OmbraError
from etl.i18n import _


@contextmanager
def replaced(out: Path, *suffixes: str) -> Iterator[Path]:
    """Give a file to write; it takes the place of ``out`` when the block ends well, and is gone when it does not.

    Raises
    ------
    OmbraError
        The name has none of the suffixes, or nothing can be written there.
    """
    if out.suffix.lower() not in suffixes:
        told = _("{file}: il nome deve finire con {suffixes}.")
        raise OmbraError(told.format(file=out, suffixes=_(" o ").join(suffixes)))
    try:
        with TemporaryDirectory(prefix=".ombra-", dir=out.parent) as folder:
            file = Path(folder) / out.name
            yield file
            file.replace(out)
    except OSError as error:
        told = _("Non si può scrivere {file} ({why}): indicare un'altra cartella.")
        raise OmbraError(told.format(file=out, why=reason(error))) from None
