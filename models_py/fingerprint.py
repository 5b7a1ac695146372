"""The fingerprint of a run: equal fingerprints mean that training and evaluating again would give the same."""

import ast
import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models_py.config import RunConfig, to_dict
from models_py.tables import Tables, columns_of

LIBRARIES = ("lightgbm", "numba", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")
LIBRARY = Path(__file__).parent
# What is done once for a run and then kept: its training, and its evaluation.
ENTRY_POINTS = ("training.py", "model_evaluation.py")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Marks:
    """What a run is made of, each as SHA-256 in hexadecimal text: the tables' contents, the configuration, the code.

    Neither the order of rows nor columns that the library does not read matter, nor modules that training and
    evaluation do not reach.
    """

    data: str
    configuration: str
    code: str

    @property
    def whole(self) -> str:
        """The fingerprint: one mark of all three."""
        return hashlib.sha256("".join((self.data, self.configuration, self.code)).encode()).hexdigest()


def marks(tables: Tables, config: RunConfig) -> Marks:
    """The marks of the run that these tables and this configuration would give."""
    data = hashlib.sha256()
    for field in fields(tables):
        data.update(field.name.encode())
        table = getattr(tables, field.name)
        data.update(table_digest(table, columns_of(field.name, table.column_names)))
    configuration = hashlib.sha256(json.dumps(to_dict(config), sort_keys=True).encode())
    return Marks(data.hexdigest(), configuration.hexdigest(), code_mark())


def fingerprint(tables: Tables, config: RunConfig) -> str:
    """The fingerprint of the run that these tables and this configuration would give."""
    return marks(tables, config).whole


def code_mark(entry_points: tuple[str, ...] = ENTRY_POINTS) -> str:
    """SHA-256 of the modules that the entry points reach, and of the versions of what they stand on."""
    digest = hashlib.sha256()
    for path in reachable_modules(entry_points=entry_points):
        digest.update(path.relative_to(LIBRARY).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps([platform.python_version(), *(version(name) for name in LIBRARIES)]).encode())
    return digest.hexdigest()


def reachable_modules(library: Path = LIBRARY, entry_points: tuple[str, ...] = ENTRY_POINTS) -> list[Path]:
    """The modules of this library that training or evaluating a run may execute, sorted: the entry points' imports."""
    found: set[Path] = set()
    to_visit = [library / name for name in entry_points]
    while to_visit:
        path = to_visit.pop()
        if path not in found:
            found.add(path)
            to_visit.extend(_imported(path, library))
    return sorted(found)


def _imported(path: Path, library: Path) -> Iterator[Path]:
    """The files of the library that a module names in imports, wherever in the module they stand."""
    for statement in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            # `from package import name` may name a module or something in one.
            names = [str(statement.module), *(f"{statement.module}.{alias.name}" for alias in statement.names)]
        else:
            continue
        for package, *inner in (name.split(".") for name in names):
            # Importing a module executes the packages that hold it.
            for module in accumulate(inner, Path.joinpath, initial=library) if package == library.name else ():
                yield from (file for file in (module.with_suffix(".py"), module / "__init__.py") if file.is_file())


def table_digest(table: pa.Table, names: tuple[str, ...]) -> bytes:
    """SHA-256 of the sorted hashes of the rows."""
    rows = np.zeros(table.num_rows, np.uint64)
    for name in names:
        # Multiplying between columns keeps equal values in different columns apart.
        rows = rows * _MULTIPLIER + _hashes(table[name])
    return hashlib.sha256(np.sort(rows).tobytes()).digest()


def _hashes(column: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """One hash a value. Each distinct value is hashed once; null has a hash of its own."""
    plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    encoded = plain.combine_chunks().dictionary_encode()
    texts = pc.fill_null(encoded.dictionary.cast(pa.string()), "").to_numpy(zero_copy_only=False)
    of_value = np.append(pd.util.hash_array(texts.astype(object), categorize=False), np.uint64(0))
    hashes: npt.NDArray[np.uint64] = of_value[pc.fill_null(encoded.indices, len(texts)).to_numpy(zero_copy_only=False)]
    return hashes
