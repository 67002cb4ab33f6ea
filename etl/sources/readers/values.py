"""Text of the values that a format holds typed: numbers, dates and times, truth, lists."""

import datetime as dt
import json
from functools import singledispatch

from etl.clean.draft import SEPARATOR


@singledispatch
def text(value: object) -> str:
    """Text of a value: ``1272`` and not ``1272.0``, ``2023-09-01``, ``08:30``, ``true``; nothing for none.

    Texts of a list are joined by the separator; a list or an object of objects is told as JSON.
    """
    return str(value)


@text.register
def _(_value: None) -> str:
    return ""


@text.register
def _(value: bool) -> str:
    return "true" if value else "false"


@text.register
def _(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


@text.register
def _(value: dt.datetime) -> str:
    return value.isoformat(sep=" ")


@text.register
def _(value: dt.date) -> str:
    return value.isoformat()


@text.register
def _(value: dt.time) -> str:
    return value.isoformat() if value.second or value.microsecond else value.isoformat("minutes")


@text.register
def _(value: dt.timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")


@text.register
def _(value: bytes) -> str:
    return value.hex()


@text.register
def _(value: dict) -> str:  # type: ignore[type-arg]
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""


@text.register
def _(value: list) -> str:  # type: ignore[type-arg]
    if any(isinstance(item, list | dict) for item in value):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return SEPARATOR.join(text(item) for item in value)
