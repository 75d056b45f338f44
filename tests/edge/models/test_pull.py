"""`shouwang-edge models list` and `pull` as a person meets them, against a real server on this machine."""

import fcntl
import hashlib
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from rich.cells import cell_len

from edge.vision.card import MODELS, REGISTRY, ModelCard, cards_in, load_card, sha256_of
from edge.vision.detector import OnnxDetector
from tests.edge.command import Command, Ended
from tests.edge.models.file_server import Shelf, served
from tests.edge.vision.networks import save_brightness_network


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A card with its network, both in a folder of their own."""
    (tmp_path / "published").mkdir()
    return save_brightness_network(tmp_path / "published")


@pytest.fixture
def shelf(network: Path) -> Iterator[Shelf]:
    with served((network.parent / "brightness.onnx").read_bytes()) as shelf:
        yield shelf


@pytest.fixture
def pull(command: Command, network: Path, shelf: Shelf, tmp_path: Path) -> Callable[..., Ended]:
    """Runs `models pull brightness` with a card that is as published, but for some changes."""

    def run(**changes: object) -> Ended:
        folder = tmp_path / "registry"
        folder.mkdir(exist_ok=True)
        card = yaml.safe_load(network.read_text("utf-8")) | {"address": shelf.address} | changes
        (folder / "brightness.yaml").write_text(yaml.safe_dump(card), "utf-8")
        (folder / REGISTRY).write_text("models: [brightness.yaml]", "utf-8")
        return command("models", "pull", "brightness", "--folder", folder, "--to", tmp_path / "mine")

    return run


def mine(tmp_path: Path) -> set[str]:
    """What lies in the user's folder."""
    return {path.name for path in (tmp_path / "mine").glob("*")} | {
        path.name for path in (tmp_path / "mine").glob(".*")
    }


def test_a_pulled_model_is_whole_and_runs_by_its_card(pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path) -> None:
    code, said, _ = pull()
    assert code == 0
    assert "licence Apache-2.0, from http://127.0.0.1" in said
    assert mine(tmp_path) == {"brightness.onnx", "brightness.yaml"}
    card = load_card(tmp_path / "mine" / "brightness.yaml")
    OnnxDetector(card, tmp_path / "mine" / card.file)
    assert f"use it with --model {tmp_path}/mine/brightness.yaml" in said
    assert "is here already" in pull()[1]
    assert len(shelf.ranges) == 1, "what is here is not fetched again"


def test_a_card_that_the_user_has_changed_stays_his(pull: Callable[..., Ended], tmp_path: Path) -> None:
    pull()
    path = tmp_path / "mine" / "brightness.yaml"
    path.write_text(path.read_text("utf-8").replace("threshold: 0.5", "threshold: 0.7"), "utf-8")
    pull()
    assert load_card(path).threshold == 0.7


def test_a_line_that_is_cut_off_is_gone_on_with(pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path) -> None:
    shelf.cut_after = [300]
    assert pull()[0] == 0
    assert shelf.ranges == [None, "bytes=300-"]
    assert (tmp_path / "mine" / "brightness.onnx").read_bytes() == shelf.content


def test_what_stays_cut_off_leaves_no_model_and_the_next_call_goes_on(
    pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path
) -> None:
    shelf.cut_after = [300, 100, 50]
    code, _, complaint = pull()
    assert code == 12
    assert f"cut off after 450 bytes of {len(shelf.content)} (" in complaint
    assert "the same command goes on from there" in complaint
    assert mine(tmp_path) == {"brightness.onnx.part"}
    assert pull()[0] == 0
    assert shelf.ranges[-1] == "bytes=450-"
    assert mine(tmp_path) == {"brightness.onnx", "brightness.yaml"}


def test_a_file_that_changes_on_the_way_is_begun_anew(pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path) -> None:
    shelf.cut_after, shelf.version = [300], 'W/"weak"'  # a weak tag says nothing about bytes, so it is not sent back
    assert pull()[0] == 0
    assert (tmp_path / "mine" / "brightness.onnx").read_bytes() == shelf.content


