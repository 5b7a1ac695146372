"""Makes the application. Whatever it needs is a parameter; nothing is read from the environment here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.staticfiles import StaticFiles

from glowhouse.erasure import tombstones
from glowhouse.erasure.identifiers import Cover
from glowhouse.landing import LandingZone, read
from glowhouse.service import routes_catalogue, routes_customers, routes_demo, routes_events, schemas
from glowhouse.service.clock import Clock, system_clock
from glowhouse.service.credentials import Credentials
from glowhouse.service.errors import add_error_handlers
from glowhouse.service.lists import Lists
from glowhouse.service.middleware import BodyLimit, RequestLog, SecurityHeaders
from glowhouse.service.overlay import TELLING, Overlay
from glowhouse.service.releases import Releases
from glowhouse.service.state import State
from glowhouse.service.tracking import Tracking
from glowhouse.service.workers import Workers

STOREFRONT = Path(__file__).parent / "static"
MOST_BODY_BYTES = 256 * 1024
_ANYWHERE = {
    **schemas.problem(404, "Nothing is at this address; an id with a slash or a line feed has none."),
    **schemas.problem(422, "Not understood; nothing was done."),
}
_DESCRIPTION = """
Recommendations of the latest release, as the warehouse published it, and what customers do with them.

- **API key** (`X-API-Key`): the shop's own back end; opens every customer and mints customer tokens.
- **Customer token** (`Authorization: Bearer …`): a browser's; opens one customer for an hour.
"""


@dataclass(frozen=True)
class Options:
    """How the service is set up.

    Attributes:
        api_keys: of the shop's back ends.
        secret: signs tokens and tracking.
        clock: what time it is.
        is_demo: whether the storefront may mint tokens itself.
        origins: of other sites whose pages may ask, such as a shop that embeds the widget.
        hosts: names under which the service may be addressed.
        lookup_threads, model_threads: how many threads do what is quick and what is not.
        most_waiting: how many questions to the model may wait.
        look_every: seconds between two looks for a new release.
    """

    api_keys: tuple[str, ...] = field(repr=False)
    secret: bytes = field(repr=False)
    clock: Clock = system_clock
    is_demo: bool = False
    origins: Sequence[str] = ()
    hosts: Sequence[str] = ("*",)
    lookup_threads: int = 4
    model_threads: int = 1
    most_waiting: int = 64
    look_every: float = 0.5


def create_app(folder: Path, landing: LandingZone, options: Options) -> FastAPI:
    """The service over the release in a folder.

    Args:
        folder: where `serving.duckdb` lies. It is opened when the application starts.
        landing: where events are kept for the warehouse; whoever opened it closes it.
        options: how it is set up.

    Raises:
        ErasureError: it cannot be read who was erased.
    """
    # While the service runs nobody can be erased: it holds the landing zone.
    erased = tombstones.load(folder)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        overlay = Overlay()
        overlay.record(read(landing.folder, TELLING))
        releases = Releases(folder, seconds=options.look_every)
        app.state.service = state = _state(releases, landing, overlay, options, erased)
        releases.start()
        try:
            yield
        finally:
            for workers in (state.lookups, state.for_customers, state.for_visitors):
                workers.close()
            releases.close()

    app = FastAPI(
        title="Glowhouse",
        version=version("glowhouse"),
        description=_DESCRIPTION,
        openapi_url="/v1/openapi.json",
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=_ANYWHERE,
    )
    app.include_router(routes_catalogue.router)
    app.include_router(routes_customers.router)
    app.include_router(routes_events.router)
    if options.is_demo:
        app.include_router(routes_demo.router)
    if STOREFRONT.is_dir():
        app.mount("/", StaticFiles(directory=STOREFRONT, html=True), name="storefront")
    add_error_handlers(app)
    # The last one added sees a request first.
    app.add_middleware(BodyLimit, most_bytes=MOST_BODY_BYTES)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(options.hosts), www_redirect=False)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(options.origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog)
    return app


def _state(releases: Releases, landing: LandingZone, overlay: Overlay, options: Options, erased: Cover | None) -> State:
    return State(
        releases=releases,
        landing=landing,
        lists=Lists(overlay, options.clock),
        credentials=Credentials(options.api_keys, options.secret, options.clock),
        tracking=Tracking(options.secret),
        clock=options.clock,
        lookups=Workers("lookups", options.lookup_threads),
        for_customers=Workers("model for customers", options.model_threads, options.most_waiting),
        for_visitors=Workers("model for visitors", options.model_threads, options.most_waiting),
        is_demo=options.is_demo,
        erased=erased,
    )
