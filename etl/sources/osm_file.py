"""Tell whether a file is an OpenStreetMap extract, whole and undamaged.

GDAL reads a damaged extract up to the damage and says nothing, so every byte is looked at before: XML by a parser,
PBF by its blocks, whose compressed content carries a checksum.
Formats: https://wiki.openstreetmap.org/wiki/OSM_XML, https://wiki.openstreetmap.org/wiki/PBF_Format.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal
from xml.parsers import expat

from etl.errors import SourceError
from etl.i18n import _

Format = Literal["xml", "pbf"]

HEAD = 2_000  # bytes in which the root element of an XML extract stands
LARGEST_HEADER = 64 * 1024  # both limits are the format's own
LARGEST_BLOCK = 32 * 1024 * 1024
COMPRESSED = {b"BZh": "bunzip2", b"\x1f\x8b": "gunzip", b"PK\x03\x04": "unzip", b"\xfd7zXZ": "unxz", b"7z": "7z x"}

# Fields of the messages BlobHeader and Blob.
_TYPE, _SIZE, _ZLIB = 1, 3, 3


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


def check(path: Path) -> Format:
    """The format of an undamaged extract.

    Raises
    ------
    SourceError
        The file is no extract, is compressed, or is damaged.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
        stream.seek(0)
        found = _format(path, head)
        try:
            (_check_xml if found == "xml" else _check_pbf)(stream)
        except _Damaged as damage:
            why = _("Il file è interrotto o danneggiato: scaricarlo o esportarlo di nuovo ({motivo}).")
            raise unusable(path, why.format(motivo=damage)) from None
    return found


def unusable(path: Path, why: str) -> SourceError:
    """The error of a file that cannot be used, with the reason and how to mend it."""
    summary = _("Strade dal file «{file}»: nulla è stato caricato, resta quello che c'era.").format(file=path)
    return SourceError(summary, [why])


def _format(path: Path, head: bytes) -> Format:
    if b"OSMHeader" in head[:64]:
        return "pbf"
    if b"<osm " in head or b"<osm>" in head:
        return "xml"
    for mark, program in COMPRESSED.items():
        if head.startswith(mark):
            why = _("Il file è compresso: decomprimerlo prima (per esempio con «{programma}») o usare un .osm.pbf.")
            raise unusable(path, why.format(programma=program))
    raise unusable(path, _("Non è un file di OpenStreetMap: serve un estratto .osm.pbf o .osm (XML)."))


def _check_xml(stream: BinaryIO) -> None:
    try:
        expat.ParserCreate().ParseFile(stream)
    except expat.ExpatError as error:
        raise _Damaged(_("XML non valido alla riga {riga}").format(riga=error.lineno)) from None


def _check_pbf(stream: BinaryIO) -> None:
    position = 0
    while prefix := stream.read(4):
        try:
            _check_block(stream, prefix)
        except (zlib.error, struct.error, IndexError, KeyError, TypeError, ValueError):
            raise _Damaged(_("blocco al byte {posizione}").format(posizione=position)) from None
        position = stream.tell()


def _check_block(stream: BinaryIO, prefix: bytes) -> None:
    """One block: length of its header, header, blob; raises some error of reading where any is not whole."""
    header = dict(_fields(_read(stream, struct.unpack(">I", prefix)[0], LARGEST_HEADER)))
    blob = dict(_fields(_read(stream, int(header[_SIZE]), LARGEST_BLOCK)))
    packed = blob.get(_ZLIB)
    if isinstance(packed, bytes):
        unpack = zlib.decompressobj()
        unpack.decompress(packed, LARGEST_BLOCK)
        if not unpack.eof:
            raise ValueError(header[_TYPE])


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
