"""The columns of ``synonyms.csv``: what people say when they look for a service, and the types that answer it."""

from pathlib import Path

from etl.i18n import _
from etl.reference.columns import Table, column, free, several
from etl.reference.reading import codes


def synonym_table(folder: Path) -> Table:
    """The table as it must be; types are those of ``service_types.csv``."""
    why = _("tipo di servizio assente da service_types.csv; correggerlo o aggiungerlo là")
    types = several(codes(folder, "reference/service_types.csv"), why)
    return Table("reference/synonyms.csv", {"words": column(unique=True), "service_types": types, "note": free()})
