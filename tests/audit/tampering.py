"""Changing a database past the product, and asking what is found."""

from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from lms.db import Database
from lms.facts import fact_sources


@dataclass(frozen=True)
class Tampering:
    """A database whose rows somebody changes with SQL."""

    database: Database

    @property
    def is_sqlite(self) -> bool:
        """Say which database it is."""
        return self.database.engine.dialect.name == "sqlite"

    def id_of(self, public_id: UUID | str) -> str:
        """Return a random id as SQL writes it."""
        return f"'{UUID(str(public_id)).hex if self.is_sqlite else public_id}'"

    def replaced(self, column: str, old: str, new: str) -> str:
        """Return a JSON column with other words in it, as SQL."""
        kind = "TEXT" if self.is_sqlite else "jsonb"
        return f"CAST(replace(CAST({column} AS TEXT), '{old}', '{new}') AS {kind})"

    @contextmanager
    def tampered(self, *statements: str):
        """Change the database past the product, and undo it in the end."""
        with self.database.engine.connect() as connection:
            # the command line of SQLite has foreign keys off, a superuser may too
            if self.is_sqlite:
                connection.connection.driver_connection.execute(
                    "PRAGMA foreign_keys=OFF"
                )
            outer = connection.begin()
            if not self.is_sqlite:
                connection.exec_driver_sql(
                    "SET LOCAL session_replication_role = replica"
                )
            for statement in statements:
                done = connection.exec_driver_sql(statement)
                assert done.rowcount > 0
            own = Database(connection, join_transaction_mode="create_savepoint")
            with own.session() as session:
                yield session
            outer.rollback()
            if self.is_sqlite:
                connection.connection.driver_connection.execute(
                    "PRAGMA foreign_keys=ON"
                )

    def faults(self, *statements: str) -> list[tuple[str, str, str, str]]:
        """Return (kind, table, row, what) of each fault after some changes."""
        with self.tampered(*statements) as session:
            return [
                (fault.kind.value, fault.table, fault.row, fault.what)
                for source in fact_sources()
                for fault in source.faults(session)
            ]
