"""Identifiers that are the same on every machine, and hashes of what goes in.

An identifier is a UUIDv5 (RFC 9562) of a stable key, so that loading the same input twice, anywhere,
gives the same directory.
"""

import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://w3id.org/ombra")


def uid(*parts: str) -> uuid.UUID:
    """The identifier of the thing that ``parts`` name, from the widest to the narrowest.

    >>> uid("area", "municipality", "001272") == uid("area", "municipality", "001272")
    True
    >>> uid("a", "bc") == uid("ab", "c")
    False
    """
    return uuid.uuid5(NAMESPACE, "\x1f".join(parts))


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, for keys that survive accents and spacing.

    >>> slug("Casa della Comunità  di Leinì")
    'casa-della-comunita-di-leini'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def content_hash(value: object) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def files_hash(paths: Iterable[Path]) -> str:
    """SHA-256 of the contents of files, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def code_version() -> str:
    """Which code computes: the package's version and a hash of the sources of ``geo`` and ``etl``.

    A hash and not a git revision, because a container image has no repository and a working copy may
    be ahead of its last commit.
    """
    sources = [path for package in ("geo", "etl") for path in (ROOT / package).rglob("*.py")]
    return f"{version('ombra')}+{files_hash(sources)[:12]}"
