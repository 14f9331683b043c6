"""Small records to rows and back: dates as ISO text, dictionaries and lists of ids as JSON, truth as 0 and 1."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import Row


def to_row(record: Any) -> dict[str, Any]:
    """Columns are named like the record's fields."""
    return {field.name: _out(getattr(record, field.name)) for field in fields(record)}


def from_row[T](kind: type[T], row: Row[Any]) -> T:
    """The record of a row."""
    return kind(**{field.name: _in(str(field.type), getattr(row, field.name)) for field in fields(kind)})  # type: ignore[arg-type]


def _out(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (dict, tuple)):
        return json.dumps(value, sort_keys=True)
    return value


def _in(annotation: str, value: Any) -> Any:
    if annotation == "date":
        return date.fromisoformat(value)
    if annotation == "bool":
        return bool(value)
    if annotation.startswith("dict"):
        return json.loads(value)
    if annotation.startswith("tuple"):
        return tuple(json.loads(value))
    return value
