"""Every way in which things go wrong here, on purpose."""

from dev.chaos.faults import clocks, evidence, frames, processes, servers

FAULTS = (*processes.FAULTS, *servers.FAULTS, *evidence.FAULTS, *clocks.FAULTS, *frames.FAULTS)
