"""Beginning from a released detector; needs torch: `make test-train`."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

torch = pytest.importorskip("torch", reason="torch is in the training environment: make test-train")

from edge.models.quantizing import quantise  # noqa: E402
from edge.vision.card import MODELS  # noqa: E402
from tools.train.export import export, folded  # noqa: E402
from tools.train.feed import Batch, batch_of  # noqa: E402
from tools.train.network import Network, Shape  # noqa: E402
from tools.train.released import begin_from  # noqa: E402

torch.set_num_threads(1)

SMALL = Shape(stem=8, stages=(8, 16, 16, 16), depth=(0, 1, 1, 1), scales=(16, 16, 16))
RELEASED = MODELS / "shouwang_416.onnx"


def some_batches(count: int = 2) -> list[Batch]:
    chance = np.random.default_rng(1)
    nothing = np.zeros((0, 6), np.float32)
    return [
        batch_of([chance.integers(0, 256, (64, 96, 3), np.uint8) for _ in range(8)], [nothing] * 8)
        for _ in range(count)
    ]


def a_trained_network() -> Network:
    """One whose batch normalisation has seen something, and of which no two biases are alike: those share a name."""
    torch.manual_seed(3)
    network = Network(SMALL)
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.1 * torch.rand_like(weights))
        for _ in range(30):
            for batch in some_batches():
                network(batch.pictures.float() / 255)
    network.eval()
    return network


def test_a_network_begun_from_a_released_one_says_the_same(tmp_path: Path) -> None:
    trained = a_trained_network()
    export(folded(copy.deepcopy(trained)), tmp_path / "a.onnx")
    begun = Network(SMALL)
    begin_from(begun, tmp_path / "a.onnx", some_batches())
    pictures = torch.rand(2, 3, 64, 96)
    assert torch.allclose(begun.eval()(pictures), trained(pictures), atol=1e-3)


def test_while_it_learns_too_as_normalisation_finds_what_it_was_measured_on(tmp_path: Path) -> None:
    trained = a_trained_network()
    export(folded(copy.deepcopy(trained)), tmp_path / "a.onnx")
    begun = Network(SMALL)
    (batch,) = some_batches(1)
    begin_from(begun, tmp_path / "a.onnx", [batch])
    pictures = batch.pictures.float() / 255
    assert torch.allclose(begun.train()(pictures), trained(pictures), atol=1e-2)


def test_from_int8_it_says_nearly_the_same(tmp_path: Path) -> None:
    trained = a_trained_network()
    export(folded(copy.deepcopy(trained)), tmp_path / "a.onnx")
    inputs = [("images", (batch.pictures[:1].float() / 255).numpy()) for batch in some_batches(4)]
    quantise(tmp_path / "a.onnx", inputs, tmp_path / "b.onnx")
    begun = Network(SMALL)
    begin_from(begun, tmp_path / "b.onnx", some_batches())
    pictures = torch.rand(2, 3, 64, 96)
    wanted = trained(pictures)
    assert (begun.eval()(pictures) - wanted).abs().mean() < 0.1 * wanted.std(2).mean()


def test_a_network_that_has_grown_says_what_the_released_one_said(tmp_path: Path) -> None:
    trained = a_trained_network()
    export(folded(copy.deepcopy(trained)), tmp_path / "a.onnx")
    short_sighted(tmp_path / "a.onnx")
    begun = Network(replace(SMALL, depth=(0, 2, 1, 3)))
    begin_from(begun, tmp_path / "a.onnx", some_batches())
    trained.coarse_in[0].weight.data[:, SMALL.stages[-1] :] = 0
    pictures = torch.rand(2, 3, 64, 96)
    assert torch.allclose(begun.eval()(pictures), trained(pictures), atol=1e-3)


def short_sighted(path: Path) -> None:
    """Make of an exported detector one of before it heard of what is around."""
    model = onnx.load(str(path))
    (weight,) = [one for one in model.graph.initializer if one.name == "network.coarse_in.0.weight"]
    values = numpy_helper.to_array(weight)[:, : SMALL.stages[-1]]
    weight.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), weight.name))
    onnx.save(model, str(path))


def test_filters_of_length_one_learn_at_the_same_speed(tmp_path: Path) -> None:
    begun = Network()
    begin_from(begun, RELEASED, some_batches())
    for module in begun.modules():
        if isinstance(module, torch.nn.Conv2d) and module.bias is None:
            lengths = module.weight.flatten(1).norm(dim=1)
            assert ((lengths - 1).abs().lt(1e-4) | lengths.lt(1e-6)).all()


def test_a_detector_of_another_shape_is_refused_with_its_name() -> None:
    with pytest.raises(ValueError, match=r"shouwang_416\.onnx: stem\.0 is not as in this network"):
        begin_from(Network(SMALL), RELEASED, some_batches())


def test_what_is_no_onnx_file_is_told_with_what_to_name_instead() -> None:
    with pytest.raises(ValueError, match=r"shouwang_416\.yaml: is no ONNX file; name a released detector"):
        begin_from(Network(SMALL), RELEASED.with_suffix(".yaml"), some_batches())
