"""Filters in CQL2 (OGC 21-065r2), read with the cql2 library and let through only where every part is known.

The library turns any name with brackets into a call of a function of the database (``pg_sleep(9)``), and its parser
takes time that doubles with each open bracket, or all of the stack. What is asked is therefore measured before it is
parsed, and what was parsed is built anew from the operators, columns and values that are allowed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from cql2 import Expr

from app.errors import InvalidParameter
from app.ogc import places
from app.ogc.kinds import Kind, Value, in_words, kind_of, literal
from app.ogc.view import View
from etl.i18n import _

Node: TypeAlias = Any  # a part of CQL2 JSON as it comes from outside: anything

LONGEST = {"cql2-text": 4_000, "cql2-json": 7_000}  # characters
DEEPEST_BRACKETS = 10
COSTLIEST = 300_000  # characters, doubled for each bracket within another: about 0.2 s of the parser
DEEPEST = 20
MOST_VALUES = 100  # of one «in»
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
SPATIAL = (
    *("s_intersects", "s_disjoint", "s_within", "s_contains"),
    *("s_equals", "s_touches", "s_crosses", "s_overlaps"),
)
# A quote within a text is written twice; the library takes a backslash too. Neither reading may hide brackets.
_QUOTED = (
    re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""),
    re.compile(r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"]|\"\")*\"", re.DOTALL),
)


def parsed(text: str, language: str | None, view: View) -> Expr:
    """A filter as the library's expression, ready to be written as SQL.

    Parameters
    ----------
    language
        ``cql2-text`` or ``cql2-json``; None is text, unless the filter begins as JSON does.

    Raises
    ------
    InvalidParameter
        With every fault that was found.
    """
    as_json = language == "cql2-json" or (language is None and text.lstrip().startswith("{"))
    _measured(text, "cql2-json" if as_json else "cql2-text")
    checker = _Checker(view)
    built = checker.condition(_json(text) if as_json else _text(text), 0)
    if checker.faults:
        raise InvalidParameter("; ".join(_("filter: {fault}").format(fault=fault) for fault in checker.faults))
    return Expr(built)


def _measured(text: str, language: str) -> None:
    longest = LONGEST[language]
    if len(text) > longest:
        told = _("filter: {length} caratteri, al massimo {longest}.").format(length=len(text), longest=longest)
        raise InvalidParameter(told)
    depths = [_brackets(quoted.sub("", text)) for quoted in _QUOTED] if language == "cql2-text" else []
    if not all(0 <= depth <= DEEPEST_BRACKETS and len(text) * 2**depth <= COSTLIEST for depth in depths):
        told = _("filter: le parentesi non si chiudono, o sono una dentro l'altra troppe volte: usare cql2-json.")
        raise InvalidParameter(told)


def _brackets(text: str) -> int:
    """How deep brackets lie in each other; -1 where they do not close."""
    depth = deepest = 0
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        deepest = max(deepest, depth)
        if depth < 0:
            return -1
    return deepest if depth == 0 else -1


def _json(text: str) -> Node:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidParameter(_("filter: non è JSON.")) from error


def _text(text: str) -> Node:
    try:
        return Expr(text).to_json()
    except Exception as error:  # the library has no error of its own for a text that it cannot read
        raise InvalidParameter(_("filter: non è CQL2: {why}").format(why=_where(str(error)))) from error


def _where(told: str) -> str:
    """The place that the parser stopped at, from the drawing that it makes."""
    place = re.search(r"-->\s*\d+:(\d+)", told)
    return _("non si legge dal carattere {place}.").format(place=place[1]) if place else _("non si legge.")


class _Checker:
    """Builds a filter anew from what is known, and keeps a list of what is not."""

    def __init__(self, view: View) -> None:
        self.view, self.faults = view, list[str]()

    def condition(self, node: Node, depth: int) -> Node:
        """A part that is true or false."""
        if depth > DEEPEST:
            return self._nothing(_("condizioni una dentro l'altra più di {deepest} volte").format(deepest=DEEPEST))
        match node:
            case bool():
                return node
            case {"property": str(name)}:
                return node if self._kind(name) in (None, "boolean") else self._fault(_not_a_condition(name))
            case {"op": str(operator), "args": [*parts]}:
                return self._operation(operator.lower(), parts, depth)
        return self._nothing(_("manca una condizione"))

    def _operation(self, operator: str, parts: Sequence[Node], depth: int) -> Node:
        """A part that joins conditions, or compares."""
        if (operator in ("and", "or") and len(parts) > 1) or (operator == "not" and len(parts) == 1):
            return _op(operator, *(self.condition(part, depth + 1) for part in parts))
        before = len(self.faults)
        built = self._spatial(operator, parts) if operator in SPATIAL else self._test(operator, parts)
        if built is None and len(self.faults) == before:
            return self._nothing(_("«{operator}» non si può usare così qui").format(operator=operator[:40]))
        return built

    def _test(self, operator: str, parts: Sequence[Node]) -> Node | None:
        """A part that compares values; None where it has not the form of any that is known."""
        match operator, parts:
            case "isnull", [{"property": str(name)}]:
                self._kind(name)
                return _op("isNull", parts[0])
            case "between", [{"property": str(name)}, low, high]:
                return _op("between", parts[0], self._value(low, name), self._value(high, name))
            case "in", [left, [*values]] if 0 < len(values) <= MOST_VALUES:
                # One comparison for each: the list that the library writes is one of texts whatever the column is.
                return _any_of([self._comparison("=", left, value) for value in values])
            case "like", [left, right]:
                return self._comparison("like", left, right)
            case _, [left, right] if operator in COMPARISONS:
                return self._comparison(operator, left, right)
        return None

    def _spatial(self, operator: str, parts: Sequence[Node]) -> Node | None:
        match parts:
            case [{"property": str(name)}, shape]:
                return _op(operator, parts[0], self._shape(name, shape))
        return None

    def _comparison(self, operator: str, left: Node, right: Node) -> Node:
        match left, right:
            case {"property": str(name)}, _:
                return _op(operator, left, self._value(right, name, text_only=operator == "like"))
            case {"op": str(one), "args": [{"property": str(name)}]}, {"op": str(other), "args": [value]} if (
                one.lower() == other.lower() == "casei"
            ):
                return _op(
                    operator, _op("casei", left["args"][0]), _op("casei", self._value(value, name, text_only=True))
                )
        return self._nothing(_("a sinistra serve un campo e a destra un valore (con CASEI, da tutte e due le parti)"))

    def _value(self, value: Node, name: str, *, text_only: bool = False) -> Value | None:
        kind = self._kind(name)
        if kind is None:
            return None
        found = None if text_only and kind != "text" else literal(value, kind)
        if found is None:
            wanted = in_words("text" if text_only else kind)
            self._fault(_("«{name}» si confronta con {wanted}").format(name=name, wanted=wanted))
        return found

    def _shape(self, name: str, shape: Node) -> Node:
        if self._kind(name) not in (None, "geometry"):
            return self._nothing(_("«{name}» non è una geometria").format(name=name))
        try:
            return (
                places.polygon(shape["bbox"])
                if isinstance(shape, Mapping) and "bbox" in shape
                else places.geometry(shape)
            )
        except ValueError as error:
            return self._nothing(str(error))

    def _kind(self, name: str) -> Kind | None:
        column = self.view.get_column(name)
        if column is not None:
            return kind_of(column)
        names = ", ".join(known.name for known in self.view.properties)
        self._fault(_("il campo «{name}» non c'è; ci sono {names}").format(name=name[:40], names=names))
        return None

    def _nothing(self, fault: str) -> Any:  # noqa: ANN401 - stands for whatever was to be built
        self._fault(fault)

    def _fault(self, told: str) -> None:
        if told not in self.faults:
            self.faults.append(told)


def _op(operator: str, *parts: Node) -> Node:
    return {"op": operator, "args": list(parts)}


def _any_of(conditions: list[Node]) -> Node:
    return conditions[0] if len(conditions) == 1 else _op("or", *conditions)


def _not_a_condition(name: str) -> str:
    return _("«{name}» da solo non è una condizione").format(name=name)
