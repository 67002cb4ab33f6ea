"""Tell whether a file is an OpenStreetMap extract, whole and undamaged.

GDAL reads a damaged extract up to the damage and says nothing, so every byte is looked at before: XML by a parser,
PBF by its blocks, whose compressed content carries a checksum.
Formats: https://wiki.openstreetmap.org/wiki/OSM_XML, https://wiki.openstreetmap.org/wiki/PBF_Format.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from etl.errors import SourceError
from etl.i18n import _

HEAD = 2_000  # bytes in which the root element of an XML extract stands
LARGEST_HEADER = 64 * 1024  # both limits are the format's own
LARGEST_BLOCK = 32 * 1024 * 1024
COMPRESSED = {b"BZh": "bunzip2", b"\x1f\x8b": "gunzip", b"PK\x03\x04": "unzip", b"\xfd7zXZ": "unxz", b"7z": "7z x"}

LATEST = 4_102_444_800  # seconds from 1970 to 2100: a header that tells more is damaged

SORTED = b"Sort.Type_then_ID"  # what the header of an extract says of itself

# Fields of the messages BlobHeader, Blob and HeaderBlock.
_SIZE, _ZLIB, _REPLICATED = 3, 3, 32
_BROKEN = (zlib.error, struct.error, IndexError, KeyError, TypeError, ValueError)


class _Damaged(Exception):
    """The content breaks off or is not what the format says; the message is for a reader."""


def digest(path: Path) -> str:
    """SHA-256 of the bytes of a file.

    Raises
    ------
    SourceError
        The file is missing, is a folder, or may not be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        why = _("Il file non esiste: correggere OMBRA_STREETS_FILE, oppure toglierla.")
    except IsADirectoryError:
        why = _("È una cartella: OMBRA_STREETS_FILE deve indicare un file .osm.pbf o .osm.")
    except OSError as error:
        why = _("Il file non si può leggere ({motivo}): controllare i permessi.").format(motivo=error.strerror)
    raise unusable(path, why)


def check(path: Path) -> bool:
    """Whether the nodes of an undamaged extract are known to be sorted; that of XML is never known.

    Raises
    ------
    SourceError
        The file is no extract, is compressed, or is damaged.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        stream.seek(0)
        look = _check_pbf if _is_pbf(path, head) else _check_xml
        try:
            return look(stream)
        except _Damaged as damage:
            why = _("Il file è interrotto o danneggiato: scaricarlo o esportarlo di nuovo ({motivo}).")
            raise unusable(path, why.format(motivo=damage)) from None


def head_faults(path: Path) -> list[str]:
    """Why a file is no extract, from its beginning; empty where it is one."""
    try:
        with path.open("rb") as stream:
            _is_pbf(path, stream.read(HEAD))
    except SourceError as error:
        return list(error.faults)
    except OSError as error:
        return [_("Il file non si può leggere ({motivo}): controllare i permessi.").format(motivo=error.strerror)]
    return []


def dated(path: Path) -> str:
    """The day (ISO, UTC) up to which an extract follows OpenStreetMap, as its header says; empty where it does not."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        stream.seek(0)
        if b"OSMHeader" not in head[:64]:
            found = re.search(rb'(?:osm_base|<osm [^>]*timestamp)="(\d{4}-\d{2}-\d{2})', head)
            return found.group(1).decode() if found else ""
        try:
            seconds = dict(_fields(_block(stream, stream.read(4)))).get(_REPLICATED)
        except _BROKEN:
            return ""
    if not isinstance(seconds, int) or seconds > LATEST:
        return ""
    return datetime.fromtimestamp(seconds, tz=UTC).date().isoformat()


def unusable(path: Path, why: str) -> SourceError:
    """The error of a file that cannot be used, with the reason and how to mend it."""
    summary = _("Strade dal file «{file}»: nulla è stato caricato, resta quello che c'era.").format(file=path)
    return SourceError(summary, [why])


def _is_pbf(path: Path, head: bytes) -> bool:
    if b"OSMHeader" in head[:64]:
        return True
    if b"<osm " in head or b"<osm>" in head:
        return False
    for mark, program in COMPRESSED.items():
        if head.startswith(mark):
            why = _("Il file è compresso: decomprimerlo prima (per esempio con «{programma}») o usare un .osm.pbf.")
            raise unusable(path, why.format(programma=program))
    raise unusable(path, _("Non è un file di OpenStreetMap: serve un estratto .osm.pbf o .osm (XML)."))


def _check_xml(stream: BinaryIO) -> bool:
    try:
        expat.ParserCreate().ParseFile(stream)
    except expat.ExpatError as error:
        raise _Damaged(_("XML non valido alla riga {riga}").format(riga=error.lineno)) from None
    return False


def _check_pbf(stream: BinaryIO) -> bool:
    ordered = False
    position = 0
    while prefix := stream.read(4):
        try:
            content = _block(stream, prefix)
        except _BROKEN:
            raise _Damaged(_("blocco al byte {posizione}").format(posizione=position)) from None
        ordered |= position == 0 and SORTED in content
        position = stream.tell()
    return ordered


def _block(stream: BinaryIO, prefix: bytes) -> bytes:
    """Content of one block, after the length of its header; raises some error of reading where it is not whole.

    Blocks that are compressed in another way than by zlib, which no usual program writes, give no content.
    """
    header = dict(_fields(_read(stream, struct.unpack(">I", prefix)[0], LARGEST_HEADER)))
    packed = dict(_fields(_read(stream, int(header[_SIZE]), LARGEST_BLOCK))).get(_ZLIB)
    if not isinstance(packed, bytes):
        return b""
    unpack = zlib.decompressobj()
    content = unpack.decompress(packed, LARGEST_BLOCK)
    if not unpack.eof:
        raise ValueError(len(content))
    return content


def _read(stream: BinaryIO, length: int, most: int) -> bytes:
    data = stream.read(length) if length <= most else b""
    if len(data) != length:
        raise ValueError(length)
    return data


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of the fields of a protobuf message that has whole numbers and byte strings only.

    >>> list(_fields(bytes([0x08, 0x96, 0x01, 0x12, 0x02, 0x4F, 0x4B])))
    [(1, 150), (2, b'OK')]
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 0:
            yield key >> 3, value
            continue
        if key & 7 != 2 or at + value > len(message):
            raise ValueError(key)
        yield key >> 3, message[at : at + value]
        at += value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while message[at] & 0x80:
        value |= (message[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
    return value | message[at] << shift, at + 1
