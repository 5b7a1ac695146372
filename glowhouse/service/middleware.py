"""What holds for every request: how large it may be, which headers the answer has, and what is written down of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("glowhouse.service.requests")

# Nothing but what the service itself serves, no inline script or style, no text that turns into markup.
_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# The API's answers are of one customer and one moment; the storefront's files may be kept, but are asked for again.
_API_PREFIX, _API_CACHING, _FILE_CACHING = "/v1/", "no-store", "no-cache"


class SecurityHeaders:
    """Adds the headers that keep a browser from being used against its owner."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                is_api = scope["path"].startswith(_API_PREFIX)
                headers.setdefault("Cache-Control", _API_CACHING if is_api else _FILE_CACHING)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses bodies that are larger than any sensible question, before they are in memory."""

    def __init__(self, app: ASGIApp, most_bytes: int) -> None:
        self._app = app
        self._most = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared) > self._most:
            await self._refuse(scope, receive, send)
            return
        # A body that does not say how long it is is read here: it must not be longer than one that says so.
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._most:
                await self._refuse(scope, receive, send)
                return
        pending: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def receive_read() -> Message:
            return pending.pop() if pending else await receive()

        await self._app(scope, receive_read, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"The body is larger than {self._most} bytes."
        await JSONResponse({"detail": detail}, 413, {"Connection": "close"})(scope, receive, send)


class RequestLog:
    """One line a request: method, route, status and time. Neither ids nor queries, which say who somebody is."""

    def __init__(self, app: ASGIApp, now: Callable[[], float] = time.perf_counter) -> None:
        self._app = app
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = self._now(), 0

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            milliseconds = (self._now() - began) * 1000
            logger.info("%s %s %s %.1f ms", scope["method"], route_of(scope), status or "-", milliseconds)


def route_of(scope: Scope) -> str:
    """The template of the route that answered, such as `/v1/products/{product_id}`; `-` if none did."""
    return str(getattr(scope.get("route"), "path", None) or "-")
