"""Scenes as they were judged, kept compactly: enough to judge them again. See docs/decisions/0014."""
