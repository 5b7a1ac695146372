"""Per-customer results as a Parquet file beside the run's artefact.

They are many, and only those of the current run and of the one before are ever looked at: files that are read when
needed keep the warehouse small.
"""

from pathlib import Path

import pyarrow as pa

from models_py import checked_file
from models_py.evaluation.judging import USERS_SCHEMA

USERS_FILE = "evaluation_users.parquet"


def save_users(users: pa.Table, folder: Path) -> None:
    """Write rows of `USERS_SCHEMA` to `folder`, replacing what is there."""
    checked_file.save(users, folder / USERS_FILE)


def load_users(folder: Path) -> pa.Table:
    """Read rows of `USERS_SCHEMA`.

    Raises:
        DamagedArtifactError: the file is missing or altered.
    """
    return checked_file.load(folder / USERS_FILE, USERS_SCHEMA)
