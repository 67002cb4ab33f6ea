"""What is asked of an edition before it may be published: of the whole (or it is refused), then of each record."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from etl.batch import Batch
from etl.coverage import lessened
from etl.errors import SourceError
from etl.i18n import _
from etl.issues import IssueLog
from etl.locate.points import FirstOf, Geocoder
from etl.locate.position import Located
from etl.locate.run import locate
from etl.record import (
    AreaRecord,
    IndicatorRecord,
    OrganizationRecord,
    PopulationRecord,
    Record,
    ServedArea,
    ServiceRecord,
    TravelRecord,
)
from etl.store.frames import plain
from etl.surroundings import Surroundings

FEW = 10  # a list shorter than this may well lose half of its services at once
_LONGEST = 500  # characters of a text by which the database finds something
_NAMED = 5  # how many things a fault names before it only counts them


# --- the whole ----------------------------------------------------------------------------------------


def check_types(batch: Batch, around: Surroundings) -> None:
    """Leave out services of a type that does not exist."""
    _drop(
        batch,
        ServiceRecord,
        lambda record: record.service_type not in around.types,
        "tipo_sconosciuto",
        lambda record: (
            _("Il tipo «{code}» non è in service_types.csv.").format(code=record.service_type),
            "service_type",
            record.service_type,
        ),
    )


def refuse(batch: Batch, around: Surroundings, before: Collection[str] | int, *, may_shrink: bool = False) -> None:
    """Refuse an edition that cannot be right as a whole.

    Parameters
    ----------
    before
        Keys of the rows that the edition before it had in; of bulk contents, how many it had.
    may_shrink
        Somebody has looked at the files and wants the loss.

    Raises
    ------
    SourceError
        It has lost most of its rows, lists residents of some municipalities only, or declares itself complete where
        nothing is; nothing of it is loaded.
    """
    lost = [] if may_shrink else _lost(batch, before)
    summary = (
        _("Fonte «{title}»: sembra troncata; nulla è stato caricato.")
        if lost
        else _("Fonte «{title}»: nulla è stato caricato.")
    )
    faults = [*lost, *_half_a_census(batch, around), *_declared_nowhere(batch, around)]
    if faults:
        raise SourceError(summary.format(title=batch.declaration.title), faults)


def _lost(batch: Batch, before: Collection[str] | int) -> list[str]:
    """A truncated file looks like a source that has closed nearly everything: a person must look first."""
    if isinstance(before, int):
        had, lost = before, before - len(batch.parsed)
    else:
        had, lost = len(before), len(set(before) - batch.parsed)
    if had < FEW or lost * 2 <= had:
        return []
    why = _(
        "Elencava {before} righe e ne perderebbe {lost} (ora ne legge {read}, di cui {accepted} accettate): "
        "controllare che il file sia intero e che i codici delle righe siano quelli di prima."
    )
    told = why.format(before=had, lost=lost, read=batch.read, accepted=len(batch.parsed))
    mend = (
        _("Se la riduzione è voluta: ./ombra etl run --riduzione-voluta {source}")
        if batch.files
        else _("Se la riduzione è voluta, farla in più volte, ogni volta meno della metà.")
    )
    return [f"{told} {mend.format(source=batch.declaration.id)}"]


def _half_a_census(batch: Batch, around: Surroundings) -> list[str]:
    """The measures take the latest year: one that lacks municipalities would empty them."""
    told = [record for record in batch.records if isinstance(record, PopulationRecord)]
    faults = []
    for year in sorted({record.year for record in told}):
        found = {record.municipality for record in told if record.year == year}
        missing = sorted(set(around.municipalities.municipalities) - found)
        if missing:
            why = _("I residenti del {year} mancano per {count} comuni ({codes}): serve un file che li abbia tutti.")
            named = ", ".join(missing[:_NAMED]) + ("…" if len(missing) > _NAMED else "")
            faults.append(why.format(year=year, count=len(missing), codes=named))
    return faults


def _declared_nowhere(batch: Batch, around: Surroundings) -> list[str]:
    why = _("Si dichiara completa per «{type}» in «{level} {code}», che non esiste.")
    return [
        why.format(type=row["service_type"], level=row["territory_level"], code=row["territory_code"])
        for row in batch.coverage
        if row["service_type"] not in around.types
        or (row["territory_level"], row["territory_code"]) not in around.areas
    ]


# --- record by record ------------------------------------------------------------------------------------


def settle(batch: Batch, around: Surroundings, outside: Geocoder | None = None) -> Located:
    """Place the records, and leave out those that speak of what does not exist; the log says which and why.

    ``outside`` is a geocoder beyond this machine: it is never asked for a protected place.
    """
    _check_areas_served(batch, around)
    for check in (_check_areas, _check_figures, _check_residents, _check_travel):
        check(batch, around)
    _check_lengths(batch)
    _check_repeated(batch)
    _doubt_repeated_bodies(batch)
    placeables = batch.placeables
    located = locate(
        placeables,
        around.municipalities,
        around.index if outside is None else FirstOf((around.index, outside)),
        batch.log,
        trust=batch.declaration.positions,
        protected=around.protected(batch),
    )
    batch.drop(record for record in placeables if record.key in located.rejected)
    known = around.municipalities.municipalities
    batch.coverage = lessened(batch.coverage, {code if code in known else "" for code in batch.lost})
    doubt_totals(batch.coverage, batch.log)
    return located


def _drop(
    batch: Batch,
    kind: type[Any],
    wrong: Callable[[Any], bool],
    issue: str,
    why: Callable[[Any], tuple[str, str, str]],
) -> None:
    """Leave out the records of a kind that are wrong; ``why`` gives message, field and value."""
    gone: list[Record] = [record for record in batch.records if isinstance(record, kind) and wrong(record)]
    for record in gone:
        message, field, value = why(record)
        batch.log.rejected(record.key, issue, message, field=field, value=value)
    if gone:
        batch.drop(gone)


def _check_areas_served(batch: Batch, around: Surroundings) -> None:
    """A service stays without the areas that do not exist."""

    def kept(record: Record) -> Record:
        if not isinstance(record, ServiceRecord) or all(_known(area, around) for area in record.service_areas):
            return record
        for area in record.service_areas:
            if not _known(area, around):
                why = _("Il servizio dichiara di servire «{level} {code}», che non esiste: area tolta.")
                message, value = why.format(level=area.level, code=area.code), f"{area.level} {area.code}"
                batch.log.rejected(record.key, "area_sconosciuta", message, field="service_areas", value=value)
        return replace(record, service_areas=tuple(area for area in record.service_areas if _known(area, around)))

    batch.records = [kept(record) for record in batch.records]


def _known(area: ServedArea, around: Surroundings) -> bool:
    return (area.level, area.code) in around.areas


def _check_areas(batch: Batch, around: Surroundings) -> None:
    own = batch.declaration.id
    _drop(
        batch,
        AreaRecord,
        lambda record: around.areas.get((record.level, record.code), own) != own,
        "area_di_altra_fonte",
        lambda record: (
            _("L'area «{level} {code}» viene già da un'altra fonte.").format(level=record.level, code=record.code),
            "code",
            record.code,
        ),
    )
    _drop_unknown_municipality(batch, around, AreaRecord, "municipality")


def _check_figures(batch: Batch, around: Surroundings) -> None:
    _drop(
        batch,
        IndicatorRecord,
        lambda record: (record.level, record.code) not in around.areas,
        "area_sconosciuta",
        lambda record: (
            _("L'area «{level} {code}» non è caricata.").format(level=record.level, code=record.code),
            "code",
            record.code,
        ),
    )


def _check_residents(batch: Batch, around: Surroundings) -> None:
    _drop_unknown_municipality(batch, around, PopulationRecord, "municipality")
    _drop(
        batch,
        PopulationRecord,
        lambda record: record.year in around.residents,
        "anno_di_altra_fonte",
        lambda record: (
            _("I residenti del {year} vengono già dalla fonte «{source}».").format(
                year=record.year, source=around.residents[record.year]
            ),
            "year",
            str(record.year),
        ),
    )


def _check_travel(batch: Batch, around: Surroundings) -> None:
    _drop_unknown_municipality(batch, around, TravelRecord, "origin")
    _drop_unknown_municipality(batch, around, TravelRecord, "destination")


def _drop_unknown_municipality(batch: Batch, around: Surroundings, kind: type[Any], field: str) -> None:
    known = around.municipalities.municipalities
    _drop(
        batch,
        kind,
        lambda record: getattr(record, field) not in known and getattr(record, field) is not None,
        "comune_sconosciuto",
        lambda record: (
            _("Il codice {code} non è di un comune caricato.").format(code=getattr(record, field)),
            field,
            getattr(record, field),
        ),
    )


def _check_repeated(batch: Batch) -> None:
    """Of two records that speak of one thing the one whose key comes first stays."""
    seen: set[tuple[object, ...]] = set()
    gone: list[Record] = []
    for record in sorted(batch.records, key=lambda record: (record.key, repr(record))):
        thing = _thing(record)
        if thing is None:
            continue
        if thing in seen:
            gone.append(record)
            why = _("Un'altra riga dice già questo dato ({thing}).").format(thing=" ".join(map(str, thing)))
            batch.log.rejected(record.key, "dato_ripetuto", why)
        seen.add(thing)
    if gone:
        batch.drop(gone)


def _check_lengths(batch: Batch) -> None:
    """What the database finds things by has an end: nothing real comes near it."""
    for kind, name in ((OrganizationRecord, "name"), (ServiceRecord, "organization"), (AreaRecord, "code")):
        _drop(batch, kind, partial(_too_long, name), "testo_troppo_lungo", partial(_told_long, name))

    def kept(record: Record) -> Record:
        if not isinstance(record, OrganizationRecord):
            return record
        fine = tuple(one for one in record.identifiers if len(one.value) <= _LONGEST)
        for one in set(record.identifiers) - set(fine):
            why = _("Il numero di registro ha più di {most} caratteri: tolto.").format(most=_LONGEST)
            batch.log.rejected(record.key, "testo_troppo_lungo", why, field="identifiers", value=one.value[:_LONGEST])
        return record if len(fine) == len(record.identifiers) else replace(record, identifiers=fine)

    batch.records = [kept(record) for record in batch.records]


def _too_long(name: str, record: Record) -> bool:
    return len(getattr(record, name) or "") > _LONGEST


def _told_long(name: str, record: Record) -> tuple[str, str, str]:
    why = _("Il testo ha più di {most} caratteri.").format(most=_LONGEST)
    return why, name, getattr(record, name)[:_LONGEST]


def _doubt_repeated_bodies(batch: Batch) -> None:
    """Two rows with one tax code are one body, of which the row whose key comes first is told; a person should look."""
    first: dict[str, str] = {}
    bodies = [record for record in batch.records if isinstance(record, OrganizationRecord) and record.tax_id]
    for record in sorted(bodies, key=lambda record: (record.key, repr(record))):
        tax_id = str(record.tax_id)
        if first.setdefault(tax_id, record.key) != record.key:
            why = _(
                "Ha lo stesso codice fiscale della riga «{key}»: è pubblicato un solo ente, con i dati di quella riga."
            ).format(key=first[tax_id])
            batch.log.doubtful(record.key, "codice_fiscale_ripetuto", why, field="tax_id", value=tax_id)


def _thing(record: Record) -> tuple[object, ...] | None:
    """What a record speaks of, where that is not its row."""
    match record:
        case AreaRecord():
            return record.level, record.code
        case IndicatorRecord():
            return record.level, record.code, record.year, record.name
        case PopulationRecord():
            return record.municipality, record.year, record.sex, record.age
        case TravelRecord():
            return record.origin, record.destination, record.mode
        case _:
            return None


def doubt_totals(declared: Sequence[Mapping[str, Any]], log: IssueLog) -> None:
    """A list that calls itself complete and holds another number than the official one should be looked at."""
    for row in declared:
        listed, official = plain(row["listed"]), plain(row["official_total"])
        if row["complete"] and None not in (listed, official) and listed != official:
            log.doubtful(
                f"{row['service_type']}/{row['territory_code']}",
                "totale_non_coincide",
                _("L'elenco è dichiarato completo con {listed} servizi, ma il totale ufficiale è {official}.").format(
                    listed=listed, official=official
                ),
                field="listed",
                value=str(listed),
            )
