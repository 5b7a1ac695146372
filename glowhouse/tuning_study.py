"""A tuning study: trials chosen by Optuna, kept in a journal, resumable, the same for the same seed.

The sampler is seeded anew for each trial, from the study's seed and the number of trials before it. So a study that was
interrupted and resumed makes the very trials that it would have made in one go.
"""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.samplers import TPESampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from glowhouse.errors import GlowhouseError
from glowhouse.interrupts import Interrupts
from models_py.search_space import Setting, Space

# Attributes by which a study knows what it is a study of.
IDENTITY = "identity"
SEED = "seed"
# Fewer trials say nothing about which settings matter.
FEWEST_FOR_IMPORTANCE = 20


class StudyError(GlowhouseError):
    """The journal cannot be used for what was asked."""


@dataclass(frozen=True)
class Trial:
    """One finished trial: what was tried, by path, what it reached, and how long it took."""

    number: int
    settings: Mapping[str, float]
    value: float
    seconds: float


class TuningStudy:
    """Trials of one model, in a journal that may hold the studies of several.

    Args:
        journal: file; created, with its folder, if missing.
        name: of the study: the model.
        space: what is searched.
        identity: what the study is of (data, settings searched, library versions): it is resumed for the same only.
        seed: of the sampler.

    Raises:
        StudyError: the journal holds a study of that name of something else, or with another seed; or it is damaged.
    """

    def __init__(self, journal: Path, name: str, space: Space, identity: Mapping[str, object], seed: int) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        journal.parent.mkdir(parents=True, exist_ok=True)
        self.journal, self.space, self.identity, self.seed = journal, space, identity, seed
        _refuse_other_files(journal)
        storage = JournalStorage(JournalFileBackend(str(journal)))
        self._study = optuna.create_study(study_name=name, storage=storage, direction="maximize", load_if_exists=True)
        self._claim({IDENTITY: dict(identity), SEED: seed})
        self._distributions = {setting.path: _distribution(setting) for setting in space}
        for trial in self._study.get_trials(states=(TrialState.RUNNING, TrialState.WAITING)):
            # Left by a process that was killed: it will never finish.
            self._study.tell(trial.number, state=TrialState.FAIL)

    @property
    def trials(self) -> list[Trial]:
        """Finished trials in the order in which they were made."""
        return [self._finished(trial) for trial in self._study.get_trials(states=(TrialState.COMPLETE,))]

    @property
    def best(self) -> Trial:
        """The trial with the highest value; of equals the first."""
        return max(self.trials, key=lambda trial: (trial.value, -trial.number))

    def run(
        self,
        objective: Callable[[Mapping[str, float]], float],
        start: Mapping[str, float],
        trials: int,
        timeout: float | None,
        progress: Callable[[Trial], None],
    ) -> None:
        """Make trials until there are `trials` in all, or the time is up. Interrupted, what is finished is kept.

        Args:
            objective: the value of settings, the higher the better.
            start: what the first trial tries: the settings as they stand, to be beaten.
            timeout: seconds; no trial is begun later.
            progress: is told of every trial.
        """
        started = time.monotonic()
        with Interrupts() as interrupts:
            while (done := len(self.trials)) < trials:
                if timeout is not None and time.monotonic() - started >= timeout:
                    return
                progress(self._trial(objective, start, done, interrupts))

    def _trial(
        self,
        objective: Callable[[Mapping[str, float]], float],
        start: Mapping[str, float],
        done: int,
        interrupts: Interrupts,
    ) -> Trial:
        """Make one trial. The journal is written to with Ctrl-C held back: its lock would stay."""
        if not done:
            # The sampler learns from it as from any other: settings outside the range count as its nearest end.
            self._study.enqueue_trial({s.path: min(max(start[s.path], s.low), s.high) for s in self.space})
        self._study.sampler = TPESampler(seed=self.seed * 1_000_003 + done, multivariate=True)
        asked = self._study.ask(self._distributions)
        settings = {s.path: s.rounded(asked.params[s.path]) for s in self.space} if done else dict(start)
        began = time.monotonic()
        try:
            with interrupts.welcome():
                value = objective(settings)
        except BaseException:
            self._study.tell(asked, state=TrialState.FAIL)
            raise
        asked.set_user_attr("settings", settings)
        asked.set_user_attr("seconds", round(time.monotonic() - began, 3))
        return self._finished(self._study.tell(asked, value))

    def importances(self) -> dict[str, float]:
        """How much each setting decided which trials were among the best, the most first; empty for few trials.

        PED-ANOVA (Watanabe et al. 2023).
        """
        if len(self.trials) < FEWEST_FOR_IMPORTANCE:
            return {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Optuna calls it experimental
            found = get_param_importances(self._study, evaluator=PedAnovaImportanceEvaluator())
        return {path: round(float(share), 4) for path, share in found.items()}

    def _claim(self, attributes: Mapping[str, object]) -> None:
        for name, value in attributes.items():
            there = self._study.user_attrs.get(name)
            if there is None:
                self._study.set_user_attr(name, value)
            elif there != value:
                what = f"with seed {there}" if name == SEED else "of other data, settings or library versions"
                raise StudyError(
                    f"{self.journal} holds a study of {self._study.study_name} {what}. "
                    "Name another file with --study, or remove this one to begin anew."
                )

    def _finished(self, trial: FrozenTrial) -> Trial:
        attributes = trial.user_attrs
        value = trial.value
        assert value is not None
        return Trial(trial.number, attributes["settings"], value, attributes["seconds"])


def _refuse_other_files(journal: Path) -> None:
    """A journal holds one JSON object a line; Optuna would append to any file."""
    if not journal.is_file():
        return
    with journal.open("rb") as file:
        beginning = file.readline()
    try:
        is_journal = not beginning or "op_code" in json.loads(beginning)
    except ValueError:
        is_journal = False
    if not is_journal:
        raise StudyError(f"{journal} is no journal of a study. Name another file with --study.")


def _distribution(setting: Setting) -> BaseDistribution:
    if setting.is_whole:
        return IntDistribution(int(setting.low), int(setting.high), log=setting.is_log)
    return FloatDistribution(setting.low, setting.high, log=setting.is_log)
