"""The door to LightGBM."""

import os

# Threads that wait for each other sleep instead of spinning: on a busy machine spinning makes training twenty times
# slower. The library reads this when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import lightgbm

__all__ = ["lightgbm"]
