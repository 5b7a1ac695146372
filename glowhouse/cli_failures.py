"""How commands fail: with a message and exit code 1 instead of a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def failures() -> Iterator[Console]:
    """A console to work with; expected failures end in their message and exit code 1."""
    from rich.console import Console

    from glowhouse.errors import GlowhouseError

    try:
        yield Console()
    except GlowhouseError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("Interrupted; nothing was left half-written.")
    except OSError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.secho(f"Error: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(1)
