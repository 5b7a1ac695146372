"""Per-customer results as a Parquet file beside the run's artefact.

They are many, and only those of the current run and of the one before are ever looked at: files that are read when
needed keep the warehouse small.
"""

import hashlib
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models_py.artifacts import DamagedArtifactError
from models_py.evaluation import USERS_SCHEMA

USERS_FILE = "evaluation_users.parquet"
CHECKSUM_FILE = f"{USERS_FILE}.sha256"


def save_users(users: pa.Table, folder: Path) -> None:
    """Write rows of `USERS_SCHEMA` to `folder`, replacing what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    pq.write_table(users, buffer, compression="zstd")
    content = buffer.getvalue()
    # The checksum goes first: a build that stops half-way leaves a file that is refused, never a stale one.
    (folder / CHECKSUM_FILE).write_text(hashlib.sha256(content).hexdigest())
    unfinished = folder / f"{USERS_FILE}.tmp"
    unfinished.write_bytes(content)
    unfinished.replace(folder / USERS_FILE)


def load_users(folder: Path) -> pa.Table:
    """Read rows of `USERS_SCHEMA`.

    Raises:
        DamagedArtifactError: the file is missing or altered.
    """
    path = folder / USERS_FILE
    try:
        content, stated = path.read_bytes(), (folder / CHECKSUM_FILE).read_text()
    except FileNotFoundError as error:
        raise DamagedArtifactError(f"{error.filename} is missing; evaluate again") from error
    if hashlib.sha256(content).hexdigest() != stated:
        raise DamagedArtifactError(f"{path} is damaged: its SHA-256 is not the one beside it; evaluate again")
    return pq.read_table(io.BytesIO(content)).cast(USERS_SCHEMA)
