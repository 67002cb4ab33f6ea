"""Answers of services kept as JSON (RFC 8259): read whole, with a plain word on what is wrong with them."""

import json
from pathlib import Path
from typing import Any

from etl.i18n import _
from etl.sources.readers.content import Unreadable, require_file
from etl.sources.readers.signatures import refuse_other_format

HEAD = 4_000  # bytes that tell which service answered


def head(path: Path) -> str:
    """The beginning of a file as text.

    Raises
    ------
    Unreadable
        The file is missing, empty or too large, or no text.
    """
    require_file(path)
    with path.open("rb") as stream:
        data = stream.read(HEAD)
    refuse_other_format(data, text=True)
    return data.decode("utf-8-sig", errors="replace")


def read(path: Path) -> Any:  # noqa: ANN401  any JSON
    """The content of a file; numbers that JSON does not know (``NaN``) are none.

    Raises
    ------
    Unreadable
        The file cannot be read, is no JSON, breaks off, or is nested beyond sense.
    """
    require_file(path)
    data = path.read_bytes()
    refuse_other_format(data, text=True)
    try:
        return json.loads(data.removeprefix(b"\xef\xbb\xbf"), parse_constant=lambda _told: None)
    except json.JSONDecodeError as error:
        why = _("Riga {riga}, carattere {colonna}: il JSON è interrotto o non valido: scaricarlo di nuovo.")
        raise Unreadable(why.format(riga=error.lineno, colonna=error.colno)) from None
    except UnicodeDecodeError:
        raise Unreadable(_("Il testo non è in UTF-8: scaricare o esportare di nuovo il file.")) from None
    except RecursionError:
        raise Unreadable(_("Il JSON è annidato troppo in profondità: non è la risposta di un servizio.")) from None
    except ValueError:
        raise Unreadable(_("Il JSON contiene un numero fuori misura: scaricare di nuovo il file.")) from None
