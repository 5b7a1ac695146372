"""How `glowhouse serve` behaves under load: many clients at once while releases are published, and after kill -9.

    python -m benchmarks.service_load --seconds 60 --clients 200 --releases 3 [--kill] [--build]

Starts the service as a process of its own over a copy of a release, asks it from this process, and replaces the release
meanwhile as `dbt build` does. With `--kill` the service is killed half-way and started again. At the end every event
that was acknowledged is looked for in the landing zone and, with `--build`, in a warehouse that is built from it and
the demo's extracts (or those of GLOWHOUSE_RAW). Exit code 1 if a request failed that nobody had killed, or an event was
lost or is there twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import duckdb
import numpy as np

from glowhouse.landing import read
from glowhouse.release_files import PACKAGES_FOLDER, RELEASE_TABLE, SERVING_FILE

KEY = "load-test-key-of-the-shop"
# What clients do, and how often: most look, some react.
MIX = {"recommendations": 0.55, "events": 0.2, "product": 0.1, "similar": 0.1, "search": 0.05}
START_SECONDS = 60.0
SESSIONS = "load-"


@dataclass
class Outcome:
    """What came back.

    Attributes:
        seconds: of each request that was answered, by kind.
        statuses: how often each was seen.
        failures: requests without an answer, or with one from 500 on; those broken by the kill are counted apart.
        acknowledged: ids of events.
        releases: ids of the releases that were seen in answers.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in MIX})
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    broken_by_kill: int = 0
    acknowledged: set[str] = field(default_factory=set)
    releases: set[str] = field(default_factory=set)


class Service:
    """The service as a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.is_down = False
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "from glowhouse.cli import app; app()", "serve", "--port", str(self.port)]
        command += ["--warehouse", str(self.folder / "warehouse.duckdb"), "--landing", str(self.folder / "landing")]
        log = (self.folder / "service.log").open("ab")
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "GLOWHOUSE_API_KEYS": KEY})
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    probe.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    with suppress(ConnectionError):
                        if b" 200 " in probe.recv(100):
                            return process
            time.sleep(0.1)
        raise SystemExit(f"The service did not start: see {self.folder / 'service.log'}")

    def kill_and_restart(self) -> None:
        """kill -9, without any warning, and a new process at the same address."""
        self.is_down = True
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = self._started()
        self.is_down = False

    def stop(self) -> None:
        """As an administrator would."""
        self._process.terminate()
        self._process.wait(timeout=60)


class Client:
    """One browser: one connection that is kept open, one question after the other."""

    def __init__(
        self, service: Service, customers: list[str], products: list[str], outcome: Outcome, seed: int
    ) -> None:
        self._service, self._outcome = service, outcome
        self._customers, self._products = customers, products
        self._random = random.Random(seed)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._seen: list[str] = []
        self._session = f"{SESSIONS}{uuid4()}"

    async def run(self, until: float) -> None:
        """Asks until the time is over."""
        kinds, weights = list(MIX), list(MIX.values())
        while time.monotonic() < until:
            (kind,) = self._random.choices(kinds, weights)
            began = time.perf_counter()
            try:
                await self._do(kind)
                self._outcome.seconds[kind].append(time.perf_counter() - began)
            except (OSError, EOFError, asyncio.IncompleteReadError) as error:
                self._hang_up()
                if self._service.is_down:
                    self._outcome.broken_by_kill += 1
                    while self._service.is_down:
                        await asyncio.sleep(0.05)
                else:
                    self._outcome.failures[type(error).__name__] += 1
        self._hang_up()

    async def _do(self, kind: str) -> None:
        product = self._random.choice(self._products)
        if kind == "recommendations":
            answer = await self._ask("GET", f"/v1/customers/{self._random.choice(self._customers)}/recommendations")
            self._seen = [item["tracking"] for item in answer["items"]]
            # Somebody else: so many events of one session are taken for a robot's.
            self._session = f"{SESSIONS}{uuid4()}"
            self._outcome.releases.add(answer["release_id"])
        elif kind == "events":
            events = [self._event(tracking) for tracking in self._seen[:6]] or [self._event(None)]
            await self._ask("POST", "/v1/events", {"events": events})
            self._outcome.acknowledged.update(event["event_id"] for event in events)
        elif kind == "search":
            await self._ask("GET", "/v1/products?search=cream&count=10")
        else:
            await self._ask("GET", f"/v1/products/{product}" + ("/similar" if kind == "similar" else ""))

    def _event(self, tracking: str | None) -> dict[str, str]:
        event = {"event_id": str(uuid4()), "session_id": self._session}
        if tracking is None:
            return {**event, "event_type": "search", "query": "cream"}
        return {**event, "event_type": "impression", "tracking": tracking}

    async def _ask(self, method: str, path: str, question: object = None) -> dict[str, list[dict[str, str]]]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._service.port)
        reader, writer = self._streams
        body = b"" if question is None else json.dumps(question).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {KEY}\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        status = int(lines[0].split()[1])
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        content = await reader.readexactly(int(headers["content-length"]))
        self._outcome.statuses[status] += 1
        if status != 200:
            self._outcome.failures[f"status {status}"] += 1
            raise EOFError
        answer: dict[str, list[dict[str, str]]] = json.loads(content)
        return answer

    def _hang_up(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


def publish(folder: Path, release_id: str) -> None:
    """Put another release in place, as a build does: written beside the old one, then renamed."""
    new = folder / f".{SERVING_FILE}.new"
    shutil.copy(folder / SERVING_FILE, new)
    with duckdb.connect(str(new)) as connection:
        connection.execute(f"update {RELEASE_TABLE} set release_id = ?", [release_id])
    new.replace(folder / SERVING_FILE)


def judged_by_build(folder: Path) -> list[tuple[str, str]]:
    """Build the models as far as events go; of each event that landed, what became of it, and its id."""
    database = folder / "built.duckdb"
    command = [str(Path(sys.executable).parent / "dbt"), "build", "--select", "+fct_interactions"]
    command += ["--exclude", "resource_type:test", "resource_type:unit_test"]
    command += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    places = {"GLOWHOUSE_WAREHOUSE": str(database), "GLOWHOUSE_LANDING": str(folder / "landing")}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **places})
    query = """
        select
            case
                when screened.row_outcome <> 'kept'
                    then concat_ws(': ', screened.row_outcome, screened.rule_id)
                when interactions.event_id is null then 'kept, but no interaction'
                else 'kept'
            end as outcome,
            screened.event_id
        from int_events_screened as screened
        left join fct_interactions as interactions on screened.event_id = interactions.event_id
        where starts_with(screened.session_id, ?)
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        schemas = connection.execute("select distinct table_schema from information_schema.tables").fetchall()
        connection.execute(f"set search_path = '{','.join(name for (name,) in schemas)}'")
        return connection.execute(query, [SESSIONS]).fetchall()


