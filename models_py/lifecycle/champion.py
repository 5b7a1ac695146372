"""Which run recommends today: the champion, brought up to date.

A run is trained only where there is none, or on request. New extracts do not train one: the champion answers for new
customers, longer histories, new products and changed stock (`fold_in.py` says how). That a new run would be better is
to be shown, not assumed, and `gate.py` asks for it.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc

from models_py import artifacts
from models_py import columns as c
from models_py.artifacts import ARRAYS_FILE, FACTS_FILE, DamagedArtifactError
from models_py.config import RunConfig, to_dict
from models_py.evaluation.study import Progress
from models_py.fingerprint import LIBRARIES, Marks, code_mark, marks
from models_py.fold_in import brought_up_to_date
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.states import Action, Author, Run, Runs
from models_py.tables import Tables
from models_py.training import TrainedRun, train

ARTIFACTS_FOLDER: Final = "artifacts"
# Where a champion lies as it is today, in the folder of its artefact; and what it was made from.
SERVING_FOLDER: Final = "serving"
SERVING_MARK: Final = "made_from.sha256"
# What acts after the model and teaches it nothing: valid from the next build on, without a training.
UNTRAINED_SECTIONS: Final = ("recommend", "rules")


@dataclass(frozen=True)
class Standing:
    """How things stand after a build asked.

    Attributes:
        runs: all of them, one the champion.
        serving_path: of the champion's artefact as it is today, relative to the warehouse's folder.
        challenger_id: the run that was asked for, to be compared with the champion; None if nobody asked, or nothing
            changed since the champion was trained.
    """

    runs: Runs
    serving_path: str
    challenger_id: str | None


def standing(
    tables: Tables,
    config: RunConfig,
    folder: Path,
    progress: Progress = lambda _: None,
    wants_challenger: bool = False,
    spare: Iterable[Path] = (),
) -> Standing:
    """Find the champion, or train one; bring it up to date; train a challenger if one is wanted.

    Args:
        folder: of the warehouse; artefacts and the log of decisions lie beneath it.
        spare: folders that may hold copies of artefacts, the best first, for the case that the champion's is damaged.

    Raises:
        DamagedLogError: the log of decisions cannot be read.
    """
    bench = _Bench(tables, config, marks(tables, config), folder, progress)
    champion = bench.champion(spare)
    challenger_id = bench.challenger(champion) if wants_challenger else None
    if not wants_challenger:
        for sentence in _differences(champion, bench.today, config):
            progress(sentence)
    return Standing(bench.log.runs(), bench.renewed(champion), challenger_id)


def check_champion(folder: Path, run_id: str) -> None:
    """Make sure that a run is still the champion.

    Raises:
        ValueError: another one was made champion while a build was at work.
    """
    champion = DecisionLog(folder).runs().champion
    if champion is None or champion.run_id != run_id:
        raise ValueError(
            f"{run_id} made these recommendations, but {champion.run_id if champion else 'no run'} is champion by now. "
            "The release stays; run `dbt build` again."
        )


def check_artifact(run: Run, folder: Path) -> None:
    """Make sure that a run's artefact is the one that was logged.

    Raises:
        DamagedArtifactError: it is missing or damaged, or another one lies in its place.
    """
    place = folder / run.facts["artifact_path"]
    artifacts.load(place)
    if _sha256(place / ARRAYS_FILE) != run.facts["artifact_sha256"]:
        raise DamagedArtifactError(f"{place / ARRAYS_FILE} is another file than the one that was trained; train again")


@dataclass(frozen=True)
class _Bench:
    """Today's inputs, and where runs lie."""

    tables: Tables
    config: RunConfig
    today: Marks
    folder: Path
    progress: Progress

    @property
    def log(self) -> DecisionLog:
        return DecisionLog(self.folder)

    def champion(self, spare: Iterable[Path]) -> Run:
        """The champion, its artefact sound; restored or replaced if it is not."""
        champion = self.log.runs().champion
        if champion is None:
            return self._crowned("the first run: there is none to compare it with")
        try:
            check_artifact(champion, self.folder)
        except DamagedArtifactError as error:
            self.progress(str(error))
            return self._restored(champion, spare) or self._replaced(champion)
        return champion

    def challenger(self, champion: Run) -> str | None:
        """The run of today's inputs, trained if it is not there."""
        if champion.facts["fingerprint"] == self.today.whole:
            self.progress(
                f"nothing changed since {champion.run_id} was trained: training again would give the same run"
            )
            return None
        return self._run_of_today(Author.RETRAIN)

    def renewed(self, champion: Run) -> str:
        """Where the champion lies as it is today; made if it is not there."""
        place: str = champion.facts["artifact_path"]
        if champion.facts["fingerprint"] == self.today.whole:
            self.progress(f"reusing {champion.run_id}: nothing changed since it was trained")
            return place
        self.progress(f"{champion.run_id}, trained as of {champion.facts['data_as_of']}, recommends from today's data")
        renewed = self.folder / place / SERVING_FOLDER
        mark = self._serving_mark(champion)
        if not (_text(renewed / SERVING_MARK) == mark and _is_sound(renewed)):
            # The mark goes first and comes last: a build that stops half-way leaves none.
            (renewed / SERVING_MARK).unlink(missing_ok=True)
            run = artifacts.load(self.folder / place)
            artifacts.save(brought_up_to_date(run, self.tables, self.config), renewed)
            (renewed / SERVING_MARK).write_text(mark)
        return f"{place}/{SERVING_FOLDER}"

    def _crowned(self, reason: str) -> Run:
        run_id = self._run_of_today(Author.BUILD)
        self.log.append(Action.PROMOTED, run_id, Author.BUILD, (reason,))
        return self.log.runs().by_id[run_id]

    def _restored(self, champion: Run, spare: Iterable[Path]) -> Run | None:
        """The champion from a copy of its artefact, as a release may hold one; None if there is none."""
        for copy in spare:
            if _is_sound(copy, champion.run_id):
                place = self.folder / champion.facts["artifact_path"]
                place.mkdir(parents=True, exist_ok=True)
                for name in (ARRAYS_FILE, FACTS_FILE):
                    shutil.copyfile(copy / name, place / f"{name}.tmp")
                    (place / f"{name}.tmp").replace(place / name)
                return self._logged_anew(champion, f"its artefact was lost and restored from {copy.name}")
        return None

    def _replaced(self, champion: Run) -> Run:
        """A run that takes the place of a champion whose artefact is lost."""
        if champion.facts["fingerprint"] != self.today.whole:
            return self._crowned(f"the artefact of {champion.run_id} is lost, and its inputs are of the past")
        self._trained()
        return self._logged_anew(champion, "its artefact was lost and made again from the same inputs")

    def _logged_anew(self, champion: Run, reason: str) -> Run:
        self.progress(f"{champion.run_id}: {reason}")
        checksum = _sha256(self.folder / champion.facts["artifact_path"] / ARRAYS_FILE)
        self.log.append(Action.RESTORED, champion.run_id, Author.BUILD, (reason,), artifact_sha256=checksum)
        return self.log.runs().by_id[champion.run_id]

    def _run_of_today(self, by: Author) -> str:
        """The id of the run of today's inputs, trained if its artefact is not there."""
        for run in self.log.runs().by_id.values():
            if run.facts["fingerprint"] == self.today.whole and _is_sound(self.folder / run.facts["artifact_path"]):
                self.progress(f"{run.run_id} was trained from the same inputs")
                return run.run_id
        facts = self._trained()
        self.log.append(Action.TRAINED, facts[c.MODEL_RUN], by, (f"trained as of {facts['data_as_of']}",), **facts)
        return str(facts[c.MODEL_RUN])

    def _trained(self) -> dict[str, Any]:
        """Train and save; the run's columns in the register."""
        started = time.perf_counter()
        run = train(self.tables, self.config, self.progress, self.today)
        path = Path(ARTIFACTS_FOLDER) / run.run_id
        checksum = artifacts.save(run, self.folder / path)
        return {
            c.MODEL_RUN: run.run_id,
            "trained_at": datetime.now(UTC).replace(tzinfo=None).isoformat(),
            "train_seconds": round(time.perf_counter() - started, 3),
            "data_as_of": _as_of(self.tables),
            "fingerprint": run.fingerprint,
            "data_fingerprint": self.today.data,
            "code_fingerprint": self.today.code,
            "seed": self.config.hybrid.lambdamart.seed,
            "configuration": json.dumps(to_dict(self.config), sort_keys=True),
            "summary": json.dumps(run.summary, sort_keys=True),
            "library_versions": json.dumps({name: version(name) for name in LIBRARIES}, sort_keys=True),
            "customers": run.summary["customers"],
            "products": run.summary["products"],
            "purchases": run.summary["purchases"],
            "artifact_path": path.as_posix(),
            "artifact_sha256": checksum,
        }

    def _serving_mark(self, champion: Run) -> str:
        """What the champion of today is made from."""
        settings = {name: to_dict(getattr(self.config, name)) for name in UNTRAINED_SECTIONS}
        made_from = [champion.facts["artifact_sha256"], self.today.data, code_mark(("fold_in.py",)), settings]
        return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def _differences(champion: Run, today: Marks, config: RunConfig) -> Iterator[str]:
    """What would be trained differently today, in words; new data are no news."""
    trained = _flat(json.loads(champion.facts["configuration"]))
    now = _flat(json.loads(json.dumps(to_dict(config))))
    changed = [
        f"{name} ({trained.get(name)!r}, now {now.get(name)!r})"
        for name in sorted({*trained, *now})
        if trained.get(name) != now.get(name) and name.split(".")[0] not in UNTRAINED_SECTIONS
    ]
    if changed:
        yield f"the configuration differs from the champion's: {', '.join(changed)}. `glowhouse retrain` tries it out."
    if champion.facts["code_fingerprint"] != today.code:
        yield "the code that trains differs from the champion's. `glowhouse retrain` tries it out."


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings by their names with dots."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
    return flat


def _as_of(tables: Tables) -> str | None:
    """The moment that the tables are as of, ISO 8601; None where no customer has one."""
    latest = pc.max(tables.users.filter(pc.equal(tables.users[c.PROTOCOL], c.SERVING))[c.CUTOFF_AT]).as_py()
    return latest.isoformat() if latest else None


def _is_sound(folder: Path, run_id: str | None = None) -> bool:
    """Whether an artefact can be read, and is of the run if one is named."""
    try:
        run: TrainedRun = artifacts.load(folder)
    except DamagedArtifactError:
        return False
    return run_id in (None, run.run_id)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None
