"""Read one table of reference data: text from the file, every check, then typed columns."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from etl.errors import ReferenceDataError
from etl.i18n import _
from etl.reference.columns import Table


def read(folder: Path, file: str) -> pd.DataFrame:
    """The raw text of a file, indexed by its line numbers (the header is line 1)."""
    try:
        with (folder / file).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            rows = [(reader.line_num, row) for row in reader if row]
    except FileNotFoundError:
        raise _error(file, [_("{file}: il file manca; rimetterlo al suo posto").format(file=file)]) from None
    except UnicodeDecodeError:
        why = _("{file}: non è in UTF-8; salvarlo di nuovo come «CSV UTF-8»").format(file=file)
        raise _error(file, [why]) from None
    except csv.Error as error:
        why = _("{file}: non si legge come CSV ({error}); salvarlo di nuovo come CSV").format(file=file, error=error)
        raise _error(file, [why]) from None
    _require_shape(file, header, rows)
    return pd.DataFrame([row for _line, row in rows], columns=header, index=[line for line, _row in rows], dtype=str)


def _require_shape(file: str, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> None:
    faults = []
    if len(header) == 1 and ";" in header[0]:
        why = _("{file}: le colonne sono separate da punto e virgola; salvarlo con la virgola")
        raise _error(file, [why.format(file=file)])
    if len(set(header)) < len(header):
        faults.append(_("{file}, riga 1: un nome di colonna è ripetuto; toglierne uno").format(file=file))
    short = _("{file}, riga {line}: {found} celle invece di {wanted}; controllare virgole e virgolette")
    for line, row in rows:
        if len(row) != len(header):
            faults.append(short.format(file=file, line=line, found=len(row), wanted=len(header)))
    if faults:
        raise _error(file, faults)


def _error(file: str, faults: Sequence[str]) -> ReferenceDataError:
    return ReferenceDataError(_("La tabella {file} non è valida: non è stata caricata.").format(file=file), faults)


def load(folder: Path, table: Table) -> pd.DataFrame:
    """The table with typed columns in the order of its schema.

    Raises
    ------
    ReferenceDataError
        With every fault: file, row, column, what is wrong, how to mend it.
    """
    frame = read(folder, table.file)
    faults = _schema_faults(frame, table)
    if table.whole and set(table.columns) <= set(frame.columns):
        faults += table.whole(frame)
    if faults:
        raise _error(table.file, faults)
    return _typed(frame, table)


def _schema_faults(frame: pd.DataFrame, table: Table) -> list[str]:
    # Rules across columns cannot be asked of a table that lacks columns.
    rules = table.rules if set(table.columns) <= set(frame.columns) else ()
    try:
        pa.DataFrameSchema(dict(table.columns), checks=list(rules), strict=True).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        # A rule across columns is reported once for each column of the row.
        found = [_fault(table.file, case) for case in errors.failure_cases.to_dict("records")]
        return list(dict.fromkeys(found))
    return []


def _fault(file: str, case: Mapping[str, object]) -> str:
    if case["check"] == "column_in_dataframe":
        text = _("{file}, riga 1: manca la colonna «{value}»; aggiungerla")
    elif case["check"] == "column_in_schema":
        text = _("{file}, riga 1: la colonna «{value}» non è prevista; toglierla o correggerne il nome")
    elif case["schema_context"] == "DataFrameSchema":
        text = _("{file}, riga {row}: {why}")
    else:
        text = _("{file}, riga {row}, colonna «{column}»: «{value}»: {why}")
    names = {"row": case["index"], "column": case["column"], "value": case["failure_case"], "why": case["check"]}
    return text.format(file=file, **names)


def _typed(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    frame = frame[list(table.columns)].reset_index(drop=True)
    for name, column in table.columns.items():
        kind, present = (column.metadata or {})["kind"], frame[name].where(frame[name] != "")
        if kind == "int":
            frame[name] = pd.to_numeric(present).astype("Int64")
        elif kind == "float":
            frame[name] = pd.to_numeric(present).astype("float64")
        else:
            frame[name] = present if kind == "text" else frame[name] == "true"
    return frame


def codes(folder: Path, file: str, column: str = "code") -> list[str]:
    """The codes that another table may refer to; none where that table lacks the column, which is its own fault."""
    frame = read(folder, file)
    return list(frame[column]) if column in frame else []


def pairs(folder: Path, file: str, column: str) -> dict[str, str]:
    """Code to another column of a file; empty where that table lacks one of them."""
    return dict(zip(codes(folder, file), codes(folder, file, column), strict=False))
