"""The input tables as arrays: the catalogue, and what was visible of the customers at each (protocol, split)."""
