"""A page on which people mark what happens in a recorded clip: it writes the clip's truth file."""
