"""Champion and challenger on the same held-out transactions, customer by customer.

Both are asked what *published* asks at test (`protocols.py`): histories are known but for the last transaction, and
parts have seen all but the last two. The champion's parts have, besides, seen nothing that came after its training: it
is judged as it would recommend today, not as it would if it were trained today. What `fold_in.py` renews each day is
renewed here as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.data.assemble import assemble
from models_py.data.dataset import Snapshot
from models_py.evaluation.judging import USERS_SCHEMA, evaluated_customers, judge
from models_py.evaluation.protocols import PUBLISHED, View
from models_py.evaluation.ranked_lists import HYBRID, hybrid_lists
from models_py.evaluation.significance import compare
from models_py.evaluation.slices import ALL, everybody, slices
from models_py.evaluation.study import Fit, Positions, Progress, Study
from models_py.ranking import product_sales
from models_py.ranking.hybrid import Hybrid
from models_py.tables import Tables, at
from models_py.training import TrainedRun

ASKED = View(PUBLISHED, c.TEST)
FITTED_ON = View(PUBLISHED, c.VALIDATION)
#: What the challenger's artefact is called beside its evaluation.
ARTIFACT = "artifact"
#: The same without what came after the champion's training.
AS_TRAINED = View("as_trained", c.VALIDATION)


@dataclass(frozen=True)
class Comparison:
    """How a challenger did, paired customer by customer: `slice`, `metric`, `users`, `value`, `compared_value`,
    `difference`, `ci_low`, `ci_high`. Both tables are empty where nobody can be asked.

    Attributes:
        with_champion: challenger less champion, for all customers and for each slice of customers.
        with_itself: the challenger's artefact less what its evaluation says, for all customers. Evaluating fits parts
            anew; this looks at those that would be deployed. They have seen the transactions that are asked for: only
            that they do worse would be news.
    """

    with_champion: pa.Table
    with_itself: pa.Table


def compared(
    tables: Tables,
    challenger: TrainedRun,
    champion: TrainedRun,
    champion_as_of: datetime | None = None,
    progress: Progress = lambda _: None,
) -> Comparison:
    """Compare the challenger with the champion.

    Args:
        tables: those that the challenger was trained on.
        champion_as_of: what the champion's training data were as of; None if that is not known: it may see everything.
    """
    if (PUBLISHED, c.TEST) not in tables.snapshots():
        nothing = _shaped(compare(_users({}, {}), challenger.run_id))
        return Comparison(nothing, nothing)
    # Both are judged alike.
    champion = replace(champion, config=replace(champion.config, evaluation=challenger.config.evaluation))
    progress(f"asking {challenger.run_id} for the held-out transactions")
    now = _Trial.of(tables, challenger, FITTED_ON)
    honest = now.results(now.fitted)
    progress(f"asking {champion.run_id} for the same")
    before = _Trial.of(_with_past(tables, champion_as_of), champion, AS_TRAINED)
    runs = {challenger.run_id: honest, champion.run_id: before.results(before.fitted)}
    itself = {ARTIFACT: now.results(now.deployed), challenger.run_id: honest}
    everyone = {ALL: now.slices[ALL]}
    return Comparison(
        _shaped(compare(_users(runs, now.slices), challenger.run_id)),
        _shaped(compare(_users(itself, everyone), ARTIFACT)),
    )


@dataclass(frozen=True)
class _Trial:
    """A run, fitted on one view and ready to be asked."""

    run: TrainedRun
    study: Study
    fit: Fit
    asked: Snapshot
    rows: Positions

    @classmethod
    def of(cls, tables: Tables, run: TrainedRun, fitted_on: View) -> "_Trial":
        study = Study(assemble(tables, known_products=run.product_ids), run.config, lambda _: None)
        asked = study.data.snapshot(ASKED.protocol, ASKED.split)
        rows = evaluated_customers(asked, run.config.evaluation)
        return cls(run, study, study.fit(fitted_on), asked.rows(rows), rows)

    @property
    def fitted(self) -> Hybrid:
        """The run's ranker over parts that have not seen what is asked."""
        data = self.study.data
        # What is renewed each day knows today's sales, whenever the run was trained.
        sales = product_sales.fit(data.snapshot(FITTED_ON.protocol, FITTED_ON.split), len(data.catalogue))
        source = replace(self.fit.source, sales=sales)
        return Hybrid.of(source, self.run.hybrid.ranker, self.run.config.hybrid.per_part)

    @property
    def deployed(self) -> Hybrid:
        """The run's artefact, as it is."""
        data, hybrid = self.study.data, self.run.hybrid
        source = replace(hybrid.source, terms=data.catalogue.terms, root=data.buckets.root)
        return Hybrid.of(source, hybrid.ranker, hybrid.per_part).among(np.ones(len(data.catalogue), np.bool_))

    @property
    def slices(self) -> dict[str, pa.Array]:
        """The customers of each slice of customers, by its name."""
        names = self.study.data.customers.names[self.rows]
        return {
            part.name: pa.array(names[part.customers], pa.string())
            for part in slices(self.asked, self.fit.snapshot, len(self.study.data.catalogue))
            if part.targets.all() and (part.customers.any() or part.name == ALL)
        }

    def results(self, hybrid: Hybrid) -> pa.Table:
        """How the hybrid did, rows of `USERS_SCHEMA`."""
        config = self.run.config.evaluation
        held = self.study.held(ASKED, self.fit, self.rows, self.asked, [everybody(self.asked)])
        forbidden = self.asked.purchases.joined(self.asked.excluded)
        return judge(HYBRID, hybrid_lists(hybrid, self.asked, forbidden, config.depth), held, config).users


