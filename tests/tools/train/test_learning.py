"""What needs torch runs where the training environment is: `make test-train`."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is in the training environment: make test-train")

from tools.footage.kept_stills import KEPT  # noqa: E402
from tools.footage.stills import SET_SIZE  # noqa: E402
from tools.train.assignment import assign, pairwise_iou  # noqa: E402
from tools.train.blend import blended  # noqa: E402
from tools.train.cutouts import CutOut  # noqa: E402
from tools.train.export import export, folded  # noqa: E402
from tools.train.feed import Plan, batch_of, batches, kept_in_memory, larger  # noqa: E402
from tools.train.loop import State, step  # noqa: E402
from tools.train.loss import Truth, complete_iou, loss_of, punished  # noqa: E402
from tools.train.network import Network, Shape, cells, edges_of  # noqa: E402
from tools.train.recipe import Course  # noqa: E402
from tools.train.samples import Sample  # noqa: E402
from tools.train.sources import stills  # noqa: E402

torch.set_num_threads(1)  # networks this small gain nothing from two, and wait for each other on a busy machine

SMALL = Shape(stem=8, stages=(8, 16, 16, 16), depth=(0, 1, 1, 1), scales=(16, 16, 16), classes=3)
SMALL_NINE = Shape(stem=8, stages=(8, 16, 16, 16), depth=(0, 1, 1, 1), scales=(16, 16, 16))


NO_BOXES = np.zeros((0, 6), np.float32)


def truth(*rows: tuple[float, float, float, float, int, int]) -> Truth:
    return batch_of([np.zeros((64, 96, 3), np.uint8)], [np.array(rows, np.float32).reshape(-1, 6)]).truth


def test_the_network_says_something_of_every_cell_of_three_scales() -> None:
    raw = Network(SMALL)(torch.zeros(2, 3, 64, 96))
    assert raw.shape == (2, 4 + 3, 8 * 12 + 4 * 6 + 2 * 3)
    middles, strides = cells(64, 96)
    assert middles[:, 0].tolist() == [4, 4]
    assert middles[:, -1].tolist() == [80, 48]
    assert strides.unique().tolist() == [8, 16, 32]


def test_boxes_lie_about_their_cells() -> None:
    middles, strides = cells(64, 96)
    low, high = edges_of(torch.zeros(1, 4, len(strides)), middles, strides)
    assert torch.allclose((low + high) / 2, middles)


def test_cells_are_given_to_the_thing_they_lie_in_even_to_a_tiny_one() -> None:
    middles, strides = cells(64, 96)
    boxes = torch.cat(edges_of(torch.zeros(1, 4, len(strides)), middles, strides), 1).transpose(1, 2)
    there = truth((10, 10, 50, 40, 1, 1), (70, 20, 73, 23, 2, 1))
    found = assign(
        torch.full((1, len(strides), 3), 0.1), boxes, middles.T, strides, there.things, there.classes, there.real
    )
    for thing, (x1, y1, x2, y2) in enumerate(there.things[0].tolist()):
        mine = middles.T[(found.taken & (found.thing == thing))[0]]
        assert 1 <= len(mine) <= 10
        reach = 8 if thing else 0
        assert ((mine[:, 0] > x1 - reach) & (mine[:, 0] < x2 + reach)).all()
        assert ((mine[:, 1] > y1 - reach) & (mine[:, 1] < y2 + reach)).all()


def test_a_perfect_network_has_no_loss_in_its_boxes_and_a_moved_box_has() -> None:
    a = torch.tensor([[0.0, 0, 10, 20]])
    assert complete_iou(a, a).item() == pytest.approx(1)
    assert complete_iou(a, a + 3).item() < complete_iou(a, a + 1).item() < 1
    assert complete_iou(a, a + 100).item() < 0


def test_overlap_of_many_boxes_is_that_of_each_pair() -> None:
    a = torch.tensor([[[0.0, 0, 10, 10], [0, 0, 1, 1]]])
    b = torch.tensor([[[5.0, 0, 15, 10]]])
    assert pairwise_iou(a, b)[0, :, 0].tolist() == pytest.approx([1 / 3, 0])


def test_nothing_is_punished_in_an_ignored_box_but_for_other_classes() -> None:
    middles, strides = cells(64, 96)
    weight = punished(torch.zeros(1, len(strides), 3), middles, truth((0, 0, 48, 64, 1, 0)))
    left = middles[0] <= 48
    assert (weight[0, left, 1] == 0).all()
    assert (weight[0, ~left] == 1).all()
    assert (weight[0, :, [0, 2]] == 1).all()
    every = punished(torch.zeros(1, len(strides), 3), middles, truth((0, 0, 48, 64, -1, 0)))
    assert (every[0, left] == 0).all()


def test_learning_one_picture_lowers_the_loss() -> None:
    state = State.fresh(Course(), SMALL)
    rgb = np.zeros((64, 96, 3), np.uint8)
    rgb[20:50, 30:60] = 255
    batch = batch_of([rgb] * 4, [np.array([(30, 20, 60, 50, 1, 1)], np.float32)] * 4)
    losses = []
    for _ in range(40):
        loss = step(state.network, batch, torch.device("cpu"))
        state.optimizer.zero_grad()
        loss.total.backward()
        state.optimizer.step()
        losses.append(loss.total.item())
    assert losses[-1] < 0.5 * losses[0]


def test_a_checkpoint_brings_everything_back(tmp_path: Path) -> None:
    state = State.fresh(Course(), SMALL)
    state.done, state.times = 7, 2
    with torch.no_grad():
        state.network.stem[0].weight.add_(1)
    state.blend()
    state.save(tmp_path / "a.pt")
    again = State.fresh(Course(seed=2), SMALL)
    again.load(tmp_path / "a.pt")
    assert (again.done, again.times) == (7, 2)
    for name in ("network", "average"):
        for one, other in zip(
            getattr(state, name).state_dict().values(), getattr(again, name).state_dict().values(), strict=True
        ):
            assert torch.equal(one, other)


@pytest.mark.parametrize("size", [(64, 96), (96, 64), (32, 128)])
def test_one_exported_file_says_what_the_network_says_of_pictures_of_any_shape(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    network = Network(SMALL)
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(4, 3, 64, 96))  # so that batch normalisation has something to fold
    network.eval()
    picture = torch.rand(1, 3, *size)
    middles, strides = cells(*size)
    raw = network(picture)
    boxes = torch.cat(edges_of(raw[:, :4], middles, strides), 1)[0].T.detach().numpy()
    export(folded(network), tmp_path / "a.onnx")
    after = onnxruntime.InferenceSession(str(tmp_path / "a.onnx")).run(None, {"images": picture.numpy()})[0][0]
    middle, half = after[:2].T, after[2:4].T / 2
    assert np.abs(np.concatenate([middle - half, middle + half], 1) - boxes).max() < 1e-3
    assert np.abs(after[4:] - raw[0, 4:].detach().sigmoid().numpy()).max() < 1e-4


def test_padding_is_no_thing() -> None:
    middles, strides = cells(64, 96)
    raw = Network(SMALL)(torch.rand(2, 3, 64, 96))
    rows = np.array([(10, 10, 50, 40, 1, 1)], np.float32)
    pictures = [np.zeros((64, 96, 3), np.uint8)] * 2
    alone = loss_of(raw, middles, strides, batch_of(pictures, [rows, rows[:0]]).truth)
    padded = loss_of(raw, middles, strides, batch_of(pictures, [rows, np.zeros((0, 6), np.float32)]).truth)
    assert alone.total.item() == pytest.approx(padded.total.item())


def test_the_rate_rises_stays_and_falls() -> None:
    course = Course(pictures=32_000, warm=10)
    rates = [course.rate_at(number) for number in range(course.batches)]
    assert rates[0] < rates[5] < rates[20] == rates[500] == course.rate
    assert rates[-1] < 0.02 * course.rate


def test_rendered_stills_are_learned_from() -> None:
    samples = [sample for sample in stills(KEPT, SET_SIZE, held=False) if sample.boxes][:16]
    plan = Plan(samples, [1.0] * len(samples), batch=8, seed=1, small_until=10_000, mixed_until=10_000, augment=False)
    state = State.fresh(Course(), SMALL_NINE)
    losses = []
    for batch in batches(plan, 0, 60, workers=0):
        loss = step(state.network, batch, torch.device("cpu"))
        state.optimizer.zero_grad()
        loss.total.backward()
        state.optimizer.step()
        losses.append(loss.total.item())
    assert sum(losses[-4:]) < 0.75 * sum(losses[:4])


def test_pictures_kept_in_memory_make_the_same_batches_as_pictures_read_each_time() -> None:
    samples = [sample for sample in stills(KEPT, SET_SIZE, held=False) if sample.boxes][:4]
    plan = Plan(samples, [1.0] * len(samples), batch=4, seed=3, small_until=0, mixed_until=10)
    kept = replace(plan, kept=kept_in_memory(samples))
    for one, other in zip(batches(plan, 0, 3, workers=0), batches(kept, 0, 3, workers=0), strict=True):
        assert torch.equal(one.pictures, other.pictures)
        assert torch.equal(one.truth.things, other.truth.things)


def test_pictures_shown_twice_as_large_hold_the_same_things_twice_as_large() -> None:
    samples = [sample for sample in stills(KEPT, SET_SIZE, held=False) if sample.boxes][:4]
    plan = Plan(samples, [1.0] * len(samples), batch=4, seed=3, small_until=0, mixed_until=0, augment=False)
    (one,), (twice,) = batches(plan, 0, 1, 0), batches(replace(plan, sizes=larger(2)), 0, 1, 0)
    assert [side // 2 for side in twice.pictures.shape[2:]] == list(one.pictures.shape[2:])
    assert torch.allclose(twice.truth.things, 2 * one.truth.things, atol=2)


def test_a_blend_lies_between_two_networks_and_measures_normalisation_anew() -> None:
    pictures = batch_of([np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)] * 4, [NO_BOXES] * 4)
    torch.manual_seed(1)
    one, other = Network(SMALL), Network(SMALL)
    mixed = blended(one, other, 0.25, [pictures])
    for mine, first, second in zip(mixed.parameters(), one.parameters(), other.parameters(), strict=True):
        assert torch.allclose(mine, 0.75 * first + 0.25 * second, atol=1e-6)
    with torch.no_grad():
        stem = mixed.stem[0](pictures.pictures.float() / 255)
    assert torch.allclose(mixed.stem[1].running_mean, stem.mean((0, 2, 3)), atol=1e-4)


def test_people_are_laid_over_mixed_pictures_and_not_over_plain_ones(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "empty.png"), np.full((200, 300, 3), 90, np.uint8))
    somebody = CutOut(np.full((80, 30, 3), 200, np.uint8), np.full((80, 30), 255, np.uint8))
    empty = Sample(str(tmp_path / "empty.png"))
    plan = Plan([empty], [1.0], 16, 1, small_until=0, mixed_until=1, people=[somebody])
    mixed, plain = batches(plan, 0, 2, workers=0)
    assert mixed.truth.real.any()
    assert not plain.truth.real.any()
