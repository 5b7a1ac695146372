"""`glowhouse ingest`: reads a public data set, writes extracts, and says what was odd about it."""

from collections.abc import Callable, Iterable, Sized
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from glowhouse.ingest.amazon_beauty import read_amazon_beauty
from glowhouse.ingest.extract_writer import Shop, check_target, write_shop
from glowhouse.ingest.progress import Item, Track
from glowhouse.ingest.sephora import read_sephora

Reader = Callable[[Path, Track], Shop]

READERS: dict[str, Reader] = {"amazon-beauty": read_amazon_beauty, "sephora": read_sephora}


def ingest(data_set: str, source: Path, target: Path, console: Console, *, force: bool = False) -> Shop:
    """Reads `data_set` from `source`, writes its extracts to `target`, and reports on the console.

    Args:
        data_set: a key of `READERS`.
        source: folder with the files of the data set.
        target: folder for the extracts; created.
        console: where progress and summary go.
        force: replace extracts that are already in `target`.

    Returns:
        What was written.

    Raises:
        IngestError: the source is incomplete or malformed, or the target cannot be used; nothing was changed then.
    """
    check_target(target, source, force=force)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:

        def track(items: Iterable[Item], description: str) -> Iterable[Item]:
            total = len(items) if isinstance(items, Sized) else None
            return progress.track(items, total=total, description=description)

        shop = READERS[data_set](source, track)
        write_shop(shop, target, track)
    _report(data_set, shop, target, console)
    return shop


def _report(data_set: str, shop: Shop, target: Path, console: Console) -> None:
    table = Table(title=f"{data_set}: extracts in {escape(str(target))}", title_justify="left")
    table.add_column("extract")
    table.add_column("rows", justify="right")
    table.add_column("columns", overflow="fold")
    for extract in shop.extracts:
        table.add_row(extract.name, f"{extract.rows:,}", ", ".join(extract.columns))
    for name in shop.absent:
        table.add_row(name, "0", "[dim]absent: the source has no such data[/]")
    console.print(table)
    console.print("What was odd:")
    for oddity in shop.oddities:
        console.print(f"  • {escape(oddity)}", highlight=False)
    # A folder of its own for each warehouse: its release is put beside it, under a name that is always the same.
    folder = target.resolve().with_name(f"{target.name}_warehouse")
    raw, warehouse = quote(str(target.resolve())), quote(str(folder / "warehouse.duckdb"))
    console.print("Next, from the root of the repository:")
    command = f"mkdir -p {quote(str(folder))} && GLOWHOUSE_RAW={raw} GLOWHOUSE_WAREHOUSE={warehouse} dbt build"
    console.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)
