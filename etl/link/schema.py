"""Types of the columns of features, for the engine."""

import pyarrow as pa

_WORDS = pa.list_(pa.struct([("word", pa.string()), ("bits", pa.float64())]))
_ROAD = pa.struct(
    [
        ("street", pa.string()),
        ("kind", pa.string()),
        ("last", pa.string()),
        ("rest", pa.list_(pa.string())),
        ("telling", pa.string()),
        ("cut", pa.list_(pa.string())),
        ("initials", pa.list_(pa.string())),
    ]
)
_LIST = pa.list_(pa.string())
COLUMNS: dict[str, pa.DataType] = {
    "list": pa.string(),
    "family": pa.string(),
    "alone": pa.bool_(),
    "municipality": pa.string(),
    "postal_code": pa.string(),
    "provider": pa.string(),
    "tax_id": pa.string(),
    "provider_words": _WORDS,
    "capacity": pa.float64(),
    "floor": pa.string(),
    "name": pa.string(),
    "words": _WORDS,
    "bits": pa.float64(),
    "main": pa.string(),
    "numbers": _LIST,
    "road": _ROAD,
    "number": pa.string(),
    "house": pa.int64(),
    "house_to": pa.int64(),
    "x": pa.float64(),
    "y": pa.float64(),
    "fine": pa.bool_(),
    "phones": _LIST,
    "emails": _LIST,
    "sites": _LIST,
    "firsts": _LIST,
    "registers": _LIST,
    "towns": _LIST,
    "kinds": _LIST,
    "blocks": _LIST,
}
