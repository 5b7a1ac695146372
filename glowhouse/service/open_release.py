"""One release, opened: everything that the service answers from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from glowhouse.new_customer import as_released
from glowhouse.service.arms import experiments_in
from glowhouse.service.bestsellers import bestsellers
from glowhouse.service.catalogue import Catalogue
from glowhouse.service.exclusions import WORD
from glowhouse.serving import Item, Serving
from glowhouse.serving_model import AGE_BANDS, EXCLUSION_WORDS, PROFILE_WORDS, ServingModel
from glowhouse.vocabulary import Vocabulary
from models_py import serving as model_serving
from models_py.columns import EXCLUSION, PRODUCT
from models_py.experiments.assignment import Experiment
from models_py.profile import Exclusion, Profile, with_customer
from models_py.recommend import recommend_from
from models_py.rules.tables import RuleTables

# Releases of earlier versions lack some of these.
_SHOWN = (
    "rank", "product_id", "reason_code", "reason", "caution", "evidence_product_id", "propensity", "model_run_id",
)  # fmt: skip


@dataclass(frozen=True)
class OpenRelease:
    """A release and its model; both are of one build and stay so until they are closed."""

    serving: Serving
    _forbidden: dict[Exclusion, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, before: OpenRelease | None = None) -> OpenRelease:
        """Open the release in a folder and ask it everything once, so that no customer waits for that.

        Args:
            folder: where `serving.duckdb` lies.
            before: the release that is open now; if the new one has the same model, it is not opened again.

        Raises:
            GlowhouseError: there is no release, or it is damaged, unfinished, or without its model.
        """
        release = cls(Serving(folder))
        try:
            if before is not None and release.serving.model_id == before.serving.model_id:
                release._take_over(before)
            release._warm()
        except BaseException:
            release.close()
            raise
        return release

    @property
    def release_id(self) -> str:
        """Which release this is."""
        return self.serving.release_id

    @property
    def model(self) -> ServingModel:
        """The model that made it."""
        return self.serving.model

    @cached_property
    def catalogue(self) -> Catalogue:
        """Its products."""
        return Catalogue.of(self.serving.records("select * from products"))

    def recommendations(self, customer_id: str) -> list[Item]:
        """What a customer is recommended, best first; empty for a customer whom the release does not know."""
        # Sorted here: for ten rows that is quicker than to plan a sort.
        rows = sorted(self.serving.records(self._lookup, [customer_id]), key=itemgetter("rank"))
        return [self.serving.item(row) for row in rows]

    @cached_property
    def _lookup(self) -> str:
        """Asks for no more columns than are shown: most of a lookup's time goes into those that it reads."""
        known = set(self.serving.columns_of("recommendations"))
        columns = ", ".join(name for name in _SHOWN if name in known)
        return f"select {columns} from recommendations where customer_id = ?"

    @cached_property
    def length(self) -> int:
        """How many products everybody is recommended."""
        return int(self.serving.rows("select coalesce(max(rank), 0) from recommendations")[0][0])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What words mean to it."""
        model = self.model
        return Vocabulary.of(model.table(PROFILE_WORDS), model.table(EXCLUSION_WORDS), model.table(AGE_BANDS))

    @cached_property
    def words(self) -> Mapping[Exclusion, str]:
        """A word for everything that can be excluded: its own id if people use that, otherwise their shortest word."""
        spellings: dict[Exclusion, list[str]] = {}
        for word, meanings in self.vocabulary.exclusions.items():
            for exclusion in meanings:
                spellings.setdefault(exclusion, []).append(word)
        return {
            exclusion: min(words, key=lambda word: (word != exclusion.id, len(word), word))
            for exclusion, words in spellings.items()
        }

    @cached_property
    def opened_shop(self) -> model_serving.Serving:
        """The model with no customer in it, for questions about products, and to be asked about customers.

        Its lists do not explore: which products are new, and whose turn it is to try one, is for the build to say,
        which sees all customers at once. So what stands in a place stands there for certain.
        """
        run = self.model.run
        settled = replace(run.config.rules, exploration=replace(run.config.rules.exploration, share=0.0))
        run = replace(run, config=replace(run.config, rules=settled))
        return model_serving.Serving.of(run, self.model.shop, RuleTables.none())

    @cached_property
    def for_anybody(self) -> list[Item]:
        """What a customer is recommended of whom nothing is known."""
        model = self.model
        tables = with_customer(model.shop, Profile(), model.contents, model.as_of)
        return self.recommended(self.opened_shop.for_customers(tables, model.rules), self.length)

    def recommended(self, opened: model_serving.Serving, count: int) -> list[Item]:
        """What the model recommends to one customer, best first.

        Args:
            opened: the model with that customer in it.
            count: how many products; there are fewer only where no more may be shown.
        """
        (asked,) = opened.asked(opened.positions(None))
        may_be_shown = opened.data.catalogue.in_stock.copy()
        may_be_shown[asked.forbidden.ids] = False
        count = min(count, int(may_be_shown.sum()))
        if not count:
            return []
        rows: list[dict[str, Any]] = recommend_from(opened.listing(count), wording=self.model.wording).to_pylist()
        return [self.serving.item(as_released(row, self.model.as_of)) for row in rows]

    @cached_property
    def experiments(self) -> tuple[Experiment, ...]:
        """The experiments that are planned, run, or are over."""
        return experiments_in(self.serving)

    @cached_property
    def bestsellers(self) -> list[str]:
        """All products in stock, the most bought first."""
        return bestsellers(self.serving, self.model)

    def forbidden(self, exclusions: Iterable[Exclusion]) -> set[str]:
        """Products that may not be shown to somebody who avoids these; those of unknown contents are among them."""
        return set().union(*(self._forbidden_by(exclusion) for exclusion in exclusions))

    def products_of(self, exclusion: Exclusion) -> set[str]:
        """Products that contain it. Of a mere word: those whose ingredients, name, brand or category mention it."""
        if exclusion.kind != WORD:
            return self.model.contents.products_of(exclusion)
        word = exclusion.id.lower()
        contained = self.model.contents.contained
        mentions = pc.match_substring(contained[EXCLUSION], word.replace(" ", "_"))
        named = self.catalogue.search(word, len(self.catalogue.products))
        return {*contained.filter(mentions)[PRODUCT].to_pylist(), *(one.product.product_id for one in named)}

    def _forbidden_by(self, exclusion: Exclusion) -> frozenset[str]:
        # A customer avoids few things, and most avoid the same ones.
        if exclusion not in self._forbidden:
            unlisted = self.model.contents.unlisted[PRODUCT].to_pylist()
            self._forbidden[exclusion] = frozenset(self.products_of(exclusion)).union(unlisted)
        return self._forbidden[exclusion]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the release says of itself: moment, model run, how much it holds."""
        query = """
            select max(model_run_id) as model_run_id, count(distinct customer_id) as customers, count(*) as rows
            from recommendations
        """
        (facts,) = self.serving.records(query)
        return facts

    def close(self) -> None:
        """Let go of the files."""
        self.serving.close()

    def _warm(self) -> None:
        for name in (
            "catalogue",
            "length",
            "_lookup",
            "vocabulary",
            "words",
            "opened_shop",
            "for_anybody",
            "experiments",
            "bestsellers",
            "facts",
        ):
            getattr(self, name)

    def _take_over(self, before: OpenRelease) -> None:
        """A model with the same id has the same contents: what was read from it need not be read again."""
        self.serving.__dict__["model"] = before.model
        for name in ("vocabulary", "words", "opened_shop"):
            self.__dict__[name] = getattr(before, name)
