"""Changes in the middle of an operation on the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def change_after(database: Engine, sql: str, change: Callable[[], object]) -> Iterator[None]:
    """Make the change, once, after the first statement that contains `sql`."""
    pending = [change]

    def make_change(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if pending and sql in statement:
            pending.pop()()

    event.listen(database, "after_cursor_execute", make_change)
    try:
        yield
    finally:
        event.remove(database, "after_cursor_execute", make_change)
    assert not pending
