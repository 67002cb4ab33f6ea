"""Rows of the rest of Italy, told before they are cleaned: a national list has sixty of them for each of ours."""

from etl.clean.draft import Draft
from etl.clean.explain import explain
from etl.clean.municipality import FIELDS
from etl.issues import IssueLog
from etl.reference.municipalities import municipalities


def elsewhere(key: str, draft: Draft, log: IssueLog) -> bool:
    """Whether a row speaks of a municipality elsewhere in Italy; it is then rejected, with nothing else said of it."""
    istat, cadastral, name = (draft.get(field) for field in FIELDS)
    if not municipalities().outside(istat=istat, cadastral=cadastral, name=name):
        return False
    said = " / ".join(filter(None, (istat, cadastral, name)))
    log.rejected(key, "fuori_territorio", explain("fuori_territorio"), field="istat_code", value=said)
    return True
