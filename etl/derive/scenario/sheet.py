"""Files of changes: YAML, with a description, or a table in CSV."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml

from etl.derive.scenario.changes import Changes
from etl.derive.scenario.written import BETWEEN, Written, rows
from etl.errors import FaultsError, OmbraError
from etl.i18n import _
from etl.sources.readers.plain_yaml import read_yaml, texts_only
from etl.sources.readers.table import read_table

DESCRIPTION: Final = "descrizione"
CHANGES: Final = "cambiamenti"
YAML: Final = (".yaml", ".yml")
CSV: Final = ".csv"


def read_file(path: Path) -> tuple[str | None, list[Written]]:
    """The description, None where there is none, and the changes of a file as they are written there.

    Raises
    ------
    OmbraError
        The name has another ending.
    FaultsError
        The file cannot be read, or is no list of changes; every fault is told.
    """
    ending = path.suffix.lower()
    if ending in YAML:
        return _from_yaml(path)
    if ending == CSV:
        return None, _from_csv(path)
    raise unknown_ending(path)


def yaml_text(description: str | None, changes: Changes) -> str:
    """The text of a YAML file with these changes, which :func:`read_file` reads again."""
    told: dict[str, object] = {} if description is None else {DESCRIPTION: description}
    told[CHANGES] = [{name: text for name, text in row.items() if text} for row in rows(changes)]
    text: str = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)
    return text


def unknown_ending(path: Path) -> OmbraError:
    """What to tell whoever names a file that is neither."""
    return OmbraError(_("{file}: il nome deve finire per .yaml o .csv.").format(file=path.name))


def _from_csv(path: Path) -> list[Written]:
    table = read_table(path, format="csv")
    faults = [_("riga {n}: {motivo}").format(n=row.number, motivo=row.message) for row in table.broken]
    if faults:
        raise _refused(path, faults)
    return [
        Written(
            _("riga {n}").format(n=number), {name.strip().lower(): text for name, text in cells.items() if text.strip()}
        )
        for number, cells in table.rows
    ]


def _from_yaml(path: Path) -> tuple[str | None, list[Written]]:
    told = read_yaml(path, summary=_summary(path), loader=texts_only)
    if not isinstance(told, Mapping):
        raise _refused(path, [_("servono le chiavi «{a}» e «{b}»").format(a=DESCRIPTION, b=CHANGES)])
    listed = told.get(CHANGES)
    faults = [
        _("chiave sconosciuta «{nome}»: ci sono «{a}» e «{b}»").format(nome=key, a=DESCRIPTION, b=CHANGES)
        for key in told
        if key not in (DESCRIPTION, CHANGES)
    ]
    if not isinstance(listed, list):
        faults.append(_("«{b}»: serve un elenco, con «- » davanti a ogni cambiamento").format(b=CHANGES))
        raise _refused(path, faults)
    places = [_("cambiamento {n}").format(n=number) for number in range(1, len(listed) + 1)]
    for where, entry in zip(places, listed, strict=True):
        if not isinstance(entry, Mapping):
            faults.append(_("{dove}: servono chiavi e valori, come «azione: chiudi»").format(dove=where))
    if faults:
        raise _refused(path, faults)
    return _text(told.get(DESCRIPTION)) or None, [
        Written(where, {str(key): _text(value) for key, value in entry.items()})
        for where, entry in zip(places, listed, strict=True)
    ]


def _text(value: object) -> str:
    """A value as one text: the two numbers of a point, or several areas, one after the other."""
    if isinstance(value, list):
        return BETWEEN.join(map(_text, value))
    return "" if value is None else str(value).strip()


def _summary(path: Path) -> str:
    return _("Il file «{file}» non è un elenco di cambiamenti.").format(file=path.name)


def _refused(path: Path, faults: Iterable[str]) -> FaultsError:
    return FaultsError(_summary(path), list(faults))
