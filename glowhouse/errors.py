"""The failures that a user can mend: commands print their message instead of a traceback."""


class GlowhouseError(Exception):
    """Something outside the code is not as it must be; the message says what, where, and what to do."""
