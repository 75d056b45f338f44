"""The topics, in one place. A node publishes under its own prefix only; the broker holds it to that."""

from dataclasses import dataclass
from enum import StrEnum

from protocol.messages import Alert, Command, Health, Learnt, Message, Receipt, Settings, Status, Verdict

ROOT = "shouwang/v1"


class Channel(StrEnum):
    """The last level of a topic: what is said there."""

    STATUS = "status"
    HEALTH = "health"
    LEARNT = "learnt"
    ALERTS = "alerts"
    RECEIPTS = "receipts"
    VERDICTS = "verdicts"
    SETTINGS = "settings"
    COMMANDS = "commands"


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What holds for a channel: its message, who speaks, whether the broker keeps the last word, and why it exists."""

    message: type[Message]
    from_node: bool
    retained: bool
    about: str


CHANNELS: dict[Channel, ChannelFacts] = {
    Channel.STATUS: ChannelFacts(Status, True, True, "Birth, death and last will of a node."),
    Channel.HEALTH: ChannelFacts(Health, True, False, "Figures of a node and its cameras, every 30 s."),
    Channel.LEARNT: ChannelFacts(Learnt, True, True, "What verdicts have taught a node's rules."),
    Channel.ALERTS: ChannelFacts(Alert, True, False, "Alerts; repeated until their receipt has come."),
    Channel.RECEIPTS: ChannelFacts(Receipt, False, False, "What the server has committed; the node forgets it."),
    Channel.VERDICTS: ChannelFacts(Verdict, False, False, "What staff said of an alert."),
    Channel.SETTINGS: ChannelFacts(Settings, False, False, "A camera's new configuration."),
    Channel.COMMANDS: ChannelFacts(Command, False, False, "Requests to a node."),
}


def topic(node: str, channel: Channel) -> str:
    """The topic of a node's channel."""
    return f"{ROOT}/{node}/{channel}"


def every_node(channel: Channel) -> str:
    """The filter that matches a channel of all nodes."""
    return f"{ROOT}/+/{channel}"


def split(name: str) -> tuple[str, Channel]:
    """Node and channel of a topic. Raises ValueError for a topic that is none of ours."""
    root, _, rest = name.partition(ROOT + "/")
    node, _, channel = rest.partition("/")
    if root or not node or channel not in list(Channel):
        raise ValueError(f"topic «{name}» is not of the form {ROOT}/NODE/CHANNEL")
    return node, Channel(channel)


def may_publish(node: str, name: str) -> bool:
    """Whether a node may publish to a topic: its own prefix, and only the channels that nodes speak on."""
    try:
        owner, channel = split(name)
    except ValueError:
        return False
    return owner == node and CHANNELS[channel].from_node


def may_subscribe(node: str, pattern: str) -> bool:
    """Whether a node may subscribe to a filter: its own channels that the server speaks on, named without wildcard."""
    try:
        owner, channel = split(pattern)
    except ValueError:
        return False
    return owner == node and not CHANNELS[channel].from_node
