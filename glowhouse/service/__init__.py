"""`glowhouse serve`: the release over HTTP, and what customers do with it on its way back into the warehouse."""
