"""What may be wrong with a stored log."""

from edge.complaints import ComplaintError


class LogError(ComplaintError):
    """A scene log cannot be used; the text names the file, what is wrong with it, and what to do."""


class UnfinishedLogError(LogError):
    """A file that ends in its header: the power went when it was begun, and nothing is in it."""
