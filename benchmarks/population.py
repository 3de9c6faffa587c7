"""Copies of the seeded block, until there are as many learners as are wanted.

Copy `k` moves every id of the block by `k` times its span and writes `k` into the
first eight digits of every random id; what refers to whom stays. Everything else is
kept, so that attempts replay. A cohort holds ten blocks, two hundred learners; where
that makes fewer cohorts than a page lists, the others have nobody enrolled yet.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Table, Uuid, select

import lms.app  # noqa: F401 - brings every table
from benchmarks.load import load_rows
from benchmarks.seed import BLOCK, Seeded, seed_block
from lms.credentials.domain.status_list import LIST_ENTRIES
from lms.db import Base, make_engine
from lms.decisions.pages.cohort import COHORTS_SHOWN
from lms.settings import Settings

BLOCKS_PER_COHORT = 10
_COPIED = (
    "people",
    "profiles",
    "role_grants",
    "assignments",
    "enrolments",
    "attempts",
    "attempt_actions",
    "attempt_texts",
    "responses",
    "evidence",
    "evidence_supersessions",
    "submissions",
    "sheets",
    "sheet_ratings",
    "packs",
    "decisions",
    "decision_outcomes",
    "credentials",
)
_UUID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII
)
_SPREAD = 2_654_435_761  # odd, so that k * it modulo 2**32 is another for every k
Maker = Callable[[int], Any]


def head_of(k: int) -> str:
    """Return the first eight digits of every random id of copy `k`."""
    return f"{k * _SPREAD % 2**32:08x}"


def copy_of(value: UUID, k: int) -> UUID:
    """Return the random id that stands for `value` in copy `k`."""
    return value if k == 0 else UUID(hex=head_of(k) + value.hex[8:])


@dataclass(frozen=True, slots=True)
class Population:
    """A database full of learners."""

    learners: int
    seeded: Seeded

    @property
    def blocks(self) -> int:
        """Return the number of supervisors, each with a block of learners."""
        return max(1, self.learners // BLOCK)

    def supervisor_email(self, k: int) -> str:
        """Return the address of the supervisor of block `k`."""
        return f"supervisor{k}@bench.example"

    def learner_email(self, k: int, place: int) -> str:
        """Return the address of a learner by block and place."""
        return f"learner{k * BLOCK + place}@bench.example"

    def attempt(self, k: int, place: int) -> UUID:
        """Return the attempt of a learner by block and place."""
        return copy_of(self.seeded.attempts[place], k)

    def spread(self, count: int) -> list[int]:
        """Return `count` blocks, evenly spread over the population."""
        return [index * self.blocks // count % self.blocks for index in range(count)]


def make_population(settings: Settings, learners: int) -> Population:
    """Fill an empty database with `learners` learners."""
    population = Population(learners, seed_block(settings))
    engine = make_engine(settings.database_url)
    copier = _Copier(engine)
    _open_cohorts(engine, population.blocks)
    copies = range(1, population.blocks)
    load_rows(engine, ((table, copier.rows(table, copies)) for table in copier.tables))
    engine.dispose()
    return population


def _open_cohorts(engine: Engine, blocks: int) -> None:
    table = Base.metadata.tables["cohorts"]
    filled = (blocks - 1) // BLOCKS_PER_COHORT + 1
    with engine.begin() as connection:
        first = dict(connection.execute(select(table)).mappings().one())
        rows = [
            {
                **first,
                "id": first["id"] + number,
                "public_id": copy_of(first["public_id"], number),
                "slug": f"c{number}",
            }
            for number in range(1, max(filled, COHORTS_SHOWN))
        ]
        connection.execute(table.insert(), rows)


class _Copier:
    """Knows, for each column of each row of the block, how copy `k` differs."""

    def __init__(self, engine: Engine) -> None:
        self.tables = [Base.metadata.tables[name] for name in _COPIED]
        self._is_postgres = engine.dialect.name == "postgresql"
        self._dialect = engine.dialect
        with engine.connect() as connection:
            self._found = {
                table: [
                    dict(row)
                    for row in connection.execute(
                        select(table).order_by(*table.primary_key.columns)
                    ).mappings()
                ]
                for table in self.tables
            }
        self._drop_staff()
        self._spans = {
            table.name: max((row.get("id", 0) for row in rows), default=0)
            for table, rows in self._found.items()
        }
        self._uuids = {
            str(value)
            for rows in self._found.values()
            for row in rows
            for name, value in row.items()
            if isinstance(value, UUID) and name != "decided_by"
        } - self._staff

    def rows(self, table: Table, copies: range) -> Iterator[list[Any]]:
        """Return the rows of all copies, as the driver takes them."""
        plans = [self._plan(table, row) for row in self._found[table]]
        for k in copies:
            for fixed, makers in plans:
                row = fixed.copy()
                for index, make in makers:
                    row[index] = make(k)
                yield row

    def _drop_staff(self) -> None:
        """Keep those who serve all blocks out of the copies."""
        tables = Base.metadata.tables
        bound = {row["learner_id"] for row in self._found[tables["assignments"]]}
        bound |= {row["supervisor_id"] for row in self._found[tables["assignments"]]}
        people = self._found[tables["people"]]
        self._staff = {
            str(row["subject_id"]) for row in people if row["id"] not in bound
        }
        for name, key in (
            ("people", "id"),
            ("profiles", "person_id"),
            ("role_grants", "person_id"),
        ):
            rows = self._found[tables[name]]
            self._found[tables[name]] = [row for row in rows if row[key] in bound]

    def _plan(
        self, table: Table, row: dict[str, Any]
    ) -> tuple[list[Any], list[tuple[int, Maker]]]:
        fixed, makers = [], []
        for index, column in enumerate(table.columns):
            value = row[column.name]
            maker = self._maker(table, column.name, value)
            if maker is not None:
                makers.append((index, maker))
            fixed.append(self._to_driver(column.type, value))
        return fixed, makers

    def _maker(self, table: Table, name: str, value: Any) -> Maker | None:
        special = self._special(table.name, name, value)
        if special is not None or value is None:
            return special
        column = table.columns[name]
        if isinstance(value, UUID):
            return self._uuid_maker(value) if str(value) in self._uuids else None
        if isinstance(value, int):
            owner = table.name if column.primary_key and name == "id" else None
            for key in column.foreign_keys:
                owner = key.column.table.name
            span = self._spans.get(owner or "")
            return None if not span else lambda k: value + k * span
        text = self._to_driver(column.type, value)
        if isinstance(text, str) and any(x in self._uuids for x in _UUID.findall(text)):
            return self._text_maker(text)
        return None

    def _uuid_maker(self, value: UUID) -> Maker:
        tail = str(value)[8:] if self._is_postgres else value.hex[8:]
        return lambda k: head_of(k) + tail

    def _text_maker(self, text: str) -> Maker:
        """Move the ids of the block inside a text or a JSON document."""

        def move(found: re.Match[str], k: int) -> str:
            known = found[0] in self._uuids
            return head_of(k) + found[0][8:] if known else found[0]

        return lambda k: _UUID.sub(lambda found: move(found, k), text)

    @staticmethod
    def _special(table: str, name: str, value: Any) -> Maker | None:
        """Return how a column differs whose values must be unique by themselves."""
        makers: dict[str, Maker] = {
            "profiles.email": lambda k: _email_of(value, k),
            "enrolments.number": lambda k: _number_of(value, k),
            "credentials.number": lambda k: f"{value}-{k}",
            # drawn at random within a list, so each copy has a list of its own
            "credentials.status_index": lambda k: value + k * LIST_ENTRIES,
        }
        if name == "cohort_id":
            return lambda k: value + k // BLOCKS_PER_COHORT
        return makers.get(f"{table}.{name}")

    def _to_driver(self, kind: Any, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False)
        if self._is_postgres and isinstance(kind, Uuid):
            return str(value)
        process = kind.dialect_impl(self._dialect).bind_processor(self._dialect)
        return process(value) if process else value


def _email_of(first: str, k: int) -> str:
    who, number = re.fullmatch(r"(\D+)(\d+)@.*", first).groups()  # type: ignore[union-attr]
    step = BLOCK if who == "learner" else 1
    return f"{who}{int(number) + k * step}@bench.example"


def _number_of(first: str, k: int) -> str:
    return f"{int(first) + k % BLOCKS_PER_COHORT * BLOCK:04}"
