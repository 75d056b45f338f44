"""Credentials of a node whose server is nowhere."""

from edge.uplink.credentials import Credentials
from protocol.enrolment import EnrolmentAnswer
from protocol.signing import new_key


def credentials_of(node: str) -> Credentials:
    """As an enrolment gives them; port 9 takes nothing."""
    answer = EnrolmentAnswer(
        node=node,
        mqtt_host="127.0.0.1",
        mqtt_port=9,
        mqtt_tls=False,
        mqtt_username=node,
        mqtt_password="none",
        evidence_token="none",
    )
    return Credentials.of("http://127.0.0.1:9", answer, new_key())
