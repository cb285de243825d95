"""Errors that reach a person: one line, an exit code, no traceback."""


class PostureError(Exception):
    """A command could not finish; the message is one line naming what, where and the next step."""

    exit_code = 1


class UsageError(PostureError):
    """Wrong use or configuration: nothing was started and nothing was written."""

    exit_code = 2
