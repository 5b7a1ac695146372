"""What the hybrid must beat, by name: each a `Part`, fitted on what a snapshot shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from models_py.baselines import als, ease, popularity
from models_py.baselines.als import AlsConfig
from models_py.baselines.ease import EaseConfig
from models_py.data.assemble import Dataset
from models_py.data.dataset import Snapshot
from models_py.parts import bucket_average, content_based, item_knn
from models_py.parts.bucket_average import BucketConfig
from models_py.parts.content_based import ContentConfig
from models_py.parts.item_knn import ItemKnnConfig
from models_py.parts.part import Part

MOST_POPULAR: Final = "most_popular"
MOST_POPULAR_IN_BUCKET: Final = "most_popular_in_bucket"
ITEM_KNN: Final = "item_knn"
CONTENT: Final = "content"
EASE: Final = "ease"
ALS: Final = "als"
BASELINES: Final = (MOST_POPULAR, MOST_POPULAR_IN_BUCKET, ITEM_KNN, CONTENT, EASE, ALS)


@dataclass(frozen=True)
class BaselineConfig:
    """Configuration of the baselines; the most popular have none."""

    item_knn: ItemKnnConfig = field(default_factory=ItemKnnConfig)
    content: ContentConfig = field(default_factory=ContentConfig)
    ease: EaseConfig = field(default_factory=EaseConfig)
    als: AlsConfig = field(default_factory=AlsConfig)


def fit_baseline(name: str, data: Dataset, fitted_on: Snapshot, config: BaselineConfig) -> Part:
    """Fit one baseline.

    Raises:
        ValueError: there is no such baseline.
        ease.TooManyProductsError: the catalogue is too large for EASE.
    """
    products = len(data.catalogue)
    # Counting purchases, a trace of the parent's share breaks ties.
    counting = BucketConfig(purchase_strength=0.01, rating_power=0.0)
    fits: Mapping[str, Callable[[], Part]] = {
        MOST_POPULAR: lambda: popularity.fit(fitted_on, products),
        MOST_POPULAR_IN_BUCKET: lambda: bucket_average.fit(fitted_on, data.buckets, products, counting),
        ITEM_KNN: lambda: item_knn.fit(fitted_on, products, config.item_knn),
        CONTENT: lambda: content_based.fit(data.catalogue, config.content),
        EASE: lambda: ease.fit(fitted_on, products, config.ease),
        ALS: lambda: als.fit(fitted_on, products, config.als),
    }
    if name not in fits:
        raise ValueError(f"There is no baseline '{name}'; choose some of {', '.join(BASELINES)}.")
    return fits[name]()
