"""Things that developers and testers run; edge and server never import them."""
