"""`kill -9` while releases are published, rolled back and decided about: readers notice nothing, the next goes on."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from glowhouse.release import publish
from glowhouse.release_archive import archived, before_the_live_one
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.states import Action, Author

from ..conftest import ROOT

# Publishes and rolls back, with a package and with decisions, until it is killed.
WORKER = """
import itertools, sys
from pathlib import Path
import pyarrow as pa
from glowhouse.model_package import Package
from glowhouse.release import publish
from glowhouse.release_archive import before_the_live_one, restore
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.states import Action, Author

folder, log = Path(sys.argv[1]), DecisionLog(Path(sys.argv[1]))
artifact = folder / "artifact"
print("ready", flush=True)
for number in itertools.count(int(sys.argv[2])):
    run_id = f"run_{number}"
    log.append(Action.TRAINED, run_id, Author.BUILD, ("reason " * 200,))
    log.append(Action.PROMOTED, run_id, Author.BUILD, ())
    rows = pa.table({"customer_id": ["a"] * 3000, "rank": range(3000), "model_run_id": [run_id] * 3000})
    publish({"recommendations": rows}, folder, Package({"inputs": rows}, artifact), kept=3)
    if number % 3 == 2:
        restore(before_the_live_one(folder), folder)
"""


def assert_whole(folder: Path) -> None:
    """What a reader relies on: one release, and the model that it names."""
    with duckdb.connect(str(folder / "serving.duckdb"), read_only=True) as connection:
        ((rows, runs),) = connection.execute(
            "select count(*), count(distinct model_run_id) from recommendations"
        ).fetchall()
        ((model_id,),) = connection.execute("select model_id from release").fetchall()
    assert (rows, runs) == (3000, 1)
    package = folder / "serving_model" / str(model_id)
    assert {path.name for path in package.iterdir()} == {"inputs.duckdb", "model.json", "model.npz"}
    duckdb.connect(str(package / "inputs.duckdb"), read_only=True).close()
    assert pq.read_table(folder / "recommendations.parquet").num_rows == 3000


@pytest.mark.parametrize("seed", range(2))
def test_whatever_moment_a_process_is_killed_at_the_next_one_recovers(seed: int, tmp_path: Path) -> None:
    (tmp_path / "artifact").mkdir()
    for name in ("model.json", "model.npz"):
        (tmp_path / "artifact" / name).write_bytes(b"model" * 1000)
    moments, started = random.Random(seed), 0
    for _ in range(2):
        command = [sys.executable, "-c", WORKER, str(tmp_path), str(started)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout and worker.stdout.readline() == "ready\n"
            while not (tmp_path / "serving.duckdb").is_file() or not list(tmp_path.glob("releases/rel_*")):
                time.sleep(0.01)
            time.sleep(moments.uniform(0, 0.6))
            worker.send_signal(signal.SIGKILL)
        assert_whole(tmp_path)
        started = len(DecisionLog(tmp_path).read())
    for release in archived(tmp_path):
        release.check()

    runs = DecisionLog(tmp_path).runs()
    assert runs.champion, "who is champion can be told at any moment"
    DecisionLog(tmp_path).append(Action.TRAINED, "run_last", Author.BUILD, ())
    with duckdb.connect(str(tmp_path / "serving.duckdb"), read_only=True) as connection:
        last = connection.sql("select * from recommendations").to_arrow_table()
    publish({"recommendations": last.slice(1)}, tmp_path, kept=3)
    assert not [path for path in tmp_path.rglob(".*.new*") if path.exists()], "nothing unfinished is left"
    assert len(archived(tmp_path)) <= 3 and before_the_live_one(tmp_path)
