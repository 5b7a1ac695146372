"""Parquet files with a checksum beside them: a file that was damaged is refused, never believed."""

import hashlib
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models_py.artifacts import DamagedArtifactError


def save(table: pa.Table, path: Path) -> None:
    """Write `table` to `path`, replacing what is there; its folder is created."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    content = buffer.getvalue()
    # The checksum goes first: a build that stops half-way leaves a file that is refused, never a stale one.
    _checksum_of(path).write_text(hashlib.sha256(content).hexdigest())
    unfinished = path.with_name(f"{path.name}.tmp")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def load(path: Path, schema: pa.Schema) -> pa.Table:
    """Read a table of this schema.

    Raises:
        DamagedArtifactError: the file is missing, altered or of another schema.
    """
    try:
        content, stated = path.read_bytes(), _checksum_of(path).read_text()
    except FileNotFoundError as error:
        raise DamagedArtifactError(f"{error.filename} is missing; make it again") from error
    if hashlib.sha256(content).hexdigest() != stated:
        raise DamagedArtifactError(f"{path} is damaged: its SHA-256 is not the one beside it; make it again")
    table = pq.read_table(io.BytesIO(content))
    if table.schema.names != schema.names:
        raise DamagedArtifactError(f"{path} has the columns of another version; make it again")
    return table.cast(schema)


def _checksum_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")
