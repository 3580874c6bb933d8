"""What is read from the primary only.

After a failover, connections may lead to the demoted primary. A write is refused there, upon which they are
closed; a read would be answered, with what that server had when it last heard of its successor.
"""

from shared.redis.script import read_script, with_constants

NO_KEY = "no key"
"""Deleting it changes nothing, and is refused by a replica."""

REQUIRE_PRIMARY = with_constants(read_script(__file__, "require_primary.lua"), no_key=NO_KEY)
"""What comes before the text of a script that may write nothing."""
