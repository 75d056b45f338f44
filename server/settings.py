"""All settings: from a YAML file, overridden by environment variables SHOUWANG_… (SHOUWANG_MQTT__PORT=8883)."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)
from yaml import YAMLError

from server.errors import ConfigurationError
from server.sentences import WrongFields

Port = Annotated[int, Field(ge=1, le=65535)]
MiB = 1024 * 1024
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a server listens
"""What stands for all addresses of a machine, and where it finds itself."""


class Section(BaseModel):
    """A group of settings; unknown names are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Http(Section):
    """Where pages and the API are served. Beyond loopback, put a reverse proxy with TLS in front."""

    host: str = "127.0.0.1"
    port: Port = 8080
    trusted_proxies: str = Field(default="127.0.0.1", description="addresses whose X-Forwarded-For is believed")


class Mqtt(Section):
    """The broker: embedded in the server, or any MQTT broker that runs elsewhere."""

    broker: Literal["embedded", "external"] = "embedded"
    host: str = Field(default="127.0.0.1", description="embedded: where to listen; external: where the broker is")
    port: Port = 1883
    tls: bool = False
    certificate: Path | None = Field(default=None, description="embedded with TLS: the broker's certificate chain")
    private_key: Path | None = Field(default=None, description="embedded with TLS: the certificate's key")
    ca: Path | None = Field(default=None, description="external with TLS: who signed the broker's certificate")
    username: str | None = Field(default=None, description="external: the server's own account")
    password: SecretStr | None = None
    shared_group: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9_-]+$",
        description="external: servers share the work under this name; open pages follow their own server only",
    )
    password_file: Path | None = Field(default=None, description="external Mosquitto: nodes' accounts are written here")
    public_host: str | None = Field(default=None, description="the broker as nodes reach it, if not by `host`")
    public_port: Port | None = None

    @model_validator(mode="after")
    def _tls_needs_a_certificate(self) -> "Mqtt":
        if self.broker == "embedded" and self.tls and not (self.certificate and self.private_key):
            raise PydanticCustomError(
                "no_certificate", "the embedded broker needs mqtt.certificate and mqtt.private_key for TLS"
            )
        return self


class EvidenceStoreSettings(Section):
    """Where evidence is kept."""

    store: Literal["folder", "s3"] = "folder"
    folder: Path | None = Field(
        default=None, description="default: DATA_DIR/evidence; also holds what is half uploaded"
    )
    max_bytes: int = Field(default=64 * MiB, ge=1, description="no single piece is larger")
    least_free_bytes: int = Field(default=256 * MiB, ge=0, description="evidence never takes the disk's last bytes")
    s3_endpoint: str | None = Field(default=None, description="address of the object store; None: Amazon's")
    s3_bucket: str = "shouwang-evidence"
    s3_region: str = "us-east-1"
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None


class Settings(BaseSettings):
    """Everything that may be set. The defaults run at once on one machine and listen on loopback only."""

    model_config = SettingsConfigDict(
        env_prefix="SHOUWANG_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    data_dir: Path = Path("shouwang-data")
    database_url: SecretStr | None = Field(default=None, description="default: SQLite in DATA_DIR")
    http: Http = Http()
    public_url: str | None = Field(default=None, description="address of the console as people and nodes reach it")
    mqtt: Mqtt = Mqtt()
    evidence: EvidenceStoreSettings = EvidenceStoreSettings()
    session_hours: float = Field(default=12, gt=0, le=24 * 30)
    clock_tolerance_s: float = Field(default=300, gt=0, description="a node's clock further off than this is suspect")
    longest_backlog_days: float = Field(
        default=30, gt=0, description="an alert older than this came from a wrong clock"
    )
    routing_window_minutes: float = Field(default=10, gt=0, le=24 * 60, description="alerts this near share a case")
    metrics_token: SecretStr | None = Field(default=None, description="lets /metrics be read from beyond loopback")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the file."""
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls)

    @field_validator("public_url")
    @classmethod
    def _public_url_is_one(cls, value: str | None) -> str | None:
        if value and not re.match(r"https?://[^/\s]", value):
            raise PydanticCustomError("no_public_url", "expected an address like https://shouwang.example.com")
        return value

    @property
    def database(self) -> str:
        """SQLAlchemy's address of the database, with the psycopg 3 driver for PostgreSQL."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.absolute() / 'shouwang.db'}"
        scheme, separator, rest = self.database_url.get_secret_value().partition("://")
        return f"{'postgresql+psycopg' if scheme in ('postgres', 'postgresql') else scheme}{separator}{rest}"

    @property
    def evidence_folder(self) -> Path:
        """Where evidence, or what is half uploaded of it, lies."""
        return self.evidence.folder or self.data_dir / "evidence"

    @property
    def address(self) -> str:
        """The console's address as people reach it, without a slash at its end."""
        host = f"[{self.http.host}]" if ":" in self.http.host else self.http.host
        return (self.public_url or f"http://{host}:{self.http.port}").rstrip("/")


def load_settings(path: Path | None = None) -> Settings:
    """From the file, if one is named, and the environment. Raises ConfigurationError naming each wrong field."""
    try:
        if path is None:
            return Settings()
        if not path.is_file():
            raise ConfigurationError("start.no_file", path=str(path))

        class SettingsOfFile(Settings):
            model_config = SettingsConfigDict(yaml_file=path)

        return SettingsOfFile()
    except ValidationError as error:
        wrong = WrongFields(tuple(error.errors(include_url=False)))
        raise ConfigurationError("start.wrong_settings", wrong, path=str(path or "start.environment")) from None
    except (YAMLError, ValueError) as error:
        why = " ".join(str(error).split())
        raise ConfigurationError("start.no_yaml", path=str(path), why=why) from None
