"""How large a request may be: what is read before it is known who asks must be small."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 256 * 1024
"""Of forms and JSON; the longest note takes a third of it. Evidence comes as a stream and has limits of its own."""
TOO_LARGE = 413


class SmallBodies:
    """ASGI middleware: a body that is too large, or says that it will be, is not read on."""

    def __init__(self, app: ASGIApp, streamed: Callable[[Scope], bool]) -> None:
        """`streamed`: of which requests the handler itself reads the body, bit by bit."""
        self.app, self._streamed = app, streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything through. Reading on raises HTTPException."""
        if scope["type"] != "http" or self._streamed(scope):
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        left = MOST_BYTES if not declared.isdecimal() or int(declared) <= MOST_BYTES else -1

        async def receive_little() -> Message:
            nonlocal left
            if left < 0:
                raise HTTPException(TOO_LARGE)
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(TOO_LARGE)
            return message

        await self.app(scope, receive_little, send)
