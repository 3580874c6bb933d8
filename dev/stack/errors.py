"""Errors of the stack; their messages are printed in the terminal."""


class CannotStartError(Exception):
    """The machine or the command line prevents a start; nothing was started."""


class StackFailedError(Exception):
    """A process of the stack failed while it started or ran."""
