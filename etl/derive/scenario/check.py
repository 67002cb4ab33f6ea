"""What is wrong with the changes of a scenario, all at once: each fault with the change that has it and its remedy."""

import math
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from etl.derive.scenario.changes import Add, Change, Changes, Close, Move, OfDirectory, Open, Resize
from etl.derive.scenario.directory import Directory, ListedService
from etl.derive.scenario.places import served, spot
from etl.errors import OmbraError
from etl.i18n import _

LONGEST_NAME = 200


def faults(directory: Directory, changes: Changes) -> list[str]:
    """Every fault of the changes on the data of now, in their order; empty where they can be computed."""
    if not len(changes):
        return [_("non c'è nessun cambiamento: aggiungere, chiudere, aprire, spostare o ridimensionare un servizio")]
    own = [f"«{change.name}»: {fault}" for change in changes for fault in _faults(directory, change)]
    return [*own, *_together(changes)]


def _faults(directory: Directory, change: Change) -> Iterator[str]:
    if isinstance(change, Add):
        yield from _addition(directory, change)
        return
    found = directory.service(change.service) if _is_uuid(change.service) else None
    if found is None:
        yield _("il servizio {numero} non è (più) in elenco").format(numero=change.service[:8])
    elif found.closed:
        yield _("il servizio risulta chiuso: togliere questo cambiamento")
    elif found.protected:
        # Two runs that differ by a protected service alone would tell the district in which it is.
        yield _("il luogo è protetto: il confronto direbbe dov'è; uno scenario non può cambiarlo")
    else:
        yield from _of_directory(directory, change, found)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _addition(directory: Directory, change: Add) -> Iterator[str]:
    if not change.name.strip() or len(change.name) > LONGEST_NAME or not change.name.isprintable():
        yield _("il nome deve avere da 1 a {n} caratteri").format(n=LONGEST_NAME)
    yield from _size(change.capacity)
    for place in change.serves:
        yield from _tried(partial(served, directory, place))
    kind = directory.types.get(change.type)
    if kind is None:
        yield _("il tipo «{codice}» non esiste: l'elenco è in ./ombra standards o /api/v1/service-types").format(
            codice=change.type
        )
    yield from _tried(partial(spot, directory, change.place, protected=kind is not None and kind.protected))
    if kind is not None and kind.delivery != "sede" and not change.serves:
        yield _("un servizio di questo tipo va dalle persone: dire quali aree serve")


def _of_directory(directory: Directory, change: OfDirectory, found: ListedService) -> Iterator[str]:
    if isinstance(change, Open) and found.status == "attivo":
        yield _("il servizio è già attivo: togliere questo cambiamento")
    if isinstance(change, Resize):
        yield from _size(change.capacity)
    if isinstance(change, Move):
        if found.places > 1:
            yield _("il servizio è in {n} luoghi: chiuderlo e aggiungere quelli che restano").format(n=found.places)
        if found.delivery != "sede":
            yield _("il servizio va dalle persone: non ha un posto da spostare")
        yield from _tried(partial(spot, directory, change.place, protected=False))


def _size(capacity: float | None) -> Iterator[str]:
    if capacity is not None and not (math.isfinite(capacity) and capacity > 0):
        yield _("la capienza deve essere un numero maggiore di zero; per toglierla chiudere il servizio")


def _tried(look: Callable[[], object]) -> Iterator[str]:
    try:
        look()
    except OmbraError as error:
        yield str(error)


def _together(changes: Changes) -> Iterator[str]:
    """Changes that cannot stand together."""
    counts = Counter((change.service, change.action) for change in changes)
    names = {change.service: change.name for change in changes}
    closed = {change.service for change in changes if isinstance(change, Close)}
    for (service, action), count in counts.items():
        if count > 1 and action == "add":
            yield _("«{nome}»: aggiunto più volte nello stesso posto: dare nomi diversi").format(nome=names[service])
        elif count > 1:
            yield _("«{nome}»: lo stesso cambiamento è scritto più volte").format(nome=names[service])
    for service in sorted({one for one, action in counts if one in closed and action != "close"}):
        yield _("«{nome}»: chiuso, e anche cambiato: scegliere").format(nome=names[service])
