"""The life of a model run: what may follow what, who decided it, and when a new run is wanted."""