def test_a_wrong_hash_leaves_nothing(pull: Callable[..., Ended], tmp_path: Path) -> None:
    code, _, complaint = pull(sha256="0" * 64)
    assert code == 12
    assert "the card «brightness» expects 000000000000…; nothing was kept" in complaint
    assert mine(tmp_path) == set()


def test_an_old_beginning_that_does_not_belong_is_found_by_the_hash(
    pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "brightness.onnx.part").write_bytes(b"x" * 300)
    assert pull()[0] == 12
    assert pull()[0] == 0
    assert (tmp_path / "mine" / "brightness.onnx").read_bytes() == shelf.content


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("http://127.0.0.1:9/model.onnx", "cannot be reached ("),
        ("http://localhost:9/model.onnx", "cannot be reached ("),
        ("", "has no address to be fetched from; its card says: made in the test"),
    ],
)
def test_an_unreachable_address_is_named(pull: Callable[..., Ended], tmp_path: Path, address: str, text: str) -> None:
    code, said, complaint = pull(address=address)
    assert (code, text in complaint) == (12, True)
    assert "Traceback" not in complaint
    assert mine(tmp_path) == set()
    assert (", from " in said) == bool(address)


def test_a_server_that_has_no_such_file_is_quoted(pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path) -> None:
    shelf.status = 404
    code, _, complaint = pull()
    assert code == 12
    assert "answered HTTP 404 Not Found; the file may have moved" in complaint
    assert mine(tmp_path) == set()


def test_an_address_without_encryption_is_refused_by_the_card(pull: Callable[..., Ended]) -> None:
    code, _, complaint = pull(address="http://example.org/model.onnx")
    assert (code, "brightness.yaml address: " in complaint, "must begin with https://" in complaint) == (5, True, True)


def test_the_first_pull_of_an_unknown_hash_says_so_and_decides_it(
    pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path
) -> None:
    code, said, _ = pull(sha256="")
    assert code == 0
    assert "this file's hash was not known before" in said
    assert load_card(tmp_path / "mine" / "brightness.yaml").sha256 == sha256_of(tmp_path / "mine" / "brightness.onnx")
    (tmp_path / "mine" / "brightness.onnx").unlink()
    shelf.content = shelf.content[:-1] + b"?"
    code, _, complaint = pull(sha256="")
    assert (code, "expects" in complaint) == (12, True), (
        "the hash of the first pull is what later ones are held against"
    )


def test_what_is_no_network_is_not_kept_though_its_hash_is_unknown(
    pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path
) -> None:
    shelf.content = b"<html>log in to this network first</html>"
    code, _, complaint = pull(sha256="")
    assert (code, "does not fit the card, nothing was kept" in complaint) == (12, True)
    assert mine(tmp_path) == set()


def test_what_are_no_weights_of_pytorch_are_not_kept_either(
    pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path
) -> None:
    shelf.content = b"<html>log in to this network first</html>"
    code, _, complaint = pull(sha256="", file="brightness.pt")
    assert (code, "nothing was kept: " in complaint, "is no file of PyTorch weights" in complaint) == (12, True, True)
    assert mine(tmp_path) == set()


def test_an_unknown_hash_is_never_pieced_together_from_two_calls(
    pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path
) -> None:
    shelf.cut_after = [300, 0]
    assert "nothing was kept, try again" in pull(sha256="")[2]
    assert mine(tmp_path) == set()


def test_another_file_of_that_name_is_not_written_over(pull: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "brightness.onnx").write_bytes(b"precious")
    code, _, complaint = pull()
    assert (code, "brightness.onnx: is there already and is another file" in complaint) == (
        10,
        True,
    )
    assert (tmp_path / "mine" / "brightness.onnx").read_bytes() == b"precious"


def test_weights_of_pytorch_are_pulled_with_the_next_command(
    pull: Callable[..., Ended], command: Command, tmp_path: Path
) -> None:
    code, said, _ = pull(file="brightness.pt")
    assert (code, f"next: shouwang-edge models export {tmp_path}/mine/brightness.pt" in said) == (0, True)
    code, _, complaint = command("models", "verify", tmp_path / "mine" / "brightness.yaml")
    assert code == 5
    assert "brightness.pt is PyTorch weights, which the edge does not run; make ONNX of it" in complaint


