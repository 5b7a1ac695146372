"""A trained run as two files: arrays (npz) and everything else (JSON), both readable without running any code.

The bytes depend on the run alone, and checksums tell when they were damaged.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Ragged
from models_py.config import RunConfig, from_dict, to_dict
from models_py.parts import names as parts
from models_py.parts.bucket_average import FittedBuckets
from models_py.parts.content_based import FittedConcerns, FittedContent
from models_py.parts.interest import Interest
from models_py.parts.item_to_item import FittedItemToItem
from models_py.parts.part import NeighbourPart, Part
from models_py.parts.repurchase import Repurchase
from models_py.parts.sparse_linear import FittedSparseLinear
from models_py.parts.two_step import FittedTwoStep
from models_py.parts.user_knn import FittedUserKnn
from models_py.ranking.calibration import Calibration
from models_py.ranking.features import FeatureSource
from models_py.ranking.hybrid import Hybrid, HybridConfig, Ranker
from models_py.ranking.lambdamart import LambdaMartRanker
from models_py.ranking.linear_ranker import LinearRanker
from models_py.ranking.product_sales import ProductSales
from models_py.training import TrainedRun

ARRAYS_FILE = "model.npz"
FACTS_FILE = "model.json"
FORMAT = 4
# Zip members carry a date; a fixed one keeps the bytes the same.
_DATE = (1980, 1, 1, 0, 0, 0)

Arrays = Mapping[str, npt.NDArray[Any]]


class DamagedArtifactError(ValueError):
    """A saved run is incomplete, altered, or of a format that this version does not read."""


def save(run: TrainedRun, folder: Path) -> str:
    """Write the run to `folder`, replacing what is there.

    Returns:
        the SHA-256 of the arrays, as hexadecimal text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    arrays = _arrays(run)
    content = _zipped(arrays)
    checksum = hashlib.sha256(content).hexdigest()
    facts = {
        "format": FORMAT,
        "run_id": run.run_id,
        "fingerprint": run.fingerprint,
        "config": to_dict(run.config),
        "ranker": _ranker_facts(run.hybrid.ranker),
        "product_ids": list(run.product_ids),
        "bucket_ids": list(run.bucket_ids),
        "summary": dict(run.summary),
        "arrays_sha256": checksum,
    }
    text = json.dumps({**facts, "facts_sha256": _facts_checksum(facts)}, sort_keys=True, indent=1)
    _replace(folder / ARRAYS_FILE, content)
    _replace(folder / FACTS_FILE, text.encode())
    return checksum


def load(folder: Path) -> TrainedRun:
    """Read a run.

    Raises:
        DamagedArtifactError: saying which file is missing or damaged.
    """
    facts = _facts(folder / FACTS_FILE)
    arrays = _unzipped(folder / ARRAYS_FILE, facts["arrays_sha256"])
    config = from_dict(RunConfig, facts["config"])
    products = len(facts["product_ids"])
    settings = config.hybrid
    fitted = {name: _part(name, arrays, products, settings) for name in settings.parts}
    # Terms are the catalogue's, which is read anew whenever products are recommended.
    source = FeatureSource(fitted, ProductSales(_ragged(arrays, "sales")), {}, 0)
    return TrainedRun(
        run_id=facts["run_id"],
        fingerprint=facts["fingerprint"],
        config=config,
        hybrid=Hybrid.of(source, _ranker(facts["ranker"], source), settings.per_part),
        product_ids=tuple(facts["product_ids"]),
        bucket_ids=tuple(facts["bucket_ids"]),
        summary=facts["summary"],
    )


