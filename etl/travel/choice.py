"""Which travel engine a run uses, and the engine itself; what a run keeps of the choice makes it anew later."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from etl.errors import OmbraError
from etl.i18n import _
from etl.progress import Progress
from etl.settings import StoreSettings
from geo.errors import GeoError
from geo.travel.estimate import Estimate
from geo.travel.table import TravelEngine

ENGINES = ("estimate", "network", "matrix")
_CACHE = "reti"  # folder of the state where graphs are kept by the hash of their files


@dataclass(frozen=True)
class Choice:
    """An engine by name, and the file that it is made from.

    ``estimate`` needs none; ``matrix`` without one is the loaded minutes between municipalities.

    >>> Choice.kept(Choice("matrix", Path("/dati/tempi.csv")).told()) == Choice("matrix", Path("/dati/tempi.csv"))
    True
    """

    engine: str = "estimate"
    file: Path | None = None

    def told(self) -> dict[str, Any]:
        """The choice as a run keeps it."""
        return {"engine": self.engine, "file": None if self.file is None else str(self.file.absolute())}

    @classmethod
    def kept(cls, told: Mapping[str, Any]) -> "Choice":
        """The choice that a run has kept; the estimate where it has kept none."""
        file = told.get("file")
        return cls(told.get("engine", "estimate"), None if file is None else Path(file))


@dataclass(frozen=True)
class Chosen:
    """An engine, what it was made from, what it was to be made from, and why the two differ where they do."""

    engine: TravelEngine
    choice: Choice
    wanted: Choice
    note: str | None = None

    def told(self) -> dict[str, Any]:
        """What a run keeps: ``engine`` makes the same engine anew, ``wanted`` is what later runs ask for."""
        return {"engine": self.choice.told(), "wanted": self.wanted.told()}


def keep_choice(wanted: Choice, connection: Connection, progress: Progress) -> Chosen:
    """The engine of an earlier run; where it cannot be had any more the estimate, said aloud and with a note."""
    try:
        return Chosen(make(wanted, connection, progress), wanted, wanted)
    except (OmbraError, GeoError, ImportError, OSError) as error:
        why = _("Il motore di viaggio «{nome}» non si può più usare ({motivo}): i tempi sono stimati.")
        note = why.format(nome=wanted.engine, motivo=_public(reason(error), wanted))
        progress(_("ATTENZIONE. {nota}").format(nota=note))
        return Chosen(Estimate(), Choice(), wanted, note)


def reason(error: Exception) -> str:
    """What an error says, on one line: its summary and the first fault."""
    lines = str(error).splitlines() or [type(error).__name__]
    return ": ".join(line.strip(" -.") for line in lines[:2])


def _public(text: str, wanted: Choice) -> str:
    """A text without the folder of the file: notes are public."""
    return text if wanted.file is None else text.replace(str(wanted.file), wanted.file.name)


def make(choice: Choice, connection: Connection, progress: Progress) -> TravelEngine:
    """The engine of a choice.

    Parameters
    ----------
    connection
        Holds the loaded minutes, and tells which places of a table are known.

    Raises
    ------
    OmbraError
        No such engine, a file is missing or superfluous, or it cannot be used; every fault is told.
    """
    require(choice)
    if choice.engine == "network":
        return _network(_file(choice), progress)
    if choice.engine == "matrix":
        return _matrix(choice.file, connection, progress)
    return Estimate()


def described(engine: TravelEngine) -> dict[str, Any]:
    """All that the times of an engine depend on, in JSON."""
    return {"engine": engine.name} | engine.describe()


def require(choice: Choice) -> None:
    """Refuse a choice that no engine can be made of."""
    faults = []
    if choice.engine not in ENGINES:
        why = _("Il motore «{nome}» non esiste: scegliere fra {nomi}.")
        faults.append(why.format(nome=choice.engine, nomi=", ".join(ENGINES)))
    if choice.engine == "estimate" and choice.file is not None:
        faults.append(
            _("La stima non usa file: togliere {file} o scegliere network o matrix.").format(file=choice.file)
        )
    if choice.engine == "network" and choice.file is None:
        faults.append(_("Il motore {nome} vuole un file: indicarlo con --file.").format(nome=choice.engine))
    if choice.file is not None and not choice.file.is_file():
        faults.append(_("Il file {file} non c'è: controllare il percorso.").format(file=choice.file))
    if faults:
        raise OmbraError("\n".join(faults))


def _file(choice: Choice) -> Path:
    if choice.file is None:
        raise ValueError(f"{choice.engine} is made from a file")
    return choice.file


# Engines are imported where they are made: one needs a library that is not always installed, and both take time.


def _network(file: Path, progress: Progress) -> TravelEngine:
    from etl.travel.network import load  # noqa: PLC0415  optional

    return load(file, cache=StoreSettings().state / _CACHE, progress=progress)


def _matrix(file: Path | None, connection: Connection, progress: Progress) -> TravelEngine:
    from etl.travel.matrix import from_store, read  # noqa: PLC0415

    return from_store(connection) if file is None else read(file, connection, progress=progress)
