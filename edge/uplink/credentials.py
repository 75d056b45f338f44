"""What a node keeps from its enrolment: the server's address, its accounts there, and its own private key."""

import json
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from edge.complaints import ComplaintError, complaint
from protocol.enrolment import EnrolmentAnswer

FILE = "credentials.json"


class CredentialsError(ComplaintError):
    """The credentials are missing or unreadable; the sentence names the file and the remedy."""


class Credentials(BaseModel):
    """Kept in one file that only its owner may read. The private key never leaves it."""

    model_config = ConfigDict(frozen=True)

    server: str
    node: str
    mqtt_host: str
    mqtt_port: int
    mqtt_tls: bool
    mqtt_username: str
    mqtt_password: SecretStr
    evidence_token: SecretStr
    private_key: SecretStr

    @classmethod
    def of(cls, server: str, answer: EnrolmentAnswer, key: Ed25519PrivateKey) -> "Credentials":
        """From the server's answer and the key whose public half it has registered."""
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(server=server, private_key=SecretStr(pem.decode()), **answer.model_dump(exclude={"version"}))

    @property
    def key(self) -> Ed25519PrivateKey:
        """The node's signing key."""
        key = serialization.load_pem_private_key(self.private_key.get_secret_value().encode(), None)
        if not isinstance(key, Ed25519PrivateKey):
            raise CredentialsError(complaint("credentials.wrong_key"))
        return key

    def save(self, folder: Path) -> Path:
        """Write the file, whole or not at all, readable by its owner only."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE
        plain = {name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in self}
        partial = path.with_suffix(".partial")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(plain, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        return path


def need_room(folder: Path) -> None:
    """Raises CredentialsError unless they can be kept in this folder; a code that was used for nothing is lost."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise CredentialsError(complaint("credentials.no_room", folder=folder, why=error.strerror)) from None


def load_credentials(folder: Path, node: str) -> Credentials:
    """Those of the node of this name.

    Raises CredentialsError if it has not been enrolled, was enrolled by another name, or its file is damaged.
    """
    path = folder / FILE
    credentials = _read(path)
    if credentials.node != node:  # the server takes nothing that one node says in another's name
        raise CredentialsError(complaint("credentials.of_another", path=path, whose=credentials.node, node=node))
    return credentials


def _read(path: Path) -> Credentials:
    try:
        return Credentials.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise CredentialsError(complaint("credentials.missing", path=path)) from None
    except OSError as error:
        raise CredentialsError(complaint("credentials.unreadable", path=path, why=error.strerror)) from None
    except ValidationError:
        raise CredentialsError(complaint("credentials.damaged", path=path)) from None
