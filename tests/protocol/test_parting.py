import gc
import socket
import weakref

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from protocol.parting import part


class Listener:
    """Holds its client, which holds it."""

    def __init__(self, port: int) -> None:
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self.client.on_connect = self._heard
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()

    def _heard(self, *_: object) -> None:
        """Nobody answers."""


def test_who_has_parted_is_freed_with_its_sockets_at_once() -> None:
    gc.disable()
    try:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            listener = Listener(silent.getsockname()[1])
            client = weakref.ref(listener.client)
            part(listener.client)
            del listener
            assert client() is None
    finally:
        gc.enable()
