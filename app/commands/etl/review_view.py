"""How a pair, the queue and the judgements look in a terminal."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from app.commands import output
from app.commands.base import screen
from app.commands.etl.tables import day_told, moment
from app.i18n import decimal, marked
from etl.i18n import _, language, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from etl.link.members import Member
    from etl.link.pair import Judgement
    from etl.link.queue import Case
    from etl.link.sides import Side

DAYS = frozenset({"told_on", "closed_on"})
SHORT = 8  # characters of an identifier that people copy
QUESTIONS = {
    "service": marked("stesso servizio?"),
    "location": marked("stessa sede?"),
    "organization": marked("stesso ente?"),
}
WHY = {
    "contesa": marked("due candidati si equivalgono e si escludono"),
    "conflitto": marked("sembra certo, ma altre decisioni lo contraddicono"),
}
MORE_FIELDS = {
    "service_type": marked("tipo di servizio"),
    "service_capacity": marked("capienza"),
    "schedule": marked("orari"),
    "phone": marked("telefono"),
    "phones": marked("telefono"),
    "told_on": marked("dati del"),
    "closed_on": marked("non più elencato dal"),
    "legal_status": marked("forma giuridica"),
    "delivery": marked("erogazione"),
    "supply_status": marked("stato"),
}
COLUMNS = (
    *("question", "left_id", "right_id", "left_source", "left_key", "right_source", "right_key"),
    *("left_name", "right_name", "probability", "weight", "metres", "why", "reasons", "map"),
)


def said(words: "Mapping[str, str]", name: str) -> str:
    """A word of a table in the reader's language; the name itself where there is none."""
    return _(words[name]) if name in words else name


def show_case(case: "Case", number: int, total: int) -> None:
    """A pair side by side: what is equal dimmed, what differs marked, and the evidence below."""
    from etl.link.queue import map_link

    title = f"\n{_('{numero} di {totale}').format(numero=number, totale=total)}: {said(QUESTIONS, case.pair.question)}"
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(_("Campo"), no_wrap=True)
    table.add_column(Text(_origin(case.left)), overflow="fold", ratio=1)
    table.add_column(Text(_origin(case.right)), overflow="fold", ratio=1)
    for name in case.names:
        told = [_value(name, side.fields.get(name, "")) for side in (case.left, case.right)]
        table.add_row(_label(name), *_cells(*told))
    screen.print(table)
    for line in [*_evidence(case), *_place(case.metres, map_link(case))]:
        screen.print(line, highlight=False, markup=False, soft_wrap=True)


def _label(name: str) -> str:
    from app.reports import words

    return said(MORE_FIELDS, name) if name in MORE_FIELDS else said(words.FIELDS, name)


def _value(name: str, text: str) -> str:
    """A value as people read it: days in figures, words for codes."""
    from app.reports.provenance import in_words

    if name in DAYS and text:
        return day_told(date.fromisoformat(text))
    return in_words(name, text)


def _origin(side: "Side") -> str:
    rows = [f"{source}:{key}" if key else source for source, key in side.rows]
    return "\n".join(rows or [str(side.member)])


def _cells(left: str, right: str) -> tuple[Text, Text]:
    if not left or not right:
        return Text(left or "–"), Text(right or "–")
    style = "dim" if _folded(left) == _folded(right) else "bold yellow"
    return Text(left, style), Text(right, style)


def _folded(value: str) -> str:
    return " ".join(value.casefold().split())


def _evidence(case: "Case") -> list[str]:
    pair = case.pair
    if not case.reasons:
        return [_("I due non sono stati confrontati dal modello.")]
    told = _("Probabilità {percento} % ({bit} bit):").format(
        percento=decimal(100 * pair.probability, 1), bit=_signed(pair.weight)
    )
    lines = [f"  {_signed(one.weight):>6}  {one.evidence}: {one.told}" for one in case.reasons]
    return [told, *lines, *([said(WHY, pair.rule)] if pair.rule in WHY else [])]


def _signed(bits: float) -> str:
    """Bits with their sign; nothing where something is told without weight."""
    from babel.numbers import format_decimal

    return format_decimal(bits, "+0.0;-0.0", locale=language.get()) if bits else ""


