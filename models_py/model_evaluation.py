"""The façade of the evaluation: every model under every protocol, with a row for each result and each customer."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from models_py import columns as c
from models_py.arrays.ragged import Ragged
from models_py.data.assemble import assemble
from models_py.data.dataset import Snapshot
from models_py.evaluation.ablation import Ablated, ablate
from models_py.evaluation.cold_start import simulate_cold_start
from models_py.evaluation.judging import Evaluation, Lists, evaluable_share, evaluated_customers, judge, judge_slices
from models_py.evaluation.protocols import PUBLISHED, Question, questions, training_view
from models_py.evaluation.ranked_lists import HYBRID, RECOMMENDED, Shown, hybrid_lists, lists_of_all
from models_py.evaluation.slices import REPEAT, everybody, slices
from models_py.evaluation.study import Progress, Study
from models_py.parts.names import REPURCHASE
from models_py.ranking.hybrid import Hybrid, Ranker
from models_py.ranking.lessons import held_out_customers
from models_py.rules.lists import recommended_lists
from models_py.rules.tables import RuleTables
from models_py.serving import unwanted
from models_py.tables import Tables
from models_py.training import RANKER_VIEW, TrainedRun

# Switching parts off trains a ranker for each: under the protocol that the run's own ranker learned from.
ABLATED = PUBLISHED


def evaluate(
    tables: Tables,
    run: TrainedRun,
    progress: Progress = lambda _: None,
    with_ablation: bool = False,
    rules: RuleTables | None = None,
) -> Evaluation:
    """Evaluate hybrid, parts and baselines, configured as in `run`, under every protocol that the tables hold.

    Parts are fitted anew on what each protocol may see. The ranker of the run, trained on published/validation, serves
    wherever that view is what a protocol trains on; the others train their own.

    Args:
        with_ablation: also evaluate the hybrid without each of its parts; trains as many rankers.
        rules: also evaluate what customers would have been shown, the hybrid after the rules.
    """
    study = Study(assemble(tables, known_products=run.product_ids), run.config, progress, rules)
    protocols = sorted({protocol for protocol, _ in tables.snapshots()} - {c.SERVING})
    answers = [
        answer
        for protocol in protocols
        for answer in _protocol(study, run, protocol, protocols, with_ablation and protocol == ABLATED)
    ]
    return Evaluation.joined([*answers, simulate_cold_start(tables, run.config, progress)])


def _protocol(
    study: Study, run: TrainedRun, protocol: str, protocols: Collection[str], with_ablation: bool
) -> Iterator[Evaluation]:
    view = training_view(protocol, protocols)
    ranker = run.hybrid.ranker if view == RANKER_VIEW else study.train(view).ranker
    ablated = tuple(ablate(study, view)) if with_ablation else ()
    for question in questions(protocol, protocols):
        yield answer(study, question, ranker, ablated)


def answer(study: Study, question: Question, ranker: Ranker, ablated: Sequence[Ablated] = ()) -> Evaluation:
    """Judge every model on one (protocol, split)."""
    hybrid = Hybrid.of(study.fit(question.fitted_on).source, ranker, study.config.hybrid.per_part)
    study.progress(f"{question.asked.protocol}: evaluating {question.asked.split}")
    of_new_products = _discovery(study, question, hybrid, ablated)
    if question.asked.split == c.VALIDATION:
        return of_new_products
    return Evaluation.joined([of_new_products, _repeats(study, question, hybrid, ablated)])


def _discovery(study: Study, question: Question, hybrid: Hybrid, ablated: Sequence[Ablated]) -> Evaluation:
    """Judge every model on products that the customers had not bought before.

    At validation only what is tuned is judged, on customers whom the ranker's training held out; what a part is worth
    by itself is a finding, and findings are of test.
    """
    config, fit, view = study.config, study.fit(question.fitted_on), question.asked
    asked = study.data.snapshot(view.protocol, view.split)
    rows = evaluated_customers(asked, config.evaluation)
    if view.split == c.VALIDATION:
        rows = np.intersect1d(rows, held_out_customers(asked, config.hybrid.lambdamart))
    customers = asked.rows(rows)
    held = study.held(view, fit, rows, customers, slices(customers, fit.snapshot, len(study.data.catalogue)))
    forbidden, depth = customers.purchases.joined(customers.excluded), config.evaluation.depth
    lists = _baseline_lists(study, question, customers, customers.purchases)
    if view.split == c.TEST:
        book = study.book(view, rows)
        shown = None if book is None else Shown(book, config.rules, config.recommend.count)
        found = lists_of_all(hybrid, customers, forbidden, depth, shown)
        # What a part recommends is told apart from a baseline of the same name.
        lists |= {f"{model}_part" if model in lists else model: ranked for model, ranked in found.items()}
        lists |= _ablated_lists(ablated, hybrid, customers, forbidden, depth)
    else:
        lists[HYBRID] = hybrid_lists(hybrid, customers, forbidden, depth)
    # Lists take memory, and are let go when they are judged.
    judged = (judge(model, lists.pop(model), held, config.evaluation) for model in tuple(lists))
    return Evaluation.joined([Evaluation.of(evaluable_share(view.protocol, view.split, asked)), *judged])


def _repeats(study: Study, question: Question, hybrid: Hybrid, ablated: Sequence[Ablated]) -> Evaluation:
    """Judge on products that the customers had bought before, which for once are not masked.

    What is shown in the shop hides them until they are due, and does so here.
    """
    config, fit, view = study.config.evaluation, study.fit(question.fitted_on), question.asked
    asked = study.data.snapshot(view.protocol, view.split)
    asked = replace(asked, targets=asked.repeat_targets)
    rows = evaluated_customers(asked, config)
    customers = asked.rows(rows)
    held = study.held(view, fit, rows, customers, [everybody(customers, REPEAT)])
    lists = _baseline_lists(study, question, customers, Ragged.empty(len(rows)))
    lists[HYBRID] = hybrid_lists(hybrid, customers, customers.excluded, config.depth)
    if due := hybrid.parts.get(REPURCHASE):
        lists[REPURCHASE] = due.propose(customers, customers.excluded, config.depth)
    lists |= _ablated_lists(ablated, hybrid, customers, customers.excluded, config.depth)
    masked = unwanted(hybrid, customers, study.config.recommend)
    if (book := study.book(view, rows)) is not None:
        rules, count = study.config.rules, study.config.recommend.count
        lists[RECOMMENDED] = recommended_lists(hybrid, customers, book, masked, rules, count, config.depth)
    tables = [judge_slices(model, ranked, held, config) for model, ranked in lists.items()]
    return Evaluation.of(pa.concat_tables(tables))


def _baseline_lists(study: Study, question: Question, customers: Snapshot, masked: Ragged) -> dict[str, Lists]:
    """What the baselines recommend. They know of no exclusions, like a shop without them."""
    depth = study.config.evaluation.depth
    fitted = study.baselines(question.fitted_on)
    return {name: baseline.propose(customers, masked, depth) for name, baseline in fitted.items()}


def _ablated_lists(
    ablated: Sequence[Ablated], hybrid: Hybrid, customers: Snapshot, forbidden: Ragged, depth: int
) -> dict[str, Lists]:
    return {
        other.model: hybrid_lists(other.hybrid(hybrid.source, hybrid.per_part), customers, forbidden, depth)
        for other in ablated
    }