async def load(service: Service, arguments: argparse.Namespace, outcome: Outcome) -> None:
    """All clients, and meanwhile what happens to the service."""
    with duckdb.connect(str(service.folder / SERVING_FILE), read_only=True) as connection:
        query = "select distinct customer_id from recommendations order by customer_id"
        customers = [str(row[0]) for row in connection.execute(query).fetchall()]
        products = [str(row[0]) for row in connection.execute("select product_id from products").fetchall()]
    until = time.monotonic() + arguments.seconds
    clients = [Client(service, customers, products, outcome, seed) for seed in range(arguments.clients)]
    running = asyncio.gather(*(client.run(until) for client in clients))
    happenings = [(f"load release {n}", (n + 1) / (arguments.releases + 1)) for n in range(arguments.releases)]
    happenings += [("kill", 0.5)] if arguments.kill else []
    began = time.monotonic()
    for name, share in sorted(happenings, key=lambda happening: happening[1]):
        await asyncio.sleep(max(0.0, began + share * arguments.seconds - time.monotonic()))
        await asyncio.to_thread(
            service.kill_and_restart if name == "kill" else lambda n=name: publish(service.folder, n)
        )
    await running


def report(outcome: Outcome, landed: Counter[str], seconds: float) -> bool:
    """Prints what was measured; says whether all is well."""
    everything = np.array([value for values in outcome.seconds.values() for value in values])
    print(
        f"requests           {len(everything):,} answered in {seconds:.0f} s: {len(everything) / seconds:,.0f} a second"
    )
    print(f"failed             {sum(outcome.failures.values())} {dict(outcome.failures) or ''}")
    print(f"broken by kill -9  {outcome.broken_by_kill}")
    for kind, values in (("all", everything), *((kind, np.array(v)) for kind, v in outcome.seconds.items())):
        p50, p99 = np.percentile(values, [50, 99]) * 1000 if len(values) else (np.nan, np.nan)
        print(f"{kind:<18} p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   n {len(values):,}")
    print(f"releases seen      {len(outcome.releases)}: {', '.join(sorted(outcome.releases))}")
    lost = [event for event in outcome.acknowledged if landed[event] == 0]
    twice = [event for event, times in landed.items() if times > 1]
    print(f"events             {len(outcome.acknowledged):,} acknowledged, {len(lost)} lost, {len(twice)} twice")
    return not (outcome.failures or lost or twice)


def report_warehouse(outcome: Outcome, judged: list[tuple[str, str]]) -> bool:
    """Prints what became of the acknowledged events in the warehouse; says whether each is there exactly once."""
    found = Counter(event_id for _, event_id in judged)
    reasons = Counter(reason for reason, event_id in judged if event_id in outcome.acknowledged)
    wrong = [event_id for event_id in outcome.acknowledged if found[event_id] != 1]
    print(f"in the warehouse   {dict(reasons)}, {len(wrong)} acknowledged events not there exactly once")
    return not wrong


def main() -> None:
    """Reads the arguments, runs the load, and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", type=Path, default=Path("warehouse.duckdb"))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--releases", type=int, default=3)
    parser.add_argument("--kill", action="store_true", help="kill -9 the service half-way and start it again")
    parser.add_argument("--build", action="store_true", help="look for the events in a warehouse as well")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(arguments.warehouse.parent / SERVING_FILE, folder)
        shutil.copytree(arguments.warehouse.parent / PACKAGES_FOLDER, folder / PACKAGES_FOLDER)
        outcome, service = Outcome(), Service(folder)
        began = time.monotonic()
        asyncio.run(load(service, arguments, outcome))
        seconds = time.monotonic() - began
        service.stop()
        landed = Counter(event.event_id for event in read(folder / "landing"))
        is_well = report(outcome, landed, seconds)
        if arguments.build:
            is_well &= report_warehouse(outcome, judged_by_build(folder))
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
