"""Which sources there are, and which of them a file belongs to."""

import importlib
import logging
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import etl.sources
from etl.errors import SourceError
from etl.i18n import _
from etl.reference import tables
from etl.sources.base import Source
from etl.sources.tabular.mapping_file import load_mappings
from etl.sources.tabular.source import TabularSource

log = logging.getLogger(__name__)
MAPPINGS = tables.DATA / "sources"


@dataclass(frozen=True)
class Claims:
    """Files and their sources; ``unclaimed`` says why of each file whose name a source knows, nothing of the others.

    A file that two sources recognise belongs to neither: its reasons name both.
    """

    claimed: Mapping[Path, Source]
    unclaimed: Mapping[Path, tuple[str, ...]]


def catalogue(*, mappings: Path | None = None) -> tuple[Source, ...]:
    """Every source, by its id: the modules of ``etl.sources``, the YAML files of ``data/sources`` and of a folder.

    The built-in services are not among them: they come with Ombra and no file is theirs. A mapping file with faults
    is left out with a warning that names it (:func:`left_out`): one wrong file must not stop all sources.

    Raises
    ------
    SourceError
        Two sources have one id.
    """
    mapped, faults = load_mappings(_folders(mappings))
    for fault in faults:
        log.warning(_("mappatura lasciata fuori: {fault}").format(fault=fault))
    read = [TabularSource(mapping) for mapping in mapped]
    found = sorted([*_modules(), *read], key=lambda source: source.declaration.id)
    ids = [source.declaration.id for source in found]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        fault = _("più fonti si chiamano «{id}»: cambiare «id» in una delle mappature")
        raise SourceError(_("Il catalogo delle fonti non va."), [fault.format(id=one) for one in twice])
    return tuple(found)


def left_out(*, mappings: Path | None = None) -> tuple[str, ...]:
    """The faults of the mapping files that are in no catalogue; each names its file."""
    return load_mappings(_folders(mappings))[1]


def _folders(mappings: Path | None) -> list[Path]:
    return [MAPPINGS] if mappings is None or mappings.resolve() == MAPPINGS.resolve() else [MAPPINGS, mappings]


@cache
def _modules() -> tuple[Source, ...]:
    names = sorted(info.name for info in pkgutil.iter_modules(etl.sources.__path__) if not info.ispkg)
    modules = [importlib.import_module(f"{etl.sources.__name__}.{name}") for name in names]
    return tuple(source for module in modules for source in getattr(module, "SOURCES", ()))


def claim(sources: Sequence[Source], files: Sequence[Path]) -> Claims:
    """The source of each file: the one that knows its name and finds no fault in it.

    A file whose name no source knows is not opened.
    """
    claimed: dict[Path, Source] = {}
    unclaimed: dict[Path, tuple[str, ...]] = {}
    for file in sorted(files):
        knowing = [source for source in sources if source.knows(file.name)]
        faults = {source.declaration.id: source.faults(file) for source in knowing}
        fitting = [source for source in knowing if not faults[source.declaration.id]]
        if len(fitting) == 1:
            claimed[file] = fitting[0]
        else:
            unclaimed[file] = _reasons(file, fitting, faults)
    return Claims(claimed, unclaimed)


def _reasons(file: Path, fitting: Sequence[Source], faults: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    if fitting:
        ids = ", ".join(sorted(source.declaration.id for source in fitting))
        why = _("{name}: più fonti lo riconoscono ({ids}); rendere più strette le loro mappature")
        return (why.format(name=file.name, ids=ids),)
    return tuple(dict.fromkeys(f"{told} ({name})" for name, every in sorted(faults.items()) for told in every))
