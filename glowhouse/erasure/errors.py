"""Why nobody, or not everything, was erased."""

from glowhouse.errors import GlowhouseError


class ErasureError(GlowhouseError):
    """A customer is unknown, a file cannot be rewritten, or something was found afterwards; the message says which."""
