"""Which shards there are: those in Postgres, or those of REDIS_URL while there is one only."""

from collections.abc import Sequence

from sqlalchemy import Engine

from shared.db.shards import list_shards
from shared.db.tables import ShardState
from shared.settings import Settings
from shared.shards import Shard

KnownShards = dict[Shard, ShardState]
"""In the order in which they were added."""


def list_known_shards(settings: Settings, database: Engine) -> KnownShards:
    """Return the registered shards. One that is not in REDIS_URL has the credentials of its first server."""
    configured = {shard.name: shard for shard in settings.shards}
    first = settings.shards[0]
    known = {
        configured.get(entry.name) or Shard(entry.name, entry.address).with_credentials_of(first): entry.state
        for entry in list_shards(database)
    }
    return known or dict.fromkeys(settings.shards, ShardState.OPEN)


def first_shard(settings: Settings, known: Sequence[Shard]) -> Shard:
    """Return the shard of meetings that name none: they were created when there was only one."""
    return settings.shards[0] if settings.shards[0] in known else known[0]