def _part(name: str, arrays: Arrays, products: int, settings: HybridConfig) -> Part:
    match name:
        case parts.USER_KNN:
            buyers, purchases = _ragged(arrays, f"{name}.buyers"), _ragged(arrays, f"{name}.purchases")
            return FittedUserKnn(buyers, purchases, products, settings.user_knn)
        case parts.BUCKET:
            return FittedBuckets(arrays[name])
        case parts.REPURCHASE:
            return Repurchase(np.ones(products, np.bool_), settings.repurchase)
        case parts.INTEREST:
            return Interest(np.ones(products, np.bool_), settings.interest)
    neighbours = _ragged(arrays, name)
    match name:
        case parts.ITEM_TO_ITEM:
            return FittedItemToItem(neighbours, products, settings.item_to_item)
        case parts.SPARSE_LINEAR:
            return FittedSparseLinear(neighbours, products, settings.sparse_linear)
        case parts.COMPANIONS_OF_SIMILAR:
            return FittedTwoStep(neighbours, products, settings.companions_of_similar)
        case parts.CONTENT:
            return FittedContent(neighbours, products, settings.content)
        case parts.CONCERNS:
            return FittedConcerns(neighbours, products)
    raise AssertionError(f"no artefact holds a part '{name}'")


def _arrays(run: TrainedRun) -> dict[str, npt.NDArray[Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, part in run.hybrid.parts.items():
        if isinstance(part, NeighbourPart):
            arrays |= _flat(name, part.neighbours)
        elif isinstance(part, FittedUserKnn):
            arrays |= _flat(f"{name}.buyers", part.buyers) | _flat(f"{name}.purchases", part.purchases)
        elif isinstance(part, FittedBuckets):
            arrays[name] = part.scores
    return arrays | _flat("sales", run.hybrid.source.sales.sales)


def _flat(name: str, rows: Ragged) -> dict[str, npt.NDArray[Any]]:
    return {f"{name}.ptr": rows.ptr, f"{name}.ids": rows.ids, f"{name}.values": rows.values}


def _ranker_facts(ranker: Ranker) -> dict[str, object]:
    """What it takes to make the ranker again; trees as LightGBM's text."""
    facts = ranker.describe()
    return {**facts, "model": ranker.trees} if isinstance(ranker, LambdaMartRanker) else facts


def _ranker(facts: Mapping[str, Any], source: FeatureSource) -> Ranker:
    if facts["kind"] == "linear":
        return LinearRanker(**{name: facts[name] for name in LinearRanker.__dataclass_fields__})
    linear = LinearRanker(**{name: facts["linear"][name] for name in LinearRanker.__dataclass_fields__})
    curves = Calibration(**{name: tuple(values) for name, values in facts["calibration"].items()})
    return LambdaMartRanker(facts["model"], curves, linear, facts["kept"], source)


def _ragged(arrays: Arrays, name: str) -> Ragged:
    return Ragged(arrays[f"{name}.ptr"], arrays[f"{name}.ids"], arrays[f"{name}.values"])


def _zipped(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in sorted(arrays.items()):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _DATE), member.getvalue())
    return buffer.getvalue()


def _unzipped(path: Path, checksum: str) -> dict[str, npt.NDArray[Any]]:
    content = _read(path)
    if hashlib.sha256(content).hexdigest() != checksum:
        raise DamagedArtifactError(
            f"{path} is damaged: its SHA-256 is not the one that {FACTS_FILE} states; train again"
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(_read(path))
        stated = facts.pop("facts_sha256")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        if isinstance(error, DamagedArtifactError):
            raise
        raise DamagedArtifactError(f"{path} is damaged: it is not the JSON of a run; train again") from error
    if stated != _facts_checksum(facts):
        raise DamagedArtifactError(f"{path} is damaged: its checksum does not match its content; train again")
    if facts["format"] != FORMAT:
        raise DamagedArtifactError(f"{path} has format {facts['format']}; this version reads {FORMAT}; train again")
    return dict(facts)


def _facts_checksum(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedArtifactError(f"{path} is missing; train again") from error


def _replace(path: Path, content: bytes) -> None:
    """Readers see the old file or the new one, never half of one."""
    unfinished = path.with_suffix(path.suffix + ".tmp")
    unfinished.write_bytes(content)
    unfinished.replace(path)
