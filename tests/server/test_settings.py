"""What settings say of the server itself."""

from pathlib import Path

from server.settings import Http
from tests.server.parts import settings_in


def test_the_address_of_a_server_on_ipv6_can_be_typed(tmp_path: Path) -> None:
    assert settings_in(tmp_path, http=Http(host="::1", port=8080)).address == "http://[::1]:8080"
    assert settings_in(tmp_path, http=Http(host="127.0.0.1", port=8080)).address == "http://127.0.0.1:8080"
