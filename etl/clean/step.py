"""What a step of cleaning is: one small change of a draft, with remarks on what it could not keep or does not trust."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from etl.clean.draft import Draft


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a value, besides that it changed.

    ``kind`` is a slug explained in :mod:`etl.clean.explain`; ``value`` the part in question, absent where it must not
    be repeated; ``detail`` goes into the sentence.
    """

    kind: str
    severity: Literal["scartato", "dubbio"]
    value: str | None = None
    detail: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a text gave: its value, absent where nothing usable remains, and remarks."""

    value: str | None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """The draft after a step, with remarks."""

    draft: Draft
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What steps know besides the draft: ``crs`` of x, y and WKT, as ``EPSG:3003``."""

    crs: str | None = None


Act: TypeAlias = Callable[[Draft, Context], Work]


@dataclass(frozen=True)
class Step:
    """One job.

    Parameters
    ----------
    kind
        Slug of the issue rows that tell its changes.
    act
        Gives the draft after the step; it must not alter the one it receives.
    together
        Fields that the step treats as one value, which then changes in one issue row, under the name ``label``.
    empties
        What the step takes away held nothing, such as a dash: it is told as a change, not as a loss.
    """

    kind: str
    act: Act
    together: tuple[str, ...] = ()
    label: str = ""
    empties: bool = False


def lost(kind: str, value: str | None, detail: str = "") -> Read:
    """Nothing could be kept of ``value``."""
    return Read(None, (Remark(kind, "scartato", value, detail),))


def on(fields: Collection[str], read: Callable[[str], str | Read | None]) -> Act:
    """The act of reading each of ``fields``, where present, on its own."""
    wanted = frozenset(fields)

    def act(draft: Draft, _context: Context) -> Work:
        changed: Draft = {}
        remarks: list[Remark] = []
        for field, text in draft.items():
            if field not in wanted:
                continue
            answer = read(text)
            if isinstance(answer, Read):
                remarks += [replace(remark, field=field) for remark in answer.remarks]
                answer = answer.value
            if answer != text:
                changed[field] = answer or ""
        return Work(merged(draft, changed), tuple(remarks)) if changed or remarks else Work(draft)

    return act


def merged(draft: Draft, changed: Draft) -> Draft:
    """The draft with ``changed`` over it; an empty text takes the field away."""
    return {field: text for field, text in (draft | changed).items() if text}
