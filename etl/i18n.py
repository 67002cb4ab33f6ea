"""Translation of the texts that people read.

Italian is the language of the interface and of the message ids: without a catalogue a text
comes out as it stands in the code. The catalogues live in ``app/pages/locale`` and are shared by
pages, errors and command line, so that a term is translated once.
"""

import gettext as _gettext
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DOMAIN = "ombra"
DEFAULT_LANGUAGE = "it"
LOCALE_DIR = Path(__file__).resolve().parent.parent / "app" / "pages" / "locale"

language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)


@cache
def translations(code: str) -> _gettext.NullTranslations:
    """The catalogue of one language; the message ids themselves where there is none."""
    return _gettext.translation(DOMAIN, LOCALE_DIR, languages=[code], fallback=True)


def gettext(text: str) -> str:
    """Translate ``text`` into the language of the current context."""
    return translations(language.get()).gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Translate with the plural form that ``number`` asks for."""
    return translations(language.get()).ngettext(singular, plural, number)


_ = gettext
