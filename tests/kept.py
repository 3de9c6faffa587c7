"""What the tests of a process make once for all their applications.

Each test has an application of its own, so that nothing of one is seen by the next.
What follows from the code and the shipped content alone is the same for all of them,
and to make it anew took a third of a page's test.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lms.content.models import ContentVersion
from lms.content.queries import Library, Published

Builder = Callable[..., tuple[str, str]]


class CompiledTemplates(BytecodeCache):
    """Compiles a template once; templates do not change meanwhile."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before."""
        bucket.code = self._codes.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled just now."""
        self._codes[bucket.key] = bucket.code


class ShippedContent:
    """The versions that every test's database begins with, compiled once.

    What a test publishes itself has higher ids, which are given anew after it.
    """

    def __init__(self, engine: Engine) -> None:
        with Session(engine) as session:
            self._last: int = session.scalar(select(func.max(ContentVersion.id))) or 0
        self._compiled: dict[int, Published] = {}

    def lend(self, library: Library) -> None:
        """Let a library know what others compiled before it."""
        library._compiled.update(self._compiled)
        library._by_digest.update(
            ((row.kind, row.slug, row.digest), row) for row in self._compiled.values()
        )

    def take(self, library: Library) -> None:
        """Keep what a library compiled."""
        self._compiled.update(
            (number, row)
            for number, row in library._compiled.items()
            if number <= self._last
        )


def keep_builders_of_addresses() -> None:
    """Let werkzeug write what builds an address once for each rule."""
    make: Any = Rule._compile_builder
    kept: dict[tuple[Any, bool], Builder] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Builder:
        key = (tuple(rule._trace), append_unknown)
        if rule.defaults or key not in kept:
            found: Builder = make(rule, append_unknown)
            if rule.defaults:
                return found
            kept[key] = found
        return kept[key]

    Rule._compile_builder = compile_builder  # type: ignore[method-assign]
