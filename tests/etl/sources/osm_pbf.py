"""Write a small OpenStreetMap extract as PBF out of one as XML, to read the same features from both formats.

Format: https://wiki.openstreetmap.org/wiki/PBF_Format; one block of dense nodes, ways, relations.
"""

import struct
import zlib
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET


def write(source: Path, target: Path, *, replicated: datetime | None = None) -> Path:
    """Write ``source`` (XML) to ``target``; ``replicated`` is the time that the header tells."""
    strings: dict[str, int] = {"": 0}
    root = ET.parse(source).getroot()
    nodes = sorted(root.findall("node"), key=lambda one: int(one.get("id", "0")))
    groups = [
        _field(2, _dense(nodes, strings)),
        b"".join(_field(3, _way(one, strings)) for one in root.findall("way")),
        b"".join(_field(4, _relation(one, strings)) for one in root.findall("relation")),
    ]
    table = b"".join(_field(1, text.encode()) for text in strings)
    block = _field(1, table) + b"".join(_field(2, group) for group in groups if group)
    header = _field(4, b"OsmSchema-V0.6") + _field(4, b"DenseNodes") + _field(5, b"Sort.Type_then_ID")
    if replicated is not None:
        header += _number(32, int(replicated.timestamp()))
    target.write_bytes(_blob(b"OSMHeader", header) + _blob(b"OSMData", block))
    return target


def _blob(kind: bytes, content: bytes) -> bytes:
    blob = _number(2, len(content)) + _field(3, zlib.compress(content))
    head = _field(1, kind) + _number(3, len(blob))
    return struct.pack(">I", len(head)) + head + blob


def _dense(nodes: list[ET.Element], strings: dict[str, int]) -> bytes:
    """All nodes, each field in a list of its own."""
    nothing = bytes(len(nodes))
    stamps = [_seconds(one) for one in nodes]
    info = _field(1, nothing) + _field(2, _deltas(stamps)) + b"".join(_field(at, nothing) for at in (3, 4, 5))
    texts = [[part for tag in one.findall("tag") for part in (tag.get("k", ""), tag.get("v", ""))] for one in nodes]
    tags = b"".join(
        b"".join(_varint(strings.setdefault(text, len(strings))) for text in of_one) + b"\0" for of_one in texts
    )
    points = b"".join(
        _field(at, _deltas([round(float(one.get(name, "0")) * 1e7) for one in nodes]))
        for at, name in ((8, "lat"), (9, "lon"))
    )
    return _field(1, _deltas([int(one.get("id", "0")) for one in nodes])) + _field(5, info) + points + _field(10, tags)


def _seconds(one: ET.Element) -> int:
    stamp = one.get("timestamp")
    return 0 if stamp is None else int(datetime.fromisoformat(stamp).timestamp())


def _way(one: ET.Element, strings: dict[str, int]) -> bytes:
    refs = [int(nd.get("ref", "0")) for nd in one.findall("nd")]
    return _number(1, int(one.get("id", "0"))) + _tags(one, strings) + _field(8, _deltas(refs))


def _relation(one: ET.Element, strings: dict[str, int]) -> bytes:
    members = one.findall("member")
    roles = b"".join(_varint(strings.setdefault(member.get("role", ""), len(strings))) for member in members)
    refs = [int(member.get("ref", "0")) for member in members]
    kinds = b"".join(_varint(("node", "way", "relation").index(member.get("type", ""))) for member in members)
    identity = _number(1, int(one.get("id", "0"))) + _tags(one, strings)
    return identity + _field(8, roles) + _field(9, _deltas(refs)) + _field(10, kinds)


def _tags(one: ET.Element, strings: dict[str, int]) -> bytes:
    pairs = [(tag.get("k", ""), tag.get("v", "")) for tag in one.findall("tag")]
    keys = b"".join(_varint(strings.setdefault(key, len(strings))) for key, _value in pairs)
    values = b"".join(_varint(strings.setdefault(value, len(strings))) for _key, value in pairs)
    return _field(2, keys) + _field(3, values) if pairs else b""


def _deltas(numbers: list[int]) -> bytes:
    return b"".join(_varint(_zigzag(to - since)) for since, to in zip([0, *numbers], numbers, strict=False))


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else ((-number) << 1) - 1


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    found = b""
    while value > 0x7F:
        found, value = found + bytes([value & 0x7F | 0x80]), value >> 7
    return found + bytes([value])
