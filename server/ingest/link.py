"""What the rest of the server may ask of its connection to the broker."""

from typing import Protocol

from protocol.messages import Message
from protocol.topics import Channel


class Link(Protocol):
    """The server's own MQTT client, seen by those who have something to tell a node. Thread-safe."""

    @property
    def online(self) -> bool:
        """Whether the broker has us."""
        ...

    def say(self, node: str, channel: Channel, message: Message) -> None:
        """Publish to a node with QoS 1; call it after the commit. Never waits, never raises for a broker away."""
        ...
