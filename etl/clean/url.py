"""Addresses of web sites."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

import idna

from etl.clean.step import Read, Remark, lost
from etl.clean.words import SITE_ENDINGS

_LONGEST = 2_000
_BAD_SLASHES = re.compile(r"^(https?)(?::?/{1,3}|:/*\\+|:(?=www))", re.IGNORECASE)
_BETWEEN = re.compile(r"[;,]\s+|\s+[-|]\s+|\s*[;|]\s*")
_LAST_SCHEME = re.compile(r"^.*(?=https?://)", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_TOO_MANY_W = re.compile(r"^w{4,}\.", re.IGNORECASE)
_LABEL = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")


@lru_cache(maxsize=50_000)
def read_url(text: str) -> Read:
    """The site's address with scheme and host in small letters: ``WWW.X.IT/A`` → ``http://www.x.it/A``.

    Only public addresses of the web: ``javascript:`` and the like, hosts without a known ending, names and passwords
    before the host are dropped. Of several addresses the first stays.
    """
    first, others = _first(text)
    read = _read_one(first)
    if read.value and others:
        return Read(read.value, (*read.remarks, Remark("sito_ulteriore", "scartato", others)))
    return read


def _first(text: str) -> tuple[str, str]:
    """The first address of several, and the rest; a blank inside an address is closed."""
    chunk, _, others = _BETWEEN.sub("\n", text.strip(" ;,|")).partition("\n")
    sites = list(re.finditer(r"(?:^|(?<=\s))(?:https?:|www\.)", chunk, re.IGNORECASE))
    if not sites:
        return "".join(chunk.split()), others
    end = sites[1].start() if len(sites) > 1 else len(chunk)
    rest = " ".join(filter(None, (chunk[: sites[0].start()].strip(), chunk[end:], others)))
    return "".join(chunk[sites[0].start() : end].split()), rest


def _read_one(text: str) -> Read:
    address = _LAST_SCHEME.sub("", _BAD_SLASHES.sub(r"\1://", text))
    address = _LAST_SCHEME.sub("", re.sub(r"^https?://(?=https?:?//)", "", address, flags=re.IGNORECASE))
    address = _BAD_SLASHES.sub(r"\1://", address)
    if _SCHEME.match(address) and not re.match(r"https?://", address, re.IGNORECASE):
        return lost("sito_pericoloso", text[:200])
    if not re.match(r"https?://", address, re.IGNORECASE):
        address = f"http://{address}"
    try:
        split = urlsplit(address)
        host, port = split.hostname or "", split.port
    except ValueError:
        return lost("sito_errato", text[:200])
    if "@" in split.netloc or len(address) > _LONGEST or re.search(r"[<>\"'`{}]", address):
        return lost("sito_errato", text[:200])
    name = _host(_TOO_MANY_W.sub("www.", host))
    if name is None:
        return lost("sito_errato", text[:200])
    mended = urlunsplit(
        (split.scheme.lower(), f"{name}:{port}" if port else name, split.path, split.query, split.fragment)
    )
    known = name.rsplit(".", 1)[1] in SITE_ENDINGS or re.search(r"\.(?:[a-z]{2}|xn--[a-z0-9-]+)$", name)
    return Read(mended) if known else Read(mended, (Remark("sito_dubbio", "dubbio", mended),))


def _host(host: str) -> str | None:
    """The name in ASCII (IDNA 2008); nothing where it is none, or is a number or a name of a private network."""
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None
    labels = name.split(".")
    if len(labels) < 2 or not all(_LABEL.match(label) for label in labels) or len(labels[-1]) < 2:
        return None
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return None if labels[-1] in {"local", "localhost", "lan", "internal"} or labels[-1].isdigit() else name
    return None
