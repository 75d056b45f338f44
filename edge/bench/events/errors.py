"""What an evaluation may end with, beside mistakes in files (ConfigError) and files not to be written (TargetError)."""

from edge.complaints import ComplaintError


class BelowStandardError(ComplaintError):
    """The evaluation is done, and what was asked of it does not hold; one line for each condition."""