def test_a_server_that_refuses_the_whole_file_is_quoted(pull: Callable[..., Ended], shelf: Shelf) -> None:
    shelf.status = 416
    code, _, complaint = pull()
    assert (code, "answered HTTP 416 Requested Range Not Satisfiable; the file may have moved" in complaint) == (
        12,
        True,
    )


def test_a_way_that_leads_over_an_open_line_is_refused(
    pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path
) -> None:
    port = shelf.address.rsplit(":", 1)[1].partition("/")[0]
    shelf.detours = [f"http://127.1:{port}/detour", shelf.address]
    code, _, complaint = pull()
    assert (code, f"leads to http://127.1:{port}/detour, which is not https" in complaint) == (12, True)
    assert mine(tmp_path) == set()


@pytest.mark.parametrize(
    ("name", "value"), [("ALL_PROXY", "socks5://127.0.0.1:9"), ("SSL_CERT_FILE", "/nowhere"), ("HTTP_PROXY", "ftp://a")]
)
def test_a_proxy_or_certificates_that_cannot_be_used_are_said(
    pull: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    code, _, complaint = pull()
    assert code == 12
    assert complaint.strip().startswith("nothing can be fetched: ")
    assert "see the proxy (HTTPS_PROXY, ALL_PROXY) and the certificates (SSL_CERT_FILE)" in complaint
    assert mine(tmp_path) == set()


def test_of_two_pulls_at_once_the_second_leaves_the_file_to_the_first(
    pull: Callable[..., Ended], shelf: Shelf, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    part = tmp_path / "mine" / "brightness.onnx.part"
    with part.open("wb") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        first.write(shelf.content[:300])
        first.flush()
        code, _, complaint = pull()
        assert (code, f"{part}: another pull is fetching it" in complaint) == (12, True)
        assert part.read_bytes() == shelf.content[:300]
    assert pull()[0] == 0
    assert shelf.ranges == ["bytes=300-"]


def test_a_full_disk_is_named_and_keeps_only_what_can_be_gone_on_with(
    pull: Callable[..., Ended], tmp_path: Path
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for sha256, left in (({}, {"brightness.onnx.part"}), ({"sha256": ""}, set())):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        try:
            code, _, complaint = pull(**sha256)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert (code, "brightness.onnx: cannot be written (File too large)" in complaint) == (10, True)
        assert mine(tmp_path) == left


def test_a_folder_that_cannot_be_written_is_named(command: Command, pull: Callable[..., Ended], tmp_path: Path) -> None:
    pull()
    code, _, complaint = command(
        "models", "pull", "brightness", "--folder", tmp_path / "registry", "--to", "/proc/nowhere"
    )
    assert (code, "/proc/nowhere/brightness.onnx: cannot be written (" in complaint) == (10, True)


def test_a_name_that_is_not_listed_is_answered_with_those_that_are(command: Command) -> None:
    code, _, complaint = command("models", "pull", "yolox_nan")
    assert (code, "no model is called «yolox_nan»; did you mean «yolox_nano»?" in complaint) == (5, True)


def test_the_list_shows_every_model_with_its_licence(command: Command, tmp_path: Path) -> None:
    code, said, _ = command("models", "list", "--to", tmp_path)
    assert code == 0
    for path in cards_in(MODELS):
        card = load_card(path)
        row = next(line for line in said.splitlines() if f"│ {card.name} " in line)
        assert f" {card.licence} " in row
    _, said, _ = command("models", "list", "yolo11s", "--to", tmp_path)
    for text in (
        "AGPL-3.0-only",
        "COCO train2017",
        "0.470 on COCO val2017",
        "assets/releases/download/v8.3.0/yolo11s.pt",
    ):
        assert text in said


def test_a_model_without_an_address_is_yours_to_bring_only_where_it_is_not_here(command: Command) -> None:
    for name, says in (
        ("shouwang_416", "none: the file is here"),
        ("yolox_nano_416", "none: the file is yours to bring"),
    ):
        _, said, _ = command("models", "list", name)
        assert says in said


def test_the_list_is_told_in_chinese_too(command: Command, tmp_path: Path) -> None:
    _, said, _ = command("models", "list", "--to", tmp_path, "--language", "zh")
    assert "│ 不在本机 " in next(line for line in said.splitlines() if "│ yolox_nano_416 " in line)
    assert "│ 需 pull，再 export " in next(line for line in said.splitlines() if "│ yolo11n " in line)
    assert said.endswith("查看某个模型的详情：shouwang-edge models list NAME\n")
    _, said, _ = command("models", "list", "dfine_nano", "--to", tmp_path, "--language", "zh")
    told = dict(line.split(maxsplit=1) for line in said.splitlines() if not line.startswith(" "))
    assert told["权重文件"].strip() == "dfine_nano.onnx，需 pull（sha256 未知）"
    assert told["阈值"].strip() == "0.5；接续跟踪时 0.1"
    assert told["类别"].startswith("80 个：person, bicycle, ")
    assert told["速度"].strip() == "尚无：shouwang-edge models eval"


@pytest.mark.parametrize("columns", [80, 120])
def test_nothing_of_the_list_is_cut_off_in_chinese(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    _, said, _ = command("models", "list", "--to", tmp_path, "--language", "zh")
    assert "…" not in said
    assert {cell_len(line) for line in said.splitlines()[:-1]} == {cell_len(said.splitlines()[0])}


def test_a_pull_is_told_in_chinese_too(
    pull: Callable[..., Ended], command: Command, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOUWANG_LANGUAGE", "zh")
    digest = hashlib.sha256(shelf.content).hexdigest()
    assert pull(sha256="")[1].splitlines() == [
        f"「Test」，许可证 Apache-2.0，来自 {shelf.address}",
        f"已下载：{tmp_path}/mine/brightness.onnx，sha256 {digest}",
        "此前不知道这个文件的 sha256；现已记入模型卡，以后的 pull 都会据此核对",
        f"使用时加上 --model {tmp_path}/mine/brightness.yaml",
    ]
    assert f"本机已有：{tmp_path}/mine/brightness.onnx，" in pull()[1]
    _, said, _ = command("models", "verify", tmp_path / "mine" / "brightness.yaml")
    assert "".join(said.split()).endswith(f"：「Test」，Apache-2.0，sha256{digest[:12]}…，与模型卡相符")


def test_what_a_card_says_is_shown_as_it_stands_there(command: Command, network: Path) -> None:
    said = {"measured": [{"set": "a[/b] [night]", "metric": "AP50", "value": 0.5}], "licence": "[/see] LICENCE"}
    network.write_text(yaml.safe_dump(yaml.safe_load(network.read_text("utf-8")) | said), "utf-8")
    code, shown, _ = command("models", "list", "--to", network.parent)
    assert code == 0
    assert "0.500 AP50, a[/b] [night]" in " ".join(shown.replace("│", " ").split())
    assert "[/see] LICENCE" in shown
    assert "[/see] LICENCE" in command("models", "list", "brightness", "--to", network.parent)[1]


def test_a_model_of_ones_own_is_listed_too(command: Command, network: Path) -> None:
    _, said, _ = command("models", "list", "--to", network.parent)
    row = next(line for line in said.splitlines() if "brightness" in line)
    assert "│ here " in row


def test_the_registry_names_every_card_of_its_folder_once() -> None:
    names = yaml.safe_load((MODELS / REGISTRY).read_text("utf-8"))["models"]
    assert sorted(names) == [path.name for path in cards_in(MODELS)]


@pytest.mark.parametrize("path", cards_in(MODELS), ids=lambda path: path.stem)
def test_a_card_says_what_one_must_know_to_choose(path: Path) -> None:
    card: ModelCard = load_card(path)
    assert card.name == path.stem
    assert card.licence
    assert card.trained_on
    assert card.measured
    assert card.weaknesses
    assert card.sha256 or card.address, "a file is known by its hash, or at least one knows where it is"
