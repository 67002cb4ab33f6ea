"""Names that many things share, told with what tells the things apart."""

from etl.clean.draft import Draft
from etl.i18n import _
from etl.issues import IssueLog
from etl.sources.base import Raw
from etl.sources.tabular.fields import folded, text
from etl.sources.tabular.mapping import Mapping, PlainNames


def told_apart(key: str, draft: Draft, raw: Raw, mapping: Mapping, log: IssueLog) -> Draft:
    """The draft with a fuller name, where its name is one that the mapping lists; the change is told."""
    rule, name = mapping.plain_names, draft.get("name")
    if rule is None or name is None or folded(name) not in {folded(plain) for plain in rule.names}:
        return draft
    fuller = ", ".join([name, *_details(draft, raw, rule)])
    if fuller == name:
        return draft
    why = _("Più cose si chiamano così: al nome è aggiunto ciò che le distingue.")
    log.changed(key, "nome_generico", why, field="name", value=name, mended=fuller)
    return {**draft, "name": fuller}


def _details(draft: Draft, raw: Raw, rule: PlainNames) -> list[str]:
    """Street and number without the comma between them, municipality, then the text of the row's own detail."""
    found = [draft.get(name, "").replace(", ", " ") for name in rule.add]
    if rule.detail is not None:
        detail = text(rule.detail, raw)
        found.append(detail[:1].lower() + detail[1:])
    return [told for told in found if told]
