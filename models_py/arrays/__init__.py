"""Ids as positions, rows as flat arrays, and the compiled loops over them."""
