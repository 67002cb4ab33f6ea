"""Rows of the rest of Italy, told before they are cleaned: a national list has sixty of them for each of ours."""

from etl.clean.draft import Draft
from etl.clean.explain import explain
from etl.clean.municipality import FIELDS
from etl.clean.run import clean
from etl.issues import IssueLog
from etl.reference.municipalities import municipalities
from etl.sources.base import Raw
from etl.sources.tabular.fields import Refused, text
from etl.sources.tabular.mapping import Mapping


def elsewhere(key: str, draft: Draft, log: IssueLog) -> bool:
    """Whether a row speaks of a municipality elsewhere in Italy; it is then rejected, with nothing else said of it."""
    istat, cadastral, name = (draft.get(field) for field in FIELDS)
    if not municipalities().outside(istat=istat, cadastral=cadastral, name=name):
        return False
    said = " / ".join(filter(None, (istat, cadastral, name)))
    log.rejected(key, "fuori_territorio", explain("fuori_territorio"), field="istat_code", value=said)
    return True


def town(raw: Raw, mapping: Mapping) -> str | None:
    """Municipality of a row in six digits, empty where the row does not tell; none where it is elsewhere in Italy."""
    found: Draft = {}
    for name in (name for name in FIELDS if name in mapping.fields):
        try:
            found[name] = text(mapping.fields[name], raw)
        except Refused:
            continue
    if elsewhere("", found, IssueLog()):
        return None
    return clean("", found, IssueLog()).get("istat_code", "")
