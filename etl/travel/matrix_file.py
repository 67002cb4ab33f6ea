"""A table of minutes as it stands in a file, CSV or Parquet: its cells, under the names of its own header."""

import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from etl.i18n import _
from etl.sources.readers.content import Unreadable, require_file
from etl.sources.readers.decoding import decode
from etl.sources.readers.signatures import refuse_other_format

_PARQUET = b"PAR1"
_HEAD = 65_536  # bytes by which encoding and delimiter are told
_DELIMITERS = ",;\t"


def header(path: Path) -> list[str]:
    """Names of the columns.

    Raises
    ------
    Unreadable
        The file is missing, empty, damaged, or neither CSV nor Parquet.
    """
    if _is_parquet(path):
        return [str(name) for name in _parquet(path).schema_arrow.names]
    start, _encoding = _start(path)
    return next(csv.reader([_first_line(start)], delimiter=_delimiter(start)))


def cells(path: Path, wanted: list[str]) -> pd.DataFrame:
    """The columns of `wanted`: text from CSV, as they are stored from Parquet.

    Raises
    ------
    Unreadable
        As :func:`header`; a row of a CSV has more or fewer cells than the header.
    """
    if _is_parquet(path):
        return pd.DataFrame(_parquet(path).read(columns=wanted).to_pandas())
    start, encoding = _start(path)
    try:
        return _csv(path, wanted, delimiter=_delimiter(start), encoding=encoding)
    except pa.ArrowInvalid as error:
        why = _("Una riga non ha tante celle quante l'intestazione ({dettaglio}): controllare separatori e virgolette.")
        raise Unreadable(why.format(dettaglio=str(error).strip())) from None
    except UnicodeDecodeError:
        raise Unreadable(_("Il testo non è tutto nella stessa codifica: salvare il file in UTF-8.")) from None


def _csv(path: Path, wanted: list[str], *, delimiter: str, encoding: str) -> pd.DataFrame:
    # A mark before the text is passed over by the reader itself.
    told = "utf8" if encoding.startswith("utf-8") else encoding
    table = arrow_csv.read_csv(
        path,
        read_options=arrow_csv.ReadOptions(encoding=told),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
        ),
    )
    return pd.DataFrame(table.to_pandas())


def _is_parquet(path: Path) -> bool:
    require_file(path)
    with path.open("rb") as stream:
        return stream.read(len(_PARQUET)) == _PARQUET


def _parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError):
        raise Unreadable(_("Il file Parquet è guasto o incompleto: produrlo di nuovo.")) from None


def _start(path: Path) -> tuple[str, str]:
    """The first characters of a text, and its encoding."""
    with path.open("rb") as stream:
        data = stream.read(_HEAD)
    refuse_other_format(data[:512], text=True)
    told = decode(data, whole=len(data) < _HEAD)
    return told.content, told.encoding


def _first_line(start: str) -> str:
    return start.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")


def _delimiter(start: str) -> str:
    """The sign that parts the cells of the header best."""
    return max(_DELIMITERS, key=_first_line(start).count)
