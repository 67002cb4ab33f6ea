"""Changes as people write them, in a row of a file or in words after an option, and back."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from sqlalchemy import Connection

from etl.derive.scenario import check
from etl.derive.scenario.changes import Add, Change, Changes, Close, Move, Open, Place, Resize
from etl.derive.scenario.directory import Directory, ListedService
from etl.derive.scenario.places import SHOWN, Reader
from etl.errors import FaultsError, NotFound, OmbraError
from etl.i18n import _
from etl.sources.tabular.figures import number

COLUMNS: Final = ("azione", "servizio", "tipo", "nome", "luogo", "capienza", "ente", "serve", "offerta")
"""Columns of a file of changes, in their order."""
ACTIONS: Final[Mapping[str, str]] = {
    "aggiungi": "add",
    "chiudi": "close",
    "apri": "open",
    "sposta": "move",
    "ridimensiona": "resize",
}
CERTAINTIES: Final = ("confermata", "incerta")
BETWEEN: Final = "|"
"""Stands between several areas."""

# Of each action the columns that it must have, and those that it may have.
_WANTED: Final[Mapping[str, tuple[str, ...]]] = {
    "add": ("tipo", "luogo"),
    "close": ("servizio",),
    "open": ("servizio",),
    "move": ("servizio", "luogo"),
    "resize": ("servizio", "capienza"),
}
_MAY: Final[Mapping[str, tuple[str, ...]]] = {"add": ("nome", "capienza", "ente", "serve", "offerta")}
# The number of a service may be followed by its type and name, which only help whoever reads.
_TOLD: Final = ("tipo", "nome")
_NUMBER = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")


class _Known(TypedDict):
    """What a change tells of a service of the directory."""

    service: str
    type: str
    name: str


@dataclass(frozen=True)
class Written:
    """A change as somebody wrote it: ``where`` (a row of a file, an option), and text by column of :data:`COLUMNS`."""

    where: str
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """The text of a column, empty where there is none."""
        return self.cells.get(column, "").strip()


def read(connection: Connection, written: Sequence[Written], *, beside: Collection[str] = ()) -> Changes:
    """The changes that were written.

    ``beside`` are names of services that the scenario adds already.

    Raises
    ------
    FaultsError
        Every fault of every row: those that cannot be read, and changes that cannot be made.
    """
    directory, faults, found = Directory(connection), list[str](), list[Change]()
    reader = _Reader(directory, Reader(connection, directory), set(beside))
    for one in written:
        wrong = list(_shape(one))
        try:
            found += [] if wrong else reader.changes(one)
        except OmbraError as error:
            wrong.append(str(error))
        faults += [f"{one.where}: {fault}" for fault in wrong]
    changes = Changes(tuple(reader.settled(found)))
    faults += check.faults(directory, changes) if found else []
    if faults:
        raise FaultsError(_("I cambiamenti non vanno bene."), faults)
    return changes


def _shape(one: Written) -> Iterator[str]:
    """Columns that lack, or that say nothing of this action."""
    word = one.cell("azione").lower()
    unknown = sorted(set(one.cells) - set(COLUMNS))
    if unknown:
        why = _("colonne sconosciute: {nomi}; quelle ammesse sono: {tutte}")
        yield why.format(nomi=", ".join(unknown), tutte=", ".join(COLUMNS))
    if word not in ACTIONS:
        yield _("azione «{azione}» sconosciuta: scegliere fra {tutte}").format(azione=word, tutte=", ".join(ACTIONS))
        return
    action = ACTIONS[word]
    for column in _WANTED[action]:
        if not one.cell(column):
            yield _("«{azione}» vuole anche «{colonna}»").format(azione=word, colonna=column)
    allowed = {"azione", *_WANTED[action], *_MAY.get(action, ("servizio", *_TOLD))}
    for column in COLUMNS:
        if one.cell(column) and column not in allowed:
            yield _("«{colonna}» non serve per «{azione}»: lasciarla vuota").format(azione=word, colonna=column)


class _Reader:
    """Reads rows whose columns are those of their action."""

    def __init__(self, directory: Directory, places: Reader, named: set[str]) -> None:
        self._directory = directory
        self._places = places
        self._named = named
        self._by_type: set[str] = set()

    def settled(self, changes: Iterable[Change]) -> list[Change]:
        """The changes; where all services of a type open, those of which another row speaks stay out."""
        known = list(changes)
        others = {one.service for one in known if one.service not in self._by_type or not isinstance(one, Open)}
        return [one for one in known if not (isinstance(one, Open) and one.service in self._by_type & others)]

    def changes(self, one: Written) -> list[Change]:
        """The changes of a row: where all services of a type are to open, one for each.

        Raises
        ------
        OmbraError
            Nothing, or too much, is called as the row says.
        """
        by_action: dict[str, Callable[[Written], list[Change]]] = {
            "add": self._add,
            "close": lambda row: [Close(**self._known(row))],
            "open": self._open,
            "move": lambda row: [Move(**self._known(row), place=self._places.place(row.cell("luogo")))],
            "resize": lambda row: [Resize(**self._known(row), capacity=_number(row.cell("capienza")))],
        }
        return by_action[ACTIONS[one.cell("azione").lower()]](one)

    def _add(self, one: Written) -> list[Change]:
        place = self._places.place(one.cell("luogo"))
        certainty = one.cell("offerta").lower() or CERTAINTIES[0]
        if certainty not in CERTAINTIES:
            raise OmbraError(_("offerta «{testo}»: confermata o incerta").format(testo=certainty))
        return [
            Add(
                type=one.cell("tipo"),
                name=one.cell("nome") or self._name(one.cell("tipo"), place),
                place=place,
                capacity=_number(one.cell("capienza")) if one.cell("capienza") else None,
                provider=one.cell("ente") or None,
                serves=tuple(self._places.area(part) for part in one.cell("serve").split(BETWEEN) if part.strip()),
                certainty="incerta" if certainty == "incerta" else "confermata",
            )
        ]

    def _name(self, type_code: str, place: Place) -> str:
        """A name for a service that nobody has named; several at one place are numbered."""
        kind = self._directory.types.get(type_code)
        stem = _("{tipo}, {luogo}").format(tipo=type_code if kind is None else kind.name, luogo=place.name)
        names = [_("{nome} (ipotesi)").format(nome=stem)]
        while names[-1] in self._named:
            names.append(_("{nome} (ipotesi {n})").format(nome=stem, n=len(names) + 1))
        self._named.add(names[-1])
        return names[-1]

    def _open(self, one: Written) -> list[Change]:
        code = one.cell("servizio")
        if code not in self._directory.types:
            return [Open(**self._known(one))]
        waiting = [
            service
            for service in self._directory.services_of(code)
            if not service.closed and not service.protected and service.status != "attivo"
        ]
        if not waiting:
            raise NotFound(_("nessun servizio di tipo «{tipo}» è da aprire").format(tipo=code))
        self._by_type |= {service.id for service in waiting}
        return [Open(**_told(service)) for service in waiting]

    def _known(self, one: Written) -> _Known:
        """The service that a row names by its number, the beginning of it, or its whole name."""
        text = one.cell("servizio")
        found = [
            service
            for service in self._directory.services(text)
            if _NUMBER.fullmatch(text.lower()) or service.name.lower() == text.lower()
        ]
        found = [service for service in found if not service.closed] or found
        if not found:
            why = _("nessun servizio ha questo numero o si chiama così: «{testo}»")
            raise NotFound(why.format(testo=text))
        if len(found) > 1:
            listed = ", ".join(f"{service.id} ({service.name})" for service in found[:SHOWN])
            why = _("«{testo}»: più servizi; scrivere il numero di uno: {elenco}")
            raise OmbraError(why.format(testo=text, elenco=listed))
        return _told(found[0])


def _told(service: ListedService) -> _Known:
    return {"service": service.id, "type": service.type, "name": service.name}


def _number(text: str) -> float:
    found = number(text)
    if found is None:
        raise OmbraError(_("capienza «{testo}»: serve un numero").format(testo=text))
    return found


def rows(changes: Iterable[Change]) -> list[dict[str, str]]:
    """The changes as rows of a file, which :func:`read` reads again; all columns, empty where nothing is said."""
    return [dict.fromkeys(COLUMNS, "") | dict(_cells(change)) for change in changes]


def _cells(change: Change) -> Iterator[tuple[str, str]]:
    words = {action: word for word, action in ACTIONS.items()}
    yield "azione", words[change.action]
    yield from (("tipo", change.type), ("nome", change.name))
    if isinstance(change, Add | Move):
        yield "luogo", _place(change.place)
    if isinstance(change, Add | Resize) and change.capacity is not None:
        yield "capienza", f"{change.capacity:g}"
    if isinstance(change, Add):
        yield "ente", change.provider or ""
        yield "serve", BETWEEN.join(map(_place, change.serves))
        yield "offerta", "" if change.certainty == CERTAINTIES[0] else change.certainty
    else:
        yield "servizio", change.service


def _place(place: Place) -> str:
    """A place so that it is read again as the same; what it is called stands behind it in brackets."""
    if place.point is None:
        level = "" if place.level == "municipality" else f"{place.level}:"
        return f"{level}{place.code} ({place.name})"
    point = "{:.6f}, {:.6f}".format(*place.point)
    return point if Place.at(*place.point).name == place.name else f"{point} ({place.name})"


def option(action: str, text: str) -> Written:
    """A change out of the words after an option of the command line.

    ``add`` TYPE@PLACE or TYPE@PLACE=CAPACITY, ``close`` and ``open`` SERVICE (``open`` also TYPE), ``move``
    SERVICE@PLACE, ``resize`` SERVICE=CAPACITY. A service is its number, the beginning of it, or its name.
    """
    words = {one: word for word, one in ACTIONS.items()}
    cells = {"azione": words[action]}
    if action == "add":
        head, _mark, capacity = text.partition("=")
        kind, _mark, place = head.partition("@")
        cells |= {"tipo": kind, "luogo": place, "capienza": capacity}
    elif action == "move":
        service, _mark, place = text.partition("@")
        cells |= {"servizio": service, "luogo": place}
    elif action == "resize":
        service, _mark, capacity = text.partition("=")
        cells |= {"servizio": service, "capienza": capacity}
    else:
        cells["servizio"] = text
    return Written(f"--{action} {text}", cells)
