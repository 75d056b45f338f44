"""What edge and server say to each other: messages, topics, ids, signatures. Imports neither of them."""

PROTOCOL_VERSION = 1
"""Version written into each message. A receiver refuses what is newer and ignores fields it does not know."""
