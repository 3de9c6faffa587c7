"""How many statements a page sends, counted inside one process."""

from collections.abc import Sequence

from sqlalchemy import Engine, event

from benchmarks.driver import Request, UnexpectedAnswerError
from benchmarks.visits import Plan
from lms.app import create_app
from lms.db import Database, make_engine
from lms.settings import Settings

_NOT_QUERIES = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


class QueryCounter:
    """Counts the statements that pass through an engine."""

    def __init__(self, settings: Settings) -> None:
        self._engine: Engine = make_engine(settings.database_url)
        self._seen = 0
        event.listen(self._engine, "before_cursor_execute", self._note)
        self._app = create_app(settings, Database(self._engine))

    def count(self, plans: Sequence[Plan]) -> int:
        """Return the statements of one request, made after the page was warm."""
        self._ask(next(plans[0]))
        before = self._seen
        self._ask(next(plans[0]))
        return self._seen - before

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    def _ask(self, request: Request) -> None:
        client = self._app.test_client(use_cookies=False)
        cookie = "; ".join(f"{name}={value}" for name, value in request.cookies.items())
        answer = client.open(
            request.path,
            method=request.method,
            data=dict(request.form) if request.method == "POST" else None,
            headers={"Cookie": cookie, "Accept-Language": "ja"},
        )
        if answer.status_code != request.status:
            raise UnexpectedAnswerError(f"{request.path}: {answer.status}")

    def _note(self, *given: object) -> None:
        statement = str(given[2]).lstrip().upper()
        self._seen += not statement.startswith(_NOT_QUERIES)
