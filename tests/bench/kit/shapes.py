"""What a bench takes and gives: options in; figures, ratios and targets out."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol

from etl.progress import Progress, silent

Cell = str | int | float | None
Comparison = Literal[">=", "<="]


@dataclass(frozen=True)
class Options:
    """``slow``: the long measurements too; ``progress`` hears each step."""

    slow: bool = False
    progress: Progress = silent


@dataclass(frozen=True)
class Table:
    """Figures side by side. A cell that is a float is shown with ``decimals``; columns of figures are set right."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    remarks: Sequence[str] = ()
    decimals: int = 3


@dataclass(frozen=True)
class Ratio:
    """One figure of ours over the same figure of a peer, measured in the same run."""

    name: str
    ours: float
    peer: float

    @property
    def value(self) -> float | None:
        """Ours over theirs; None where theirs is zero."""
        return self.ours / self.peer if self.peer else None


@dataclass(frozen=True)
class Target:
    """A figure and the bound that it has to keep."""

    name: str
    measured: float
    comparison: Comparison
    bound: float

    @property
    def met(self) -> bool:
        """Whether the bound is kept; a figure that is not a number keeps none."""
        return self.measured >= self.bound if self.comparison == ">=" else self.measured <= self.bound


@dataclass(frozen=True)
class Result:
    """What a bench has measured, or in ``skipped`` why it could not."""

    name: str
    title: str
    tables: Sequence[Table] = ()
    ratios: Sequence[Ratio] = ()
    targets: Sequence[Target] = ()
    remarks: Sequence[str] = ()
    skipped: str | None = None

    @property
    def met(self) -> bool:
        """Whether no target is missed."""
        return all(target.met for target in self.targets)

    def as_json(self) -> dict[str, Any]:
        """The whole as JSON values, what follows from it included."""
        made = asdict(self) | {"met": self.met}
        for told, ratio in zip(made["ratios"], self.ratios, strict=True):
            told["value"] = ratio.value
        for told, target in zip(made["targets"], self.targets, strict=True):
            told["met"] = target.met
        return made


class Bench(Protocol):
    """A module or package of ``tests.bench``: its own name is the name of the bench."""

    TITLE: str
    run: Callable[[Options], Result]


@dataclass
class Sheets:
    """Collects what the parts of a bench measure."""

    tables: list[Table] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def result(self, name: str, title: str) -> Result:
        """The result made of them."""
        return Result(name, title, self.tables, self.ratios, self.targets, self.remarks)
