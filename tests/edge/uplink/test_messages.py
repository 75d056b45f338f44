import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from edge.clock import utc_now
from edge.outbox import Outbox, OutboxSettings
from edge.uplink.messages import MessageLink
from protocol.ids import uuid7
from protocol.messages import NodeState, Outcome, Receipt, Status, encode
from protocol.topics import Channel, topic
from tests.edge.enrolled import credentials_of


class Interrupted(dict[tuple[UUID, int], float]):
    """In the middle of looking through it something else is done in another thread, if it can be."""

    def __init__(self, link: MessageLink, receipt: Receipt) -> None:
        super().__init__({(receipt.alert, receipt.revision): 0.0, (uuid7(utc_now()), 1): 0.0})
        heard = mqtt_message(receipt)
        self.other = threading.Thread(target=lambda: link._hear(link._client, None, heard))

    def items(self) -> Any:
        return self._interrupted(super().items())

    def _interrupted(self, items: Any) -> Iterator[Any]:
        for item in items:
            if not self.other.ident:
                self.other.start()
                time.sleep(0.1)
            yield item


def mqtt_message(receipt: Receipt) -> Any:
    class Heard:
        topic = topic("yard-box", Channel.RECEIPTS)
        payload = encode(receipt)

    return Heard()


def test_a_receipt_that_comes_while_the_sender_looks_through_what_it_has_sent_does_not_end_it(tmp_path: Path) -> None:
    lost = Status(node="yard-box", at=utc_now(), state=NodeState.LOST, boot=uuid7(utc_now()))
    outbox = Outbox(tmp_path / "outbox.sqlite", OutboxSettings())
    link = MessageLink(credentials_of("yard-box"), outbox, lambda: lost, lost)
    receipt = Receipt(alert=uuid7(utc_now(), "one"), revision=1, outcome=Outcome.STORED)
    link._sent = sent = Interrupted(link, receipt)
    link._send_waiting()
    sent.other.join()
    assert (receipt.alert, receipt.revision) not in link._sent
    outbox.close()
