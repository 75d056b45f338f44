"""What cannot be asked."""


class AskError(Exception):
    """A moment or track that is not there, or nothing to ask; the text says what there is."""
