"""What tests of the command line call."""

from collections.abc import Callable

Ended = tuple[int, str, str]
"""Exit status, output, errors."""
Command = Callable[..., Ended]
