"""The network engine from an OpenStreetMap extract: read once, kept by the hash of the file and of the rules."""

import hashlib
from pathlib import Path
from typing import Any

from pyproj import Transformer

from etl.errors import SourceError
from etl.i18n import _
from etl.identity import content_hash
from etl.progress import Progress, silent
from etl.sources import osm_file
from etl.sources.where import finder
from etl.travel import network_cache, osm_graph, osm_read, osm_rules, osm_speeds
from geo.crs import METRIC, WGS84
from geo.travel.graph import SMALLEST_ISLAND, Lines
from geo.travel.network import Network

NATURE = "modelled: free flow at usual speeds, without traffic, lights, turns and parking; not official times"


def load(path: Path, *, cache: Path, progress: Progress = silent) -> Network:
    """The engine on the roads of an extract.

    Parameters
    ----------
    path
        OpenStreetMap extract of the territory, ``.osm.pbf`` or ``.osm``.
    cache
        Folder where graphs are kept by the hash of file and rules; a damaged one is made again.

    Raises
    ------
    SourceError
        The file is missing, damaged, no extract, of another place or without roads, or the extra ``network`` is not
        installed and this file has not been read before.
    """
    digest = _digest(path)
    kept = cache / f"{digest[:16]}-{rules_hash()[:16]}.npz"
    found = network_cache.load(kept)
    if found is not None and found[2].get("file", {}).get("sha256") == digest:
        progress(_("Uso la rete stradale già preparata da «{file}»").format(file=path.name))
        lines, graphs, provenance = found
        return Network(lines=lines, graphs=graphs, provenance=provenance)
    roads = _build(path, progress)
    provenance = _provenance(path, digest, roads)
    if not network_cache.save(kept, roads.lines, roads.graphs, provenance):
        progress(
            _("Non posso conservare la rete in «{cartella}»: la prossima volta la rifaccio").format(cartella=cache)
        )
    return Network(lines=roads.lines, graphs=roads.graphs, provenance=provenance)


def rules_hash() -> str:
    """Hash of the rules and speeds by which an extract becomes a graph."""
    return content_hash([osm_rules.told(), osm_speeds.told(), SMALLEST_ISLAND])


def unusable(path: Path, faults: list[str]) -> SourceError:
    """The error of a file that no network can be made of."""
    return SourceError(_("Rete stradale dal file «{file}»: non si può usare.").format(file=path), faults)


def _build(path: Path, progress: Progress) -> osm_graph.Roads:
    try:
        osm_file.check(path)
    except SourceError as error:
        raise unusable(path, list(error.faults)) from None
    if not osm_read.available():
        raise unusable(path, [_missing()])
    progress(_("Preparo la rete stradale da «{file}»").format(file=path.name))
    try:
        extract = osm_read.read(path, progress)
    except osm_read.Unreadable as error:
        why = _("Il file non è un estratto valido ({motivo}): scaricarlo o esportarlo di nuovo.")
        raise unusable(path, [why.format(motivo=error)]) from None
    progress(_("Compongo i grafi per auto, piedi e bicicletta"))
    roads = osm_graph.build(extract)
    _require_here(path, roads)
    return roads


def _missing() -> str:
    command = ".venv/bin/python -m pip install -c requirements.lock -e '.[network]'"
    why = _("Per leggere le strade manca la libreria osmium: ripetere con ./ombra, che la aggiunge, o dare {comando}.")
    return why.format(comando=command)


def _require_here(path: Path, roads: osm_graph.Roads) -> None:
    empty = [mode for mode, graph in roads.graphs.items() if not len(graph)]
    if len(empty) == len(roads.graphs):
        why = _("Non contiene strade percorribili: serve un estratto completo, con le strade e i loro nodi.")
        raise unusable(path, [why])
    if not _touches(roads.lines, finder().bounds):
        why = _(
            "Non contiene strade nella Città metropolitana di Torino: usare un estratto che la comprenda, per esempio "
            "quello del Piemonte."
        )
        raise unusable(path, [why])


def _touches(lines: Lines, bounds: tuple[float, float, float, float]) -> bool:
    """Whether some point of the lines lies within bounds in degrees."""
    to_metric = Transformer.from_crs(WGS84, METRIC, always_xy=True)
    west, south, east, north = to_metric.transform_bounds(*bounds)
    x, y = lines.points.T
    return bool(((x >= west) & (x <= east) & (y >= south) & (y <= north)).any())


def _provenance(path: Path, digest: str, roads: osm_graph.Roads) -> dict[str, Any]:
    return {
        "nature": NATURE,
        "file": {"sha256": digest, "dated": osm_file.dated(path)},
        "licence": "OpenStreetMap contributors, ODbL-1.0",
        "rules": {"version": osm_rules.VERSION, "sha256": rules_hash()},
        "speeds": osm_speeds.told(),
        "smallest_island": SMALLEST_ISLAND,
        "graphs": roads.summary,
    }


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        why = _("Il file non esiste: controllare il percorso.")
    except IsADirectoryError:
        why = _("È una cartella: indicare un file .osm.pbf o .osm.")
    except OSError as error:
        why = _("Il file non si può leggere ({motivo}): controllare i permessi.").format(motivo=error.strerror)
    raise unusable(path, [why])
