"""The box beside the cameras: frames in, signed alerts out."""

import os

__version__ = "0.1.0"

# ONNX Runtime's own builds report to Microsoft what they run, and keep what they could not send, unless this is set
# before they are loaded: nothing leaves a node but what its installer knows of.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
