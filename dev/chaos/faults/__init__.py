"""All faults."""

from dev.chaos.faults import clocks, evidence, frames, processes, servers

FAULTS = (*processes.FAULTS, *servers.FAULTS, *evidence.FAULTS, *clocks.FAULTS, *frames.FAULTS)