def _with_past(tables: Tables, as_of: datetime | None) -> Tables:
    """The tables with `AS_TRAINED` beside the other views: `FITTED_ON` less purchases after `as_of`."""
    found = {}
    for field in fields(tables):
        table = getattr(tables, field.name)
        found[field.name] = pa.concat_tables([table, *_past(field.name, table, as_of)])
    return Tables(**found)


def _past(name: str, table: pa.Table, as_of: datetime | None) -> Iterator[pa.Table]:
    if c.PROTOCOL not in table.column_names:
        return
    rows = at(table, FITTED_ON.protocol, FITTED_ON.split)
    if name == "visible_purchases" and as_of and c.ORDERED_AT in rows.column_names:
        ordered_at = rows[c.ORDERED_AT].cast(pa.timestamp("us"))
        rows = rows.filter(pc.fill_null(pc.less_equal(ordered_at, pa.scalar(as_of, pa.timestamp("us"))), True))
    place = table.schema.get_field_index(c.PROTOCOL)
    protocol = pa.array([AS_TRAINED.protocol] * rows.num_rows, pa.string()).cast(table.schema.field(place).type)
    yield rows.set_column(place, table.schema.field(place), protocol)


def _users(results: Mapping[str, pa.Table], members: Mapping[str, pa.Array]) -> pa.Table:
    """Rows of `evaluation.USERS_SCHEMA` with the run; the split names the slice."""
    schema = pa.schema([(c.MODEL_RUN, pa.string()), *USERS_SCHEMA])
    pieces = [schema.empty_table()]
    for run_id, users in results.items():
        for name, customers in members.items():
            rows = users.filter(pc.is_in(users[c.CUSTOMER], customers))
            place = rows.schema.get_field_index(c.SPLIT)
            rows = rows.set_column(place, c.SPLIT, pa.repeat(name, rows.num_rows))
            pieces.append(rows.add_column(0, c.MODEL_RUN, pa.repeat(run_id, rows.num_rows)).cast(schema))
    return pa.concat_tables(pieces)


def _shaped(comparisons: pa.Table) -> pa.Table:
    names = ["split", "metric", "users", "value", "compared_value", "difference", "ci_low", "ci_high"]
    return comparisons.select(names).rename_columns(["slice", *names[1:]])
