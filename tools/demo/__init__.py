"""The demonstration: everything on one machine."""
