"""A result on the screen."""

from rich.box import SIMPLE_HEAD
from rich.table import Table as Sheet

from app.commands.base import screen
from tests.bench.kit.shapes import Cell, Result, Table


def show(result: Result) -> None:
    """Print the tables of a result, its ratios, and whether its targets are met."""
    screen.rule(f"{result.name}: {result.title}", align="left")
    if result.skipped is not None:
        screen.print(f"Saltato: {result.skipped}", highlight=False, markup=False)
        return
    for table in result.tables:
        _show(table)
    _show_ratios(result)
    _show_targets(result)
    for remark in result.remarks:
        screen.print(remark, highlight=False, markup=False)


def _show(table: Table) -> None:
    sheet = Sheet(title=table.title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for place, heading in enumerate(table.columns):
        figures = any(isinstance(row[place], int | float) for row in table.rows)
        sheet.add_column(heading, justify="right" if figures else "left", overflow="fold")
    for row in table.rows:
        sheet.add_row(*(text(cell, table.decimals) for cell in row))
    screen.print(sheet)
    for remark in table.remarks:
        screen.print(remark, highlight=False, markup=False)


def text(cell: Cell, decimals: int = 3) -> str:
    """A cell in Italian: comma before the decimals, dot between thousands.

    >>> text(1234.5678), text(1234567), text(None), text("a")
    ('1.234,568', '1.234.567', '–', 'a')
    """
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    told = f"{cell:,}" if isinstance(cell, int) else f"{cell:,.{decimals}f}"
    return told.translate(str.maketrans(",.", ".,"))


def _show_ratios(result: Result) -> None:
    if result.ratios:
        rows = [(ratio.name, ratio.ours, ratio.peer, ratio.value) for ratio in result.ratios]
        _show(Table("Confronto nella stessa esecuzione", ("misura", "Ombra", "termine di confronto", "rapporto"), rows))


def _show_targets(result: Result) -> None:
    if result.targets:
        rows = [
            (target.name, target.measured, f"{_sign(target.comparison)} {text(target.bound)}", _outcome(target.met))
            for target in result.targets
        ]
        _show(Table("Obiettivi", ("obiettivo", "misurato", "soglia", "esito"), rows))


def _sign(comparison: str) -> str:
    return "≥" if comparison == ">=" else "≤"


def _outcome(met: bool) -> str:
    return "raggiunto" if met else "MANCATO"
