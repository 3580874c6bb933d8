"""The two ways in which the stack does not run; the message is for the person at the terminal."""


class CannotStartError(Exception):
    """Something about this machine or the command line is in the way, and nothing was started."""


class StackFailedError(Exception):
    """A part of the stack failed while it started or ran."""
