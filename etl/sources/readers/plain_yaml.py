"""YAML files that people write by hand, a page of text each; every fault in Italian, with file, line and remedy."""

from collections.abc import Callable
from pathlib import Path

import yaml

from etl.errors import SourceError
from etl.i18n import _

LARGEST = 1_000_000  # bytes


def read_yaml(file: Path, *, summary: str, loader: Callable[[str], object] = yaml.safe_load) -> object:
    """What a YAML file holds.

    Parameters
    ----------
    summary
        The sentence that heads a fault.

    Raises
    ------
    SourceError
        The file cannot be read, is no text in UTF-8, or no YAML.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise SourceError(summary, [_("{name}: è troppo grande per un file scritto a mano").format(name=file.name)])
        return loader(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        why = _("{name}: non è in UTF-8; salvarlo come testo UTF-8")
        raise SourceError(summary, [why.format(name=file.name)]) from None
    except OSError as error:
        why = _("{name}: non si può leggere ({why})")
        raise SourceError(summary, [why.format(name=file.name, why=error.strerror)]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise SourceError(summary, [_fault(file.name, error)]) from None


def texts_only(text: str) -> object:
    """YAML in which every value is the text that stands there: 001270 is a code, and no number in base eight."""
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  it makes texts, lists and mappings alone


def _fault(name: str, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return _("{name}: non si legge come YAML").format(name=name)
    why = _(
        "{name}: riga {line}, colonna {column}: non si legge come YAML; controllare rientri, due punti e virgolette"
    )
    return why.format(name=name, line=mark.line + 1, column=mark.column + 1)
