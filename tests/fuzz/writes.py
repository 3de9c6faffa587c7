"""Watching what a request really wrote, and what it took back."""

from contextlib import contextmanager

from sqlalchemy import event

_WRITES = ("INSERT", "UPDATE", "DELETE")
# A refused try is counted, else nobody could be kept from trying on.
_COUNTS = ("UPDATE SIGN_INS SET N_WRONG_CODES=(SIGN_INS.N_WRONG_CODES + ",)


class Watch:
    """Statements that write, sorted by whether their savepoint was kept.

    A test runs in one outer transaction, in which each session's own transaction is a
    savepoint: what is released is what would have been committed.
    """

    def __init__(self):
        self.kept = []
        self._open = []

    def savepoint(self, _connection, _name):
        self._open.append([])

    def release(self, _connection, _name, _context):
        done = self._open.pop() if self._open else []
        (self._open[-1] if self._open else self.kept).extend(done)

    def rollback(self, _connection, _name, _context):
        if self._open:
            self._open.pop()

    def statement(self, _connection, _cursor, statement, *_rest):
        words = statement.lstrip().upper()
        is_write = words.startswith(_WRITES) and not words.startswith(_COUNTS)
        if is_write and self._open:
            self._open[-1].append(statement)


@contextmanager
def watching(engine):
    """Give a `Watch` over everything that happens in the block."""
    watch = Watch()
    listeners = [
        ("savepoint", watch.savepoint),
        ("release_savepoint", watch.release),
        ("rollback_savepoint", watch.rollback),
        ("before_cursor_execute", watch.statement),
    ]
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield watch
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
