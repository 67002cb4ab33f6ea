"""From the bytes of a text file to text: the encoding is found out, or what was declared is checked."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from etl.i18n import _
from etl.sources.readers.content import Unreadable

# Longest first: the mark of UTF-32 begins like that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WESTERN = ["cp1252", "latin_1", "mac_roman"]
HEAD = 8_192  # bytes in which binary content and UTF-16 without a mark are looked for
SAMPLE = 2_000  # lines from which a Western encoding is told
# Letters with accents of Mac Roman that Windows-1252 would take for signs in the middle of a word, or for nothing.
ODD = re.compile(rb"[A-Za-z][\x81\x88\x8d\x8f\x90\x93\x98\x9d]|[a-z]\x8e|[a-z]\xd5[A-Za-z]")
UNUSED = b"\x81\x8d\x8f\x90\x9d"  # bytes that Windows-1252 gives no meaning
SEVERAL = 2  # lines without which no file is believed to be Mac Roman: one spoilt byte makes one odd line
CONTROLS = bytes(sorted(set(range(32)) - set(b"\t\n\v\f\r\x1a")))


@dataclass(frozen=True)
class Text:
    """Decoded text. Bytes that the encoding does not know stay in it as lone surrogates (``surrogateescape``)."""

    content: str
    encoding: str


def decode(data: bytes, *, declared: str | None = None, whole: bool = True) -> Text:
    """Text of a file; ``whole`` is false where the data are only its beginning, cut anywhere.

    A byte order mark is believed first, then the declared encoding, then UTF-8. A file of
    whose lines with other letters than ASCII at least half are UTF-8 stays UTF-8, so that only the others are lost.
    Anything else is told by charset-normalizer among Windows-1252, ISO-8859-1 and Mac Roman, from the lines that are
    not plain ASCII whatever their order; Mac Roman only where most of these, and several, would be odd in
    Windows-1252.

    Raises
    ------
    Unreadable
        The content is not text, or not in the declared encoding.
    """
    marked = next((encoding for mark, encoding in MARKS if data.startswith(mark)), None)
    if marked:
        return _decoded(data, marked, whole=whole)
    wide = _utf_16(data[:HEAD])
    if wide and not declared:
        return _decoded(data, wide, whole=whole)
    if not wide:
        _refuse_binary(data[:HEAD])
    if declared:
        return _as_declared(data, declared, whole=whole)
    return _found_out(data, whole=whole)


def _decoded(data: bytes, encoding: str, *, whole: bool) -> Text:
    errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
    try:
        return Text(codecs.getincrementaldecoder(encoding)(errors).decode(data, final=whole), encoding)
    except UnicodeError:
        why = _("Il testo in {codifica} è interrotto o danneggiato: salvare di nuovo il file come UTF-8.")
        raise Unreadable(why.format(codifica=encoding)) from None


def _utf_16(head: bytes) -> str | None:
    """UTF-16 without a mark: Western text in it has a NUL in every second byte, and hardly any in the others."""
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if half >= 4 and odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if half >= 4 and even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _refuse_binary(head: bytes) -> None:
    controls = len(head) - len(head.translate(None, CONTROLS))
    if controls > max(3, 0.03 * len(head)):
        raise Unreadable(_("Il contenuto non è testo: esportare i dati in CSV, XLSX o ODS e usare quel file."))


def _found_out(data: bytes, *, whole: bool) -> Text:
    if _mostly_utf_8(data, whole=whole):
        return _decoded(data, "utf-8", whole=whole)
    return _decoded(data, _western(data), whole=whole)


def _western(data: bytes) -> str:
    lines = sorted({line for line in data.splitlines() if not line.isascii()})[:SAMPLE]
    best = from_bytes(b"\n".join(lines), cp_isolation=WESTERN).best()
    if best and (best.encoding != "mac_roman" or _of_a_mac(lines)):
        return best.encoding
    # ISO-8859-1 is Windows-1252 without its quotes and dashes, and decodes anything.
    return "latin_1" if data.translate(None, UNUSED) != data else "cp1252"


def _of_a_mac(lines: list[bytes]) -> bool:
    odd = sum(ODD.search(line) is not None for line in lines)
    return odd >= SEVERAL and 2 * odd > len(lines)


def _mostly_utf_8(data: bytes, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=whole)
    except UnicodeDecodeError:
        lines = [line for line in data.split(b"\n") if not line.isascii()]
        return 2 * sum(map(_is_utf_8, lines)) >= len(lines)
    return True


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _as_declared(data: bytes, declared: str, *, whole: bool) -> Text:
    try:
        codec = codecs.lookup(declared)
        "".encode(declared)
    except LookupError:
        why = _("La codifica dichiarata «{codifica}» non esiste: scrivere per esempio utf-8, cp1252 o latin-1.")
        raise Unreadable(why.format(codifica=declared)) from None
    if codec.name == "utf-8" and _mostly_utf_8(data, whole=whole):
        return _decoded(data, "utf-8", whole=whole)
    try:
        text = codecs.getincrementaldecoder(codec.name)().decode(data, final=whole)
    except UnicodeError as error:
        raise _not_as_declared(data, declared, error) from None
    seems = _found_out(data, whole=whole).encoding
    if seems == "utf-8" and not data.isascii() and codec.name not in {"utf-8", "utf-8-sig"}:
        raise _not_as_declared(data, declared, None)
    return Text(text, declared)


def _not_as_declared(data: bytes, declared: str, error: UnicodeError | None) -> Unreadable:
    seems = _found_out(data, whole=True).encoding
    names = {"codifica": declared, "sembra": seems}
    if isinstance(error, UnicodeDecodeError):
        why = _("Riga {riga}: il testo non è nella codifica dichiarata «{codifica}», sembra {sembra}: correggerla.")
        return Unreadable(why.format(riga=data.count(b"\n", 0, error.start) + 1, **names))
    why = _("Il testo non è nella codifica dichiarata «{codifica}», sembra {sembra}: correggerla o toglierla.")
    return Unreadable(why.format(**names))
