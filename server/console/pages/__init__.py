"""One module per page: its Context, and the handlers that fill and change it."""
