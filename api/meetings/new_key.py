"""`python -m api.meetings.new_key MEETING`: give an exam a new admin key, for an office that has lost it."""

import argparse
import re
import sys
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy import Engine

from api.live.events import KeyReplaced, admins_address
from api.live.hub import CHANNEL
from api.shards.known import list_known_shards
from shared.db.connection import TRANSIENT_ERRORS, connect
from shared.db.meetings import replace_admin_key
from shared.redis.client import open_redis
from shared.settings import Settings, read_settings

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def replace(settings: Settings, database: Engine, meeting_id: UUID) -> int:
    """Replace the key, print the new one, and return the exit code."""
    replaced = replace_admin_key(database, meeting_id)
    if replaced is None:
        print(f"there is no meeting {meeting_id}", file=sys.stderr)
        return 1
    title, admin_key = replaced
    print(f"Exam:    {title}")
    print(f"Link:    {settings.public_url}/meeting/{meeting_id}")
    print(f"New key: {admin_key}")
    print("The old key no longer works. The new one is shown only now.")
    return 0 if _close_connections(settings, database, meeting_id) else 1


def _close_connections(settings: Settings, database: Engine, meeting_id: UUID) -> bool:
    """Close the live connections of pages that are open with the old key, at any gateway."""
    event = f"{admins_address(meeting_id)} {KeyReplaced().model_dump_json()}"
    closed = True
    # At every shard: the meeting may be moving.
    for shard in list_known_shards(settings, database):
        try:
            with open_redis(shard.url, socket_timeout=5, socket_connect_timeout=2) as redis:
                redis.publish(CHANNEL, event)
        except (RedisError, OSError):
            closed = False
            print(
                f"Redis {shard.name} does not answer: pages open with the old key may still get live "
                "notices until it is back, or they reconnect",
                file=sys.stderr,
            )
    return closed


def main(arguments: list[str]) -> int:
    """Execute the command; return the exit code."""
    options = argparse.ArgumentParser(prog="python -m api.meetings.new_key")
    options.add_argument("meeting", help="the meeting's id, or its link")
    found = _ID.search(options.parse_args(arguments).meeting)
    if found is None:
        options.error("this is neither the id of a meeting nor a link to one")
    settings = read_settings()
    database = connect(settings, pool_size=1)
    try:
        return replace(settings, database, UUID(found[0]))
    except TRANSIENT_ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        database.dispose()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
