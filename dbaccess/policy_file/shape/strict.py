"""The base of every part of the file."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict

from dbaccess.policy_file.problems.problem import shown

Item = TypeVar("Item")


def _filled(items: list[Item]) -> list[Item]:
    if not items:
        raise ValueError("An empty list. Name at least one, or leave the key out where it may be left out.")
    twice = next((item for number, item in enumerate(items) if item in items[:number]), None)
    if twice is not None:
        raise ValueError(f'"{shown(twice)}" is named twice.')
    return items


Filled = Annotated[list[Item], AfterValidator(_filled)]


class Shape(BaseModel):
    """Refuses unknown keys, and converts nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
