"""Addresses of cameras hold names and passwords; what people are shown does not."""

import re

_USER_INFO = re.compile(r"(:/{1,2})[^\s'\"<>]*@")
"""With one stroke, too: a path that was made of an address has lost the other."""
_SECRET_ARGUMENT = re.compile(r"(?i)((?:user|username|usr|login|password|passwd|pass|pwd|token|secret)=)[^&\s'\"]+")


def redact(text: str) -> str:
    """The text with user names and passwords taken out of every address in it.

    PyAV's errors carry the address as it was opened. Rather too much goes than too little: all up to the last `@` of
    an address, and the values of arguments such as `?password=` or `&pwd=`.
    """
    return _SECRET_ARGUMENT.sub(r"\1***", _USER_INFO.sub(r"\1***@", text))
