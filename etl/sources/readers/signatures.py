"""Tell from its first bytes what a file is, whatever its name says."""

from etl.i18n import _
from etl.sources.readers.content import Unreadable

ZIP = b"PK\x03\x04"
SQLITE = b"SQLite format 3\x00"
SHAPEFILE = b"\x00\x00\x27\x0a"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refuse_other_format(head: bytes, *, text: bool) -> None:
    """Say what a file is where its first bytes show that it is something else.

    Raises
    ------
    Unreadable
        A web page, a document, an old or protected workbook, a compressed file; with ``text`` also a workbook or a
        zip archive.
    """
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        why = _("È una pagina web e non una tabella, forse l'avviso di un sito: scaricare di nuovo il file di dati.")
    elif head.startswith(b"%PDF"):
        why = _("È un documento PDF: serve una tabella in CSV, XLSX, ODS, JSON o GeoJSON.")
    elif head.startswith(OLD_OFFICE):
        why = _(
            "È un foglio Excel del vecchio formato .xls, o protetto da password: aprirlo e salvarlo come XLSX, "
            "senza password."
        )
    elif head.startswith((b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ")):
        why = _("È un archivio compresso che Ombra non apre: decomprimerlo, o comprimerlo in ZIP.")
    elif text and head.startswith(ZIP):
        why = _("È un foglio di calcolo o un archivio ZIP e non un file di testo: correggere «format» nella mappa.")
    elif text and head.startswith(SQLITE):
        why = _("È un database e non un file di testo: se è un GeoPackage, indicare «format: gpkg» nella mappa.")
    else:
        return
    raise Unreadable(why)
