"""What node and server exchange once, over HTTPS, when a node joins (`POST /api/v1/enrolments`)."""

from typing import Annotated

from pydantic import Field

from protocol.messages import Message, Name, Title

CODE_PATTERN = r"^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$"
"""Two groups of four, without letters and digits that look alike: about 2^40 codes, valid for one use and one hour."""


class EnrolmentRequest(Message):
    """The installer's code and the public half of the key the node has just made."""

    code: Annotated[str, Field(pattern=CODE_PATTERN)]
    node: Name
    title: Title
    public_key: str = Field(max_length=64, description="base64 of the 32 raw bytes of an Ed25519 public key")


class EnrolmentAnswer(Message):
    """Everything the node needs from now on; shown once, kept by the node in a file only its owner reads."""

    node: Name
    mqtt_host: str
    mqtt_port: int = Field(ge=1, le=65535)
    mqtt_tls: bool
    mqtt_username: str
    mqtt_password: str
    evidence_token: str
