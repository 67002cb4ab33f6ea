"""The catalogue template of texts: ``python -m app.pages.catalogue`` writes it again.

A test compares the template with the sources and fails when they differ.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from etl.i18n import DOMAIN, LOCALE_DIR

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATE = LOCALE_DIR / f"{DOMAIN}.pot"

KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}


def _found() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    for package in ("app", "etl"):
        for name, _line, message, _comments, _context in extract_from_dir(
            ROOT / package, METHODS, OPTIONS, KEYWORDS, directory_filter=_worth_reading
        ):
            yield f"{package}/{name}", message


def _worth_reading(folder: object) -> bool:
    name = Path(str(folder)).name
    return not name.startswith(".") and name not in {"static", "__pycache__"}


def extract() -> Catalog:
    """Every text that a person reads in pages, errors and command line, with the files where it stands."""
    catalog = Catalog(project="Ombra", domain=DOMAIN, charset="utf-8")
    for name, message in sorted(_found(), key=str):
        catalog.add(message, locations=[(name, 0)])
    return catalog


def write(path: Path = TEMPLATE) -> int:
    """Write the catalogue template and give the number of texts in it."""
    catalog = extract()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, catalog, omit_header=True, include_lineno=False, sort_output=True)
    return len(catalog)


if __name__ == "__main__":
    print(write())
