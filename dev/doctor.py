"""`python -m dev doctor`: what operators run in a container as `python -m api.doctor`."""

from api.doctor.__main__ import main

__all__ = ["main"]