def _place(metres: float | None, link: str | None) -> list[str]:
    far = [] if metres is None else [_("Distanza: {metri} m").format(metri=decimal(metres, 0))]
    return far + ([] if link is None else [_("Mappa: {indirizzo}").format(indirizzo=link)])


# --- lists ----------------------------------------------------------------------------------------------


def queue_rows(cases: "Sequence[Case]") -> list[dict[str, Any]]:
    """The queue as rows of a table for another program."""
    from etl.link.queue import map_link

    return [
        {
            "question": case.pair.question,
            "left_id": str(case.pair.left),
            "right_id": str(case.pair.right),
            **_named("left", case.left),
            **_named("right", case.right),
            "probability": round(case.pair.probability, 6),
            "weight": round(case.pair.weight, 3),
            "metres": None if case.metres is None else round(case.metres),
            "why": case.pair.rule,
            "reasons": [f"{one.evidence}: {one.told} ({one.weight:+.1f})" for one in case.reasons],
            "map": map_link(case),
        }
        for case in cases
    ]


def _named(which: str, side: "Side") -> dict[str, str]:
    source, key = side.rows[0] if side.rows else ("", "")
    return {f"{which}_source": source, f"{which}_key": key, f"{which}_name": side.fields.get("name", "")}


def show_queue(cases: "Sequence[Case]") -> None:
    """The queue on the screen, the most telling first."""
    headings = {"question": _("Domanda"), "left": _("Da una parte"), "right": _("Dall'altra")}
    headings |= {"likely": _("Proba-\nbilità"), "metres": _("Metri")}
    rows = [
        {
            "question": said(QUESTIONS, case.pair.question),
            "left": _brief(case.left),
            "right": _brief(case.right),
            "likely": f"{decimal(100 * case.pair.probability, 1)} %",
            "metres": case.metres,
        }
        for case in cases
    ]
    count = ngettext("{numero} coppia attende un giudizio.", "{numero} coppie attendono un giudizio.", len(cases))
    remarks = [count.format(numero=len(cases))]
    if cases:
        remarks.append(_("Una per una, a un terminale: ./ombra etl review"))
        remarks.append(_("Una sola: ./ombra etl review --judge SINISTRA DESTRA stesso|diverso|incerto --author NOME"))
    output.show(rows, output.Sheet(_("Da giudicare"), headings, remarks))


def _brief(side: "Side") -> str:
    place = side.fields.get("address") or side.fields.get("municipality") or ""
    return "\n".join(filter(None, [side.fields.get("name", ""), place, _origin(side), str(side.member)[:SHORT]]))


def show_history(judgements: "Sequence[Judgement]", names: "Mapping[UUID, Member]", standing: "set[UUID]") -> None:
    """Every judgement, the newest first, and what became of it."""
    headings = {"id": _("Numero"), "when": _("Quando"), "author": _("Chi"), "verdict": _("Giudizio")}
    headings |= {"left": _("Di"), "right": _("E di"), "state": _("Stato")}
    rows = [
        {
            "id": str(one.id)[:SHORT],
            "when": moment(one.made_at),
            "author": one.author,
            "verdict": "\n".join(filter(None, [one.verdict, said(QUESTIONS, one.question), one.note])),
            "left": _member(one.left, names),
            "right": _member(one.right, names),
            "state": _state(one, standing),
        }
        for one in judgements
    ]
    remark = _("Per annullarne uno: ./ombra etl review --undo NUMERO --author NOME")
    remarks = [remark] if rows else [_("Nessun giudizio.")]
    output.show(rows, output.Sheet(_("Giudizi"), headings, remarks, whole=["id"]))


def _member(member: "UUID", names: "Mapping[UUID, Member]") -> str:
    known = names.get(member)
    return str(member)[:SHORT] if known is None else f"{known.name}\n{known.source_id}:{known.key}"


def _state(one: "Judgement", standing: "set[UUID]") -> str:
    if one.undone_at is not None:
        return _("annullato da {chi}\n{quando}").format(chi=one.undone_by or "–", quando=moment(one.undone_at))
    return _("in vigore") if one.id in standing else _("superato")
