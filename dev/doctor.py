"""`python -m dev doctor`: what operators run in a container as `python -m api.ops.doctor`."""

from api.ops.doctor.__main__ import main

__all__ = ["main"]
