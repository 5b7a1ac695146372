"""Time item-to-item neighbours and the top 10 for everybody, against other libraries, on the same data in one run."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks import histories
from benchmarks.contenders import CONTENDERS

ROOT = Path(__file__).resolve().parent.parent
OURS = "glowhouse_cosine"
# The target: at most this share of the CPU seconds of `RIVAL`, and at most so much memory at the generated size.
RIVAL, SHARE, MEMORY_GB = "implicit_cosine", 0.5, 6.0

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
NOTHING = "-"
progress_console = Console(stderr=True)


@dataclass(frozen=True)
class Race:
    """One data set and what each contender made of it: its figures, or why there are none."""

    data: str
    results: dict[str, dict[str, Any] | str]


@app.command(
    epilog="Examples: `python -m benchmarks.neighbours --interactions Beauty.txt --no-generated` · "
    "`python -m benchmarks.neighbours --customers 100000 --products 10000 --purchases 2000000` · "
    "`python -m benchmarks.neighbours --python ~/other/bin/python --only implicit_cosine --only lenskit`"
)
def main(
    interactions: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Text file, one customer a line: customer product product …"),
    ] = None,
    generated: Annotated[bool, typer.Option(help="Also race on generated histories.")] = True,
    customers: Annotated[int, typer.Option(min=1000, help="Generated customers.")] = 1_000_000,
    products: Annotated[int, typer.Option(min=100, help="Generated products.")] = 50_000,
    purchases: Annotated[int, typer.Option(min=1000, help="Generated purchases.")] = 20_000_000,
    seed: Annotated[int, typer.Option(help="Of the generated histories.")] = 7,
    only: Annotated[
        list[str] | None, typer.Option(help=f"Race these against Glowhouse; of {', '.join(CONTENDERS)}.")
    ] = None,
    python: Annotated[
        list[Path] | None, typer.Option(help="Another interpreter to find libraries in; may be repeated.")
    ] = None,
    neighbours: Annotated[int, typer.Option(min=1, help="Neighbours kept for each product.")] = 100,
    top: Annotated[int, typer.Option(min=1, help="Products recommended to each customer.")] = 10,
    patience: Annotated[float, typer.Option(help="Seconds of recommending, then extrapolate.")] = 300,
    timeout: Annotated[float, typer.Option(help="Seconds after which a contender is stopped.")] = 1800,
    memory_gb: Annotated[float, typer.Option(help="Memory that a contender may ask for.")] = 16,
    output: Annotated[
        Path, typer.Option(help="Where to write the table (.md) and all figures (.json).", file_okay=False)
    ] = Path("benchmarks/results"),
) -> None:
    """Time **neighbours and top 10 for all customers** against other libraries and print a Markdown table.

    Each contender runs in a process of its own, after a small run that loads compiled code, and is given its input in
    its own type. What is not installed is named and left out.
    """
    unknown = sorted(set(only or ()) - set(CONTENDERS))
    if unknown:
        raise typer.BadParameter(f"there is no {', '.join(unknown)}; choose of {', '.join(CONTENDERS)}")
    wanted = [name for name in CONTENDERS if not only or name in only or name.startswith("glowhouse")]
    limits = {"neighbours": neighbours, "top": top, "patience": patience, "memory-gb": memory_gb}
    options = [f"--{name}={value}" for name, value in limits.items()]
    interpreters = _interpreters(wanted, [Path(sys.executable), *(python or ())])
    races = []
    with tempfile.TemporaryDirectory() as folder, _progress() as progress:
        compile_cpu = _compile_seconds(Path(folder), progress)
        sources = {}
        if interactions:
            sources[interactions.stem] = lambda: histories.read(interactions)
        if generated:
            sources["generated"] = lambda: histories.generate(customers, products, purchases, seed)
        for name, load in sources.items():
            task = progress.add_task(f"{name}: preparing", total=None)
            data = load()
            path = Path(folder) / "histories.npz"
            data.save(path)
            results = {}
            for contender in wanted:
                progress.update(task, description=f"{name}: {CONTENDERS[contender].title}")
                results[contender] = _run(contender, interpreters.get(contender), path, options, timeout)
            progress.update(task, description=f"{name}: done", total=1, completed=1)
            races.append(Race(f"{name}: {data.describe()}", results))
    text = "\n\n".join(
        [
            f"{neighbours} neighbours a product, {top} products a customer, {os.cpu_count()} processors. Ratios are to "
            f"`{CONTENDERS[OURS].title}`; ~ is extrapolated.",
            *(_table(race) for race in races),
            f"Compiling Glowhouse's kernels, once after installation, took {compile_cpu:.1f} CPU seconds more.",
        ]
    )
    output.mkdir(parents=True, exist_ok=True)
    (output / "neighbours.md").write_text(text + "\n")
    (output / "neighbours.json").write_text(json.dumps([_figures(race) for race in races], indent=1) + "\n")
    print(text)
    for race in races:
        progress_console.print(escape(_verdict(race)))


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=progress_console, transient=True
    )


def _interpreters(contenders: list[str], candidates: list[Path]) -> dict[str, Path]:
    """For each contender, the first interpreter that has its library."""
    found: dict[str, Path] = {}
    for python in candidates:
        asked = {CONTENDERS[name].package for name in contenders if name not in found}
        question = (
            "import importlib.util, json, sys; "
            "print(json.dumps([name for name in sys.argv[1:] if importlib.util.find_spec(name)]))"
        )
        answer = subprocess.run([python, "-c", question, *asked], cwd=ROOT, capture_output=True, text=True, check=True)
        there = set(json.loads(answer.stdout))
        if python != candidates[0]:
            there.discard("glowhouse")  # its folder is on the path, what it needs may be not
        found |= {name: python for name in contenders if name not in found and CONTENDERS[name].package in there}
    return found


def _run(
    contender: str,
    python: Path | None,
    path: Path,
    options: list[str],
    timeout: float,
    environment: dict[str, str] | None = None,
) -> dict[str, Any] | str:
    """Measure a contender in a process of its own; a text when it has no figures."""
    if python is None:
        return "not installed"
    command = [str(python), "-m", "benchmarks.contenders", contender, str(path), *options]
    # implicit and others advise against a threaded BLAS below their own threads.
    quiet = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", **(environment or {})}
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, env={**os.environ, **quiet}
        )
    except subprocess.TimeoutExpired:
        return f"not done after {timeout:,.0f} s"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return f"failed: {last[:120]}"
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _compile_seconds(folder: Path, progress: Progress) -> float:
    """CPU seconds of the first call when nothing is compiled yet, beyond those of a later first call."""
    task = progress.add_task("compiling, as after installation", total=1)
    path = folder / "few.npz"
    histories.generate(1000, 200, 5000, seed=1).save(path)
    first = []
    for _ in range(2):
        figures = _run(OURS, Path(sys.executable), path, [], 600, {"NUMBA_CACHE_DIR": str(folder / "compiled")})
        if isinstance(figures, str):
            raise RuntimeError(f"Glowhouse itself did not run: {figures}")
        first.append(figures["first_cpu"])
    progress.advance(task)
    return float(first[0] - first[1])


def _figures(race: Race) -> dict[str, Any]:
    """What is written to the file: all but the sampled lists."""
    kept = {
        name: {key: value for key, value in found.items() if key != "sample"} if isinstance(found, dict) else found
        for name, found in race.results.items()
    }
    return {"data": race.data, "results": kept}


def _cpu(figures: dict[str, Any]) -> float:
    return float(figures["fit_cpu"] + (figures["recommend_cpu"] or 0.0))


def _table(race: Race) -> str:
    ours = race.results[OURS]
    assert isinstance(ours, dict)
    lines = [
        f"**{race.data}**",
        "",
        "| | fit, CPU s | top, CPU s | both, CPU s | ratio | fit ratio | wall s | peak GB | same top |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, figures in race.results.items():
        if isinstance(figures, str):
            lines.append(f"| {CONTENDERS[name].title} | {figures} | | | | | | | |")
            continue
        has_lists = figures["recommend_cpu"] is not None
        about = "~" if has_lists and figures["served"] < ours["served"] else ""
        wall = figures["fit_wall"] + (figures["recommend_wall"] or 0.0)
        cells = [
            f"{CONTENDERS[name].title} {figures['version']}",
            f"{figures['fit_cpu']:.2f}",
            f"{about}{figures['recommend_cpu']:.2f}" if has_lists else NOTHING,
            f"{about}{_cpu(figures):.2f}" if has_lists else NOTHING,
            f"{about}{_cpu(figures) / _cpu(ours):.1f}" if has_lists else NOTHING,
            f"{figures['fit_cpu'] / ours['fit_cpu']:.1f}",
            f"{about}{wall:.1f}",
            f"{figures['peak_gb']:.2f}",
            f"{overlap(figures['sample'], ours['sample']):.0%}" if has_lists else NOTHING,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def overlap(lists: list[list[int]], others: list[list[int]]) -> float:
    """Share of the recommended products that both recommend. Ties may be broken differently."""
    pairs = [(set(a) - {-1}, set(b) - {-1}) for a, b in zip(lists, others, strict=False)]
    return sum(len(a & b) for a, b in pairs) / max(sum(len(b) for _, b in pairs), 1)


def _verdict(race: Race) -> str:
    ours, rival = race.results[OURS], race.results.get(RIVAL)
    if not isinstance(ours, dict) or not isinstance(rival, dict):
        return f"{race.data}: no figures to compare"
    share = _cpu(ours) / _cpu(rival)
    is_met = share <= SHARE and ours["peak_gb"] < MEMORY_GB
    return (
        f"{race.data}: {share:.2f} of the CPU seconds of {CONTENDERS[RIVAL].title} (target: at most {SHARE}), "
        f"{ours['peak_gb']:.1f} GB (target: below {MEMORY_GB:.0f}): {'met' if is_met else 'NOT met'}"
    )


if __name__ == "__main__":
    app()
