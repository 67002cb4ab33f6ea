"""The benches there are: every module or package of ``tests.bench`` but the tools and the tests of them."""

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from typing import cast

import tests.bench
from etl.errors import OmbraError
from tests.bench.kit.shapes import Bench

_TOOLS = ("kit", "__main__")


def names() -> list[str]:
    """Names of all benches."""
    found = [module.name for module in pkgutil.iter_modules(tests.bench.__path__)]
    return sorted(name for name in found if name not in _TOOLS and not name.startswith("test_"))


def chosen(asked: Sequence[str]) -> list[str]:
    """The names asked for, or all.

    Raises
    ------
    OmbraError
        There is none of a name.
    """
    unknown = sorted(set(asked) - set(names()))
    if unknown:
        raise OmbraError(
            f"Banco di prova sconosciuto: {', '.join(f'«{name}»' for name in unknown)}. Esistono: {', '.join(names())}."
        )
    return list(dict.fromkeys(asked)) or names()


def load(name: str) -> Bench:
    """A bench by its name."""
    return cast("Bench", import_module(f"tests.bench.{name}"))
