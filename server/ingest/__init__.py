"""From a message to a committed row, its receipt, and the live board."""
