"""Ports that the server listens on."""

import socket

from server.errors import Unreachable


def listen(host: str, port: int, section: str) -> socket.socket:
    """A socket that listens where a section of the settings says. Raises Unreachable."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = error.strerror or str(error)
        raise Unreachable("start.port", section=section, host=host, port=port, why=why) from None
