"""What an evaluation may end with, beside mistakes in files (ConfigError) and files not to be written (TargetError)."""


class BelowStandardError(Exception):
    """The evaluation is done, and what was asked of it does not hold; one line for each condition."""
