"""Clean a draft: an ordered list of one-job steps, and the account of everything that they change."""

from collections.abc import Iterable

from etl.clean import (
    accents,
    capacity,
    coordinates,
    dates,
    email_address,
    hostile,
    hours,
    house_number,
    letter_case,
    missing,
    municipality,
    phone,
    postal_code,
    tax_id,
    text,
    toponyms,
    url,
)
from etl.clean.draft import ADDED, FIELDS, Draft
from etl.clean.explain import explain
from etl.clean.step import Act, Context, Remark, Step, Work, on
from etl.issues import IssueLog

ALL = FIELDS | ADDED
NAMES = frozenset({"name", "alternate_name", "organization"})
PLACES = frozenset({"municipality", "locality", "address"})
LONG = frozenset({"description", "note", "opening_hours", "accessibility"})
TEXTS = NAMES | PLACES | LONG | {"legal_status", "evidence", "street_number"}
TAX_IDS = frozenset({"tax_id", "organization_tax_id"})
DATES = frozenset({"valid_from", "valid_to", "expected_on"})
MAILS = frozenset({"email", "pec"})
NETWORK = MAILS | {"url"}
CODES = TAX_IDS | DATES | NETWORK | {"postal_code", "phone", "istat_code", "cadastral_code", "street_number"}
LONGEST_REPEATED = 500  # characters of a value that an issue row repeats

_ADDRESS = ("address", "street_number", "locality")


def _each(kind: str, act: Act) -> Step:
    return Step(kind, act)


STEPS: tuple[Step, ...] = (
    # What must not be repeated in any issue row, before the steps that tell what they changed.
    _each("codice_di_persona", hostile.drop_personal_codes),
    # The text itself.
    _each("testo_troppo_lungo", on(ALL, text.limit_length)),
    _each("caratteri_invisibili", on(ALL, text.drop_control)),
    _each("codifica", on(ALL, text.repair_mojibake)),
    _each("entita_html", on(TEXTS | NETWORK, text.unescape_entities)),
    _each("unicode", on(ALL, text.compose_unicode)),
    _each("caratteri_invisibili", on(ALL, text.drop_unseen)),
    _each("apostrofo", on(TEXTS, text.plain_apostrophes)),
    _each("spazi", on(ALL - LONG, text.one_line)),
    _each("spazi", on(LONG, text.tidy_blanks)),
    Step("dato_mancante", on(ALL, missing.drop_missing), empties=True),
    Step("dato_mancante", on(CODES, missing.drop_missing_code), empties=True),
    _each("formula", on(ALL, hostile.drop_formula)),
    _each("accenti", on(TEXTS, accents.restore_accents)),
    # Where.
    _each("comune", municipality.find_municipality),
    _each("toponimo", on({"address"}, toponyms.spell_out_kind)),
    _each("iniziale", on(NAMES | {"address"}, text.space_initials)),
    _each("santo", on(NAMES | {"address", "locality"}, toponyms.spell_out_saints)),
    Step("numero_civico", house_number.join_number, together=_ADDRESS, label="address"),
    _each("maiuscole", on({"address", "locality"}, letter_case.case_address)),
    _each("cap", on({"postal_code"}, postal_code.read_postal_code)),
    _each("cap", postal_code.check_postal_code),
    Step("coordinate", coordinates.find_point, together=coordinates.FIELDS, label=coordinates.LABEL),
    # Who, and how to reach them.
    _each("maiuscole", letter_case.case_names),
    _each("codice_fiscale", on(TAX_IDS, tax_id.read_tax_id)),
    _each("telefono", on({"phone"}, phone.read_phones)),
    _each("posta_nel_sito", email_address.move_from_url),
    _each("posta", on(MAILS, email_address.read_emails)),
    _each("pec", email_address.part_certified),
    _each("sito", on({"url"}, url.read_url)),
    # When and how many.
    _each("data", on(DATES, dates.read_date)),
    _each("anno", on({"evidence_year"}, dates.read_year)),
    _each("capienza", on({"capacity"}, capacity.read_capacity)),
    _each("orari_osm", hours.add_osm_hours),
)
"""Every step in its order; each has one job and is told by the kind of its issue rows."""


def clean(key: str, draft: Draft, log: IssueLog, *, crs: str | None = None) -> Draft:
    """The draft of a record as it goes on: repaired, in one form, without what cannot be right.

    Parameters
    ----------
    key
        Of the record; names it in the log.
    crs
        Of ``x``, ``y`` and ``wkt``, as ``EPSG:3003``; x (east) comes first always.

    Returns
    -------
    Draft
        ``istat_code`` is a municipality of today in six digits, or absent: the log then says whether it is outside the
        territory (``fuori_territorio``) or unknown (``comune_sconosciuto``). ``latitude`` and ``longitude`` are degrees
        in EPSG:4326, ``x``, ``y`` and ``wkt`` are gone. ``phone``, ``email`` and ``pec`` hold values joined by
        ``SEPARATOR``, phones in E.164. Dates are ISO dates; tax codes and figures are valid or absent. ``address`` is
        ``Corso Vittorio Emanuele II, 12/A``, perhaps with more in brackets; ``street_number`` is gone. ``osm_hours`` is
        added where the opening hours are certain.

    Notes
    -----
    Values before and after each step are compared here, not by the steps: none can change or drop a value in silence.
    Values that a step adds beside others, which stay, are not told.
    """
    context = Context(crs)
    current = {field: value for field, value in draft.items() if value}
    for step in STEPS:
        work = step.act(current, context)
        if work.draft is not current or work.remarks:
            _account(key, step, current, work, log)
            current = work.draft
    return current


def _account(key: str, step: Step, before: Draft, work: Work, log: IssueLog) -> None:
    """Issue rows for every value that differs after a step, and for its remarks."""
    told = {remark.field for remark in work.remarks if remark.severity == "scartato"}
    secret = {remark.field for remark in work.remarks if remark.value is None and remark.severity == "scartato"}
    for field, old, new in _differences(step, before, work.draft):
        if field in secret:
            continue
        if new or step.empties:
            log.changed(key, step.kind, explain(step.kind), field=field, value=_short(old), mended=_short(new))
        elif field not in told:
            log.rejected(key, step.kind, explain(step.kind), field=field, value=_short(old))
    for remark in work.remarks:
        _tell(key, remark, log)


def _differences(step: Step, before: Draft, after: Draft) -> Iterable[tuple[str, str, str]]:
    """Field, value before and after, of each value that was there before and is not the same now."""
    if before is after:
        return
    if step.together:
        old, new = (" | ".join(draft[field] for field in step.together if field in draft) for draft in (before, after))
        if old and old != new:
            yield step.label, old, new
    for field, old in before.items():
        if field not in step.together and after.get(field) != old:
            yield field, old, after.get(field, "")


def _tell(key: str, remark: Remark, log: IssueLog) -> None:
    tell = log.rejected if remark.severity == "scartato" else log.doubtful
    value = None if remark.value is None else _short(remark.value)
    tell(key, remark.kind, explain(remark.kind, remark.detail), field=remark.field or None, value=value)


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_REPEATED else f"{value[:LONGEST_REPEATED]}…"
