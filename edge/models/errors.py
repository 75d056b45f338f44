"""What can go wrong around models, beside models that are wrong (edge/vision/errors.py) and files (edge/files.py).

├── LabelledSetError      a labelled set cannot be used (a ConfigError: a file that people write)
├── FetchError            a file cannot be fetched, or what came is not what the card says
└── MissingPackageError   a command needs a package that is not installed
"""

from edge.complaints import ComplaintError
from edge.documents import ConfigError


class LabelledSetError(ConfigError):
    """A labelled set cannot be used; one line per mistake: file, line, field, what was found, the remedy."""


class MissingPackageError(ComplaintError):
    """A command needs a package that is not installed; the text names the extra that brings it."""


class FetchError(ComplaintError):
    """A file cannot be fetched, or what came is not what the card says; the text names the address and the remedy."""
