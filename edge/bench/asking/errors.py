"""What cannot be asked."""

from edge.complaints import ComplaintError


class AskError(ComplaintError):
    """A moment or track that is not there, or nothing to ask; the text says what there is."""
