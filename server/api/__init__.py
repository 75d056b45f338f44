"""The HTTP interface under /api/v1, the evidence, and what monitoring asks for."""
