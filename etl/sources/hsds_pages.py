"""Services out of answers of an HSDS API kept as JSON: pages of ``GET /services``, and ``GET /services/{id}``."""

from collections.abc import Sequence
from pathlib import Path

from etl.i18n import _
from etl.sources import json_file
from etl.sources.hsds_json import Thing, text
from etl.sources.readers.content import Unreadable


def api_services(paths: Sequence[Path]) -> list[object]:
    """The services of the JSON files of one answer; where a service has its own file, that says more than the page.

    Raises
    ------
    Unreadable
        A file is no answer of HSDS, or pages are missing.
    """
    listed: list[object] = []
    alone: dict[str, object] = {}
    seen: set[int] = set()
    wanted = 0
    for path in sorted(paths):
        answer = json_file.read(path)
        if isinstance(answer, dict) and "contents" not in answer and "status" in answer:
            alone[text(answer, "id")] = answer
            continue
        contents = answer.get("contents") if isinstance(answer, dict) else answer
        if not isinstance(contents, list):
            raise Unreadable(_("«{name}» non è una risposta HSDS: manca «contents».").format(name=path.name))
        if isinstance(answer, dict):
            wanted = max(wanted, _whole(answer, "total_pages"))
            seen.add(_whole(answer, "page_number"))
        listed += contents
    _refuse_gaps(wanted, seen)
    pages = [one for one in listed if not (isinstance(one, dict) and text(one, "id") in alone)]
    return [*pages, *(alone[identity] for identity in sorted(alone))]


def _whole(answer: Thing, name: str) -> int:
    value = answer.get(name)
    return value if isinstance(value, int) and 0 < value < 100_000 else 0


def _refuse_gaps(wanted: int, seen: set[int]) -> None:
    """Half of an answer would look like a directory that has closed half of its services."""
    missing = sorted(set(range(1, wanted + 1)) - seen)
    if missing:
        why = _("Mancano {count} pagine su {wanted} (per esempio la {first}): scaricarle di nuovo tutte.")
        raise Unreadable(why.format(count=len(missing), wanted=wanted, first=missing[0]))
