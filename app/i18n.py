"""Language of the pages: the Jinja environment and the formats of numbers and dates.

Message ids are the Italian texts (see :mod:`etl.i18n`); :mod:`app.pages.catalogue` collects them.
"""

import hashlib
import math
from datetime import date, datetime
from functools import cache
from pathlib import Path

import jinja2
from babel.dates import format_date, format_datetime, get_timezone
from babel.numbers import format_decimal, format_percent

from etl.i18n import _, gettext, language, ngettext

PAGES = Path(__file__).resolve().parent / "pages"

# Time is shown where the territory lives, whatever the server's clock is set to.
TIME_ZONE = "Europe/Rome"


def marked(text: str) -> str:
    """Mark a text of a table for translation; it is translated where it is shown."""
    return text


def known(value: float | None) -> bool:
    """Whether a figure is there at all: neither None nor NaN."""
    return value is not None and not math.isnan(value)


def whole(value: float | None) -> str:
    """A count in the reader's language, to the unit: ``1.234``; ``n.d.`` where unknown."""
    if value is None or not known(value):
        return _("n.d.")
    return format_decimal(round(value), locale=language.get())


def decimal(value: float | None, digits: int = 1) -> str:
    """A figure with at most ``digits`` decimals: ``1.234,5``; ``n.d.`` where unknown."""
    if value is None or not known(value):
        return _("n.d.")
    return format_decimal(round(value, digits), locale=language.get())


def share(part: float | None, total: float | None) -> str:
    """``part`` of ``total`` as a percentage without decimals; below one half per cent it says so."""
    if part is None or total is None or not known(part) or not known(total) or total <= 0:
        return _("n.d.")
    if 0 < part / total < 0.005:
        return _("meno dello 0,5%")
    return format_percent(part / total, "#,##0%", locale=language.get())


def minutes(value: float | None) -> str:
    """Minutes to the unit with their unit: ``23 min``; ``n.d.`` where unknown."""
    if value is None or not known(value):
        return _("n.d.")
    return _("{numero} min").format(numero=whole(value))


def moment(value: datetime | None) -> str:
    """Date and time in words, in the territory's own time."""
    if value is None:
        return _("mai")
    return format_datetime(value, "d MMMM y, HH:mm", tzinfo=get_timezone(TIME_ZONE), locale=language.get())


def day(value: date | None) -> str:
    """A date in words: ``3 marzo 2026``."""
    return _("n.d.") if value is None else format_date(value, "long", locale=language.get())


@cache
def static_url(path: str) -> str:
    """Address of a static file with a mark of its content, so that a browser never keeps an old one.

    ``path`` is relative to the static folder. A missing file keeps its plain address: the assets that
    ``npm`` brings may not be there yet when templates are tested.
    """
    file = PAGES / "static" / path
    if not file.is_file():
        return f"/static/{path}"
    return f"/static/{path}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:8]}"


@cache
def environment() -> jinja2.Environment:
    """The Jinja environment of every page: escaping on, texts through gettext, Italian formats."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(whole=whole, decimal=decimal, minutes=minutes, moment=moment, day=day)
    env.globals.update(share=share, known=known, static_url=static_url)
    return env
