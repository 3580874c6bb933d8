"""`python -m api.shards`: list, add, drain, reopen and remove Redis servers while everything runs.

Gateways notice within seconds. A new shard needs its own workers: docs/operations.md.
"""

import argparse
import sys

from redis.exceptions import RedisError
from sqlalchemy import Engine

from api.ops.probes import READY, READY_SECONDS
from api.shards.known import KnownShards, first_shard, list_known_shards
from api.shards.moving import Move
from shared.db.connection import TRANSIENT_ERRORS, connect
from shared.db.shards import count_meetings, delete_shard, list_meetings_on, register_shards, set_shard_state
from shared.db.tables import ShardState
from shared.redis.client import open_redis
from shared.settings import Settings, read_settings
from shared.shards import Shard, find_shard


class CommandError(Exception):
    """The command can't be executed; the message says why."""


class ShardCommands:
    """The commands; each prints its result. Raise CommandError, redis's errors, or those of Postgres."""

    def __init__(self, settings: Settings, database: Engine) -> None:
        self._settings = settings
        self._database = database

    def list(self) -> None:
        """Print the shards, whether they answer, and how many meetings live there."""
        known = self.known()
        meetings = count_meetings(self._database)
        first = first_shard(self._settings, list(known))
        meetings[first.name] = meetings.get(first.name, 0) + meetings.pop(None, 0)
        for shard, state in known.items():
            answer = "answers" if _answers(shard) else "does not answer"
            print(f"{shard.name}  {state}  {answer}  {meetings.get(shard.name, 0)} meetings  {shard.address}")

    def add(self, url: str) -> None:
        """Let a server take new meetings."""
        try:
            added = Shard.parse(url)
        except ValueError as error:
            raise CommandError(f"the URL: {error}") from error
        first = self._settings.shards[0]
        if added.url not in {added.address, added.with_credentials_of(first).url}:
            raise CommandError("give it the user and password of REDIS_URL's first server: none is stored")
        if not _answers(added.with_credentials_of(first)):
            raise CommandError(f"{added.name} does not answer, or refuses writes")
        register_shards(self._database, [*self.known(), added])
        set_shard_state(self._database, added.name, ShardState.OPEN)
        print(
            f"{added.name} takes new meetings within seconds; start its workers with SHARD={added.name},"
            " add it to REDIS_URL, and restart the evidence worker and the scheduler"
        )

    def drain(self, name: str, *, lost: bool = False) -> None:
        """Move meetings away; raise CommandError unless the shard is empty."""
        known = self.known()
        source = _require(known, name)
        others = [s for s, state in known.items() if s != source and state is ShardState.OPEN]
        targets = [shard for shard in others if _answers(shard)]
        if not targets:
            raise CommandError("no other shard is open and answers; add one first")
        set_shard_state(self._database, name, ShardState.DRAINING)
        move = Move(
            self._database, source, targets, is_first=source == first_shard(self._settings, list(known))
        )
        if lost:
            print(f"{move.move_all()} meetings moved; frames that waited on {name} are lost")
        elif remaining := move.move_unused():
            raise CommandError(f"{name} still has {remaining}\nrun this again until it is empty")
        else:
            print(f"{name} is empty: python -m api.shards remove {name}")

    def reopen(self, name: str) -> None:
        """Let a shard that drains take meetings again."""
        _require(self.known(), name)
        set_shard_state(self._database, name, ShardState.OPEN)
        print(f"{name} takes new meetings again")

    def remove(self, name: str) -> None:
        """Forget a shard on which no meeting lives."""
        known = self.known()
        shard = _require(known, name)
        if known[shard] is not ShardState.DRAINING:
            raise CommandError(f"drain it first: python -m api.shards drain {name}")
        if list_meetings_on(self._database, name, is_first=shard == first_shard(self._settings, list(known))):
            raise CommandError(f"meetings live on {name}; run drain until it is empty")
        delete_shard(self._database, name)
        print(f"{name} is removed; take it out of REDIS_URL too, or the next start adds it again")

    def known(self) -> KnownShards:
        """Return the shards and their states."""
        return list_known_shards(self._settings, self._database)


def _require(known: KnownShards, name: str) -> Shard:
    shard = find_shard(list(known), name)
    if shard is None:
        raise CommandError(f"there is no shard {name}; there are {', '.join(s.name for s in known)}")
    return shard


def _answers(shard: Shard) -> bool:
    try:
        with open_redis(shard.url, socket_timeout=5, socket_connect_timeout=2) as redis:
            return bool(redis.set(READY, 1, ex=READY_SECONDS))
    except (RedisError, OSError):
        return False


def main(arguments: list[str]) -> int:
    """Execute a command; return the exit code."""
    options = argparse.ArgumentParser(prog="python -m api.shards")
    commands = options.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show the shards")
    commands.add_parser("add", help="let a server take new meetings").add_argument("url")
    drain = commands.add_parser("drain", help="move meetings away; repeat until it is empty")
    drain.add_argument("name")
    drain.add_argument("--lost", action="store_true", help="the server never comes back: move all meetings")
    for name, text in {"reopen": "stop draining", "remove": "forget an empty shard"}.items():
        commands.add_parser(name, help=text).add_argument("name")
    chosen = vars(options.parse_args(arguments))
    settings = read_settings()
    database = connect(settings, pool_size=2)
    try:
        getattr(ShardCommands(settings, database), chosen.pop("command"))(**chosen)
    except (CommandError, RedisError, *TRANSIENT_ERRORS) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
