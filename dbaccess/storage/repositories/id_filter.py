"""Filters for one of many values as a single parameter, so that the statement never varies."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, any_, literal
from sqlalchemy.orm import InstrumentedAttribute


def among(column: InstrumentedAttribute[Any], ids: Collection[int]) -> ColumnElement[bool]:
    return column == any_(literal(sorted(ids), ARRAY(BigInteger)))


def among_texts(column: ColumnElement[str], texts: Collection[str]) -> ColumnElement[bool]:
    return column == any_(literal(sorted(texts), ARRAY(Text)))
