"""Senses: what rules may want to know of the pictures beyond tracks. One file each; see `base`."""
