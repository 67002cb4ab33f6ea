"""Between a record's own point and the answer for its address: which one it is given, and what the log says of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import shapely

from etl.i18n import _
from etl.issues import IssueLog
from etl.locate.points import SURVEYED, Answer
from etl.locate.position import STREET_RADIUS_ELSEWHERE_M, Position, answered, nowhere, own_point, own_radius
from etl.locate.suspicious import Suspicion, distance_m
from etl.locate.territory import Municipality
from etl.record import Placeable, Precision, ServiceRecord
from etl.sources.base import Positions

FIELD = "lat/lon"
# How far beyond the radius of the address's answer a point may lie before it is far, in metres.
FAR_M: Mapping[Positions, float] = {"scarse": 150.0, "dichiarate": 500.0, "rilevate": 1_000.0}
FINENESS: Mapping[Precision, int] = {"address": 0, "street": 1, "municipality": 2}


@dataclass(frozen=True)
class Own:
    """A record in an existing municipality (``code``), with its own point where that lies in it (EPSG:4326)."""

    record: Placeable
    code: str
    municipality: Municipality
    point: shapely.Point | None
    suspicion: Suspicion | None
    trust: Positions

    @property
    def precision(self) -> Precision:
        """What the own point is worth: no more than the street for a source known to be poor or a doubtful point."""
        coarse = self.trust == "scarse" or self.suspicion is not None
        return "street" if coarse and self.record.precision == "address" else self.record.precision

    @property
    def radius_m(self) -> float:
        """Expected error of the own point, in metres."""
        if self.suspicion is not None and self.suspicion.radius_m is not None:
            return self.suspicion.radius_m
        if self.trust == "scarse" and self.precision == "street":
            return STREET_RADIUS_ELSEWHERE_M
        return own_radius(self.precision, self.municipality)


def decide(own: Own, answer: Answer | None, log: IssueLog) -> Position:
    """The position of a record, told to the log (kinds: :mod:`etl.locate.run`)."""
    point = _believed(own, log)
    if point is not None and answer is not None and _far(own, point, answer, log):
        point = None
    if point is None:
        return _by_address(own, answer, log)
    if answer is not None and _finer(own, answer):
        return _replaced(own, point, answer, log)
    _tell_coarse(own, log)
    return Position(own.code, point, own.precision, own.radius_m, own.record.coord_source)


def _believed(own: Own, log: IssueLog) -> shapely.Point | None:
    """The own point, unless what speaks against it leaves nothing of it."""
    suspicion = own.suspicion
    if suspicion is None or own.point is None:
        return own.point
    if suspicion.radius_m is not None:
        message = _("{why} La posizione vale per la via.").format(why=suspicion.message)
        log.doubtful(own.record.key, suspicion.kind, message, field=FIELD, value=_text(own.point))
        return own.point
    message = _("{why} Posizione ritirata.").format(why=suspicion.message)
    log.rejected(own.record.key, suspicion.kind, message, field=FIELD, value=_text(own.point))
    return None


def _far(own: Own, point: shapely.Point, answer: Answer, log: IssueLog) -> bool:
    """Whether the own point lies so far from its address that it is given up; surveyed points never are."""
    if own.precision == "municipality":
        return False
    metres = distance_m(point, answer.point)
    slack = own.radius_m if own.precision == "street" and own.trust != "scarse" else 0.0
    if metres <= FAR_M[own.trust] + answer.radius_m + slack:
        return False
    told = _("Il punto dista {metres} m dal proprio indirizzo secondo {how}.").format(
        metres=round(metres), how=answer.how
    )
    if own.trust == "scarse" or (own.trust == "dichiarate" and _surveyed(answer)):
        message = _("{why} Posizione ritirata.").format(why=told)
        log.rejected(own.record.key, "lontano_da_indirizzo", message, field=FIELD, value=_text(point))
        return True
    log.doubtful(own.record.key, "lontano_da_indirizzo", told, field=FIELD, value=_text(point))
    return False


def _surveyed(answer: Answer) -> bool:
    return answer.precision == "address" and answer.rank == SURVEYED


def _finer(own: Own, answer: Answer) -> bool:
    """Whether the address says more than the own point."""
    if own.trust == "scarse" and answer.precision == own.precision:
        return answer.radius_m < own.radius_m
    return FINENESS[answer.precision] < FINENESS[own.precision]


def _by_address(own: Own, answer: Answer | None, log: IssueLog) -> Position:
    """The position of a record without a usable point."""
    if answer is not None:
        log.changed(
            own.record.key,
            "posizione_trovata",
            _("Posizione trovata dall'indirizzo ({how}).").format(how=answer.how),
            field=FIELD,
            value=_own_text(own),
            mended=_text(answer.point),
        )
        return answered(own.code, answer)
    if isinstance(own.record, ServiceRecord) and own_point(own.record) is None:
        log.doubtful(own.record.key, "senza_posizione", _("Il servizio non ha coordinate."))
    return nowhere(own.code, own.municipality)


def _replaced(own: Own, point: shapely.Point, answer: Answer, log: IssueLog) -> Position:
    found = own.precision == "municipality"
    log.changed(
        own.record.key,
        "posizione_trovata" if found else "posizione_migliorata",
        _("Posizione presa dall'indirizzo ({how}), a {metres} m da quella dichiarata.").format(
            how=answer.how, metres=round(distance_m(point, answer.point))
        ),
        field=FIELD,
        value=_text(point),
        mended=_text(answer.point),
    )
    return answered(own.code, answer)


def _tell_coarse(own: Own, log: IssueLog) -> None:
    if own.record.precision == "municipality":
        log.doubtful(
            own.record.key,
            "posizione_solo_comune",
            _("La posizione è nota solo per comune: il punto è il centro abitato principale."),
        )
    elif own.precision != own.record.precision and own.suspicion is None:
        log.doubtful(
            own.record.key,
            "posizione_grossolana",
            _("Le posizioni di questa fonte sono imprecise: il punto vale al più per la via."),
        )


def _text(point: shapely.Point) -> str:
    """Latitude and longitude, as people write them."""
    return f"{point.y} {point.x}"


def _own_text(own: Own) -> str:
    point = own_point(own.record)
    return "" if point is None else _text(point)
