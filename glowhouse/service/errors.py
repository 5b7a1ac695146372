"""What goes wrong, said to the client: always one sentence in `detail`, never more about the inside than it needs."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from glowhouse.landing import LandingError
from glowhouse.product_search import ProductError
from glowhouse.service.credentials import CredentialError
from glowhouse.service.events import EventError, ForeignEventError
from glowhouse.service.workers import BusyError
from glowhouse.serving import ServingError
from glowhouse.vocabulary import UnknownWordError

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 1
# Somebody has to make room or mend a disk.
LANDING_RETRY_AFTER_SECONDS = 60


def add_error_handlers(app: FastAPI) -> None:
    """Turn what the library raises into answers."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        """Says what is wrong and where, but not what was sent: an answer may be logged by whoever gets it."""
        problems = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
        return _problem(422, "; ".join(problems))

    @app.exception_handler(UnknownWordError)
    @app.exception_handler(ProductError)
    @app.exception_handler(ServingError)
    @app.exception_handler(EventError)
    async def not_understood(_: Request, error: Exception) -> JSONResponse:
        return _problem(422, str(error))

    @app.exception_handler(CredentialError)
    async def not_allowed(_: Request, error: CredentialError) -> JSONResponse:
        return _problem(401, str(error), {"WWW-Authenticate": "Bearer"})

    @app.exception_handler(ForeignEventError)
    async def foreign(_: Request, error: ForeignEventError) -> JSONResponse:
        return _problem(403, str(error))

    @app.exception_handler(LandingError)
    async def not_landed(_: Request, error: LandingError) -> JSONResponse:
        logger.error("%s", error)
        detail = "The events were not written. Send them again later, under the same ids."
        return _problem(503, detail, {"Retry-After": str(LANDING_RETRY_AFTER_SECONDS)})

    @app.exception_handler(BusyError)
    async def busy(_: Request, __: BusyError) -> JSONResponse:
        return _problem(503, "Too many ask at once; try again soon.", {"Retry-After": str(RETRY_AFTER_SECONDS)})


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers)
