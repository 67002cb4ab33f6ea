"""Put each record in its municipality and, by its own point or by its address, where it stands in it.

What is told of positions on the way, by kind:

=====================  ==========  =================================================================================
kind                   severity    said when
=====================  ==========  =================================================================================
comune_sconosciuto     scartato    the municipality does not exist: the record is rejected
fuori_comune           scartato    the own point lies in another municipality, and is withdrawn
punto_di_ripiego       scartato    the own point is given to many different addresses, and is withdrawn
punto_della_via        scartato,   the own point is given to several numbers of one street: withdrawn where the street
                       dubbio      is long, else kept at street precision
coordinate_tonde       scartato,   the own degrees are rounded: withdrawn at two decimals, at three kept at street
                       dubbio      precision
centro_del_comune      scartato    the own point is the centroid of the municipality, and is withdrawn
lontano_da_indirizzo   scartato,   the own point lies far from the own address: withdrawn for the address's where the
                       dubbio      source is less trusted than the points of the address, else kept
posizione_trovata      modificato  a record without a usable point is placed by its address
posizione_migliorata   modificato  a coarse point is replaced by the address's
posizione_solo_comune  dubbio      the own point is only the main settlement
posizione_grossolana   dubbio      the own point, of a source known to be poor, is taken for the street at best
senza_posizione        dubbio      no usable point, and the address was not found
=====================  ==========  =================================================================================
"""

from collections.abc import Collection, Sequence

from etl.i18n import _
from etl.issues import IssueLog
from etl.locate.decide import FIELD, Own, decide
from etl.locate.index import AddressIndex
from etl.locate.points import FirstOf, Geocoder
from etl.locate.position import Located, own_point
from etl.locate.suspicious import suspicions
from etl.locate.territory import MunicipalityMap
from etl.record import Placeable
from etl.sources.base import Positions


def locate(
    records: Sequence[Placeable],
    municipalities: MunicipalityMap,
    index: Geocoder,
    log: IssueLog,
    *,
    trust: Positions = "dichiarate",
    protected: Collection[str] = frozenset(),
) -> Located:
    """Where each record is, by its key.

    Parameters
    ----------
    index
        Answers addresses: an :class:`~etl.locate.index.AddressIndex`, or
        :class:`~etl.locate.points.FirstOf` of it and one beyond this machine.
    trust
        How far the records' own points can be trusted (:class:`etl.sources.base.Declaration`).
    protected
        Keys of records whose address must not leave this machine: only the index is asked for them.

    Notes
    -----
    A position that is withdrawn leaves the record with its municipality and no point. The result does not depend on
    the order of the records.
    """
    result, here = Located(), _within_this_machine(index)
    points = {record.key: point for record in records if (point := own_point(record)) is not None}
    within = municipalities.containing(points)
    inside = {record.key: points[record.key] for record in records if record.municipality in within.get(record.key, ())}
    doubted = suspicions(records, inside, municipalities.centroids, trust=trust)
    for record in records:
        if record.municipality is None:
            result.unplaced.add(record.key)
            continue
        municipality = municipalities.municipalities.get(record.municipality)
        if municipality is None:
            result.rejected.add(record.key)
            _reject(record, log)
            continue
        if record.key in points and record.key not in inside:
            _tell_outside(record, within.get(record.key, set()), municipalities, log)
        geocoder = here if record.key in protected else index
        answer = geocoder.find(record.municipality, record.address) if record.address else None
        own = Own(record, record.municipality, municipality, inside.get(record.key), doubted.get(record.key), trust)
        result.positions[record.key] = decide(own, answer, log)
    return result


def _within_this_machine(geocoder: Geocoder) -> Geocoder:
    """What of a geocoder tells nobody the address; one that is not known to is left out."""
    asked = geocoder.geocoders if isinstance(geocoder, FirstOf) else [geocoder]
    return FirstOf([one for one in asked if isinstance(one, AddressIndex)])


def _reject(record: Placeable, log: IssueLog) -> None:
    log.rejected(
        record.key,
        "comune_sconosciuto",
        _("Il codice {code} non è di un comune caricato.").format(code=record.municipality),
        field="istat_code",
        value=record.municipality,
    )


def _tell_outside(record: Placeable, within: set[str], municipalities: MunicipalityMap, log: IssueLog) -> None:
    declared = municipalities.name(record.municipality or "")
    if within:
        found = ", ".join(sorted(municipalities.name(code) for code in within))
        told = _("Il punto cade nel comune di {found}, e il comune dichiarato è {declared}: posizione ritirata.")
        message = told.format(found=found, declared=declared)
    else:
        told = _("Il punto cade fuori dal territorio, e il comune dichiarato è {declared}: posizione ritirata.")
        message = told.format(declared=declared)
    log.rejected(
        record.key,
        "fuori_comune",
        message,
        field=FIELD,
        value=f"{record.latitude} {record.longitude}",
    )
