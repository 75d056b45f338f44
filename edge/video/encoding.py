"""H.264 as we make it: the same pictures give the same bytes, so that a replay's evidence has the same hashes."""

import platform

_X86 = platform.machine().lower() in {"x86_64", "amd64"}

H264_OPTIONS = {"preset": "veryfast", "crf": "23"} | ({"x264-params": "asm=SSE4.2"} if _X86 else {})
"""On x86 without AVX-512: x264's code for it reads memory that was never written and encodes the same pictures a little
differently about once in twenty (libx264 of PyAV 18; with SSE4.2 or AVX2 not once in hundreds)."""
