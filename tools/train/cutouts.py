"""People cut out of their pictures, to be laid into others (Ghiasi et al. 2021, *Simple Copy-Paste*).

A few thousand pictures show few meetings and few backgrounds; so everybody may stand before everything. Where somebody
ends and what is behind him begins is told by GrabCut (Rother et al. 2004), from the labelled box alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.boxes import iou
from tools.train.augment import Labelled, Pixels, Targets
from tools.train.labels import BAG, PERSON, around

LEAST_PX = 40
"""Whoever is lower is a smudge, of which nothing can be cut out."""
ALONE = 0.1
"""Overlap with any other thing up to which a person stands alone."""
MARGIN = 0.25
"""How much of the background is looked at, in shares of the box, to each side."""
ROUNDS = 3
COVERS = (0.3, 0.85)
"""How much of his box somebody covers; less or more is a cut gone wrong."""
FITS = 0.75
"""Overlap with the labelled box that what is cut out must have."""
HIDDEN = 0.6
"""Of what is covered more than this by somebody laid over it nothing is asked."""
SHARE, MOST = 0.35, 3
"""How often somebody is laid over a picture, and how many at most."""
SIZES = (24.0, 0.75)
"""Of his longer side: the least in pixels, and the largest as a share of the paper's height."""
LARGER = 1.4
"""How much larger than he was filmed somebody may be made."""
LYING = 0.2
"""How often somebody is laid down: turned by a right angle."""
DECOYS = 0.8
"""How often a thing that is nobody is laid beside somebody; else whatever has such a border is taken for somebody."""
DECOY_SIZES = (20.0, 0.6)
"""Of its sides: the least in pixels, and the largest as a share of the paper's shorter one."""
TRIES = 20
"""How many pieces are looked at for one that shows something, of which nothing is labelled."""
PLAIN = 4.0
"""Spread of brightness up to which a piece shows nothing: bare paper, sky."""


@dataclass(frozen=True, slots=True)
class CutOut:
    """Somebody (H, W, 3) RGB, and how much of each pixel he is (H, W), 0..255."""

    rgb: Pixels
    cover: NDArray[np.uint8]


def cut_outs(picture: Labelled) -> Iterator[CutOut]:
    """Everybody who stands alone in a picture and can be cut out of it."""
    height, width = picture.rgb.shape[:2]
    wanted = picture.targets[:, 5] > 0
    targets = picture.targets[wanted | (picture.targets[:, 4] == PERSON)]
    boxes = targets[:, :4] * ((width, height) * 2)
    for number in np.flatnonzero((targets[:, 4] == PERSON) & (targets[:, 5] > 0)):
        box = boxes[number]
        inside = (box > 1).all() and box[2] < width - 1 and box[3] < height - 1
        others = np.delete(boxes, number, axis=0)
        alone = not len(others) or iou(box[None], others).max() <= ALONE
        if inside and alone and box[3] - box[1] >= LEAST_PX:
            found = cut_out(picture.rgb, box)
            if found is not None:
                yield found


def cut_out(rgb: Pixels, box: NDArray[np.float32]) -> CutOut | None:
    """Whoever is in a box (x1, y1, x2, y2 in pixels), or None where he cannot be told from what is behind him."""
    x1, y1, x2, y2 = np.round(box).astype(int).tolist()
    aside, above = round(MARGIN * (x2 - x1)), round(MARGIN * (y2 - y1))
    left, top = max(0, x1 - aside), max(0, y1 - above)
    seen = np.ascontiguousarray(rgb[top : y2 + above, left : x2 + aside])
    mask = np.zeros(seen.shape[:2], np.uint8)
    within = (x1 - left, y1 - top, x2 - x1, y2 - y1)
    cv2.setRNGSeed(1)
    cv2.grabCut(seen, mask, within, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_RECT)
    there = _largest(((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8))
    covered = there.sum() / (within[2] * within[3])
    x, y, wide, high = cv2.boundingRect(there)
    found = np.array([(x, y, x + wide, y + high)], np.float32)
    wanted = np.array([(within[0], within[1], within[0] + within[2], within[1] + within[3])], np.float32)
    if not COVERS[0] <= covered <= COVERS[1] or iou(found, wanted)[0, 0] < FITS:
        return None
    soft = cv2.GaussianBlur(there * np.uint8(255), (3, 3), 0)
    window = np.s_[y : y + high, x : x + wide]
    return CutOut(seen[window].copy(), np.asarray(soft[window], np.uint8))


def _largest(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The largest piece of a mask."""
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return mask
    return np.asarray(pieces == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()), np.uint8)


def peopled(paper: Pixels, targets: Targets, people: Sequence[CutOut], chance: np.random.Generator) -> Targets:
    """Now and then lay some of `people` over the paper; the targets as they are then."""
    if people and chance.random() < SHARE:
        for _ in range(int(chance.integers(1, MOST + 1))):
            if chance.random() < DECOYS:
                targets = with_decoy(paper, targets, chance)
            targets = laid_over(paper, targets, people[int(chance.integers(len(people)))], chance)
    return targets


def laid_over(paper: Pixels, targets: Targets, somebody: CutOut, chance: np.random.Generator) -> Targets:
    """Lay somebody over the paper, anywhere, in any size, now and then lying; the targets as they are then."""
    rgb, cover = _as_he_comes(somebody, paper.shape[0], paper.shape[1], chance)
    hidden, box = _covered(paper, targets, CutOut(rgb, cover), chance)
    rows = [(*box, PERSON, 1.0), (*around(box), BAG, 0.0)]  # what he carries comes along unlabelled
    return np.concatenate([hidden, np.array(rows, np.float32)])


def with_decoy(paper: Pixels, targets: Targets, chance: np.random.Generator) -> Targets:
    """Lay a piece of the paper, in which nothing is labelled, elsewhere on it; the targets as they are then."""
    for _ in range(TRIES):
        wide, high = (_decoy_side(min(paper.shape[:2]), chance) for _ in range(2))
        left, top = int(chance.integers(paper.shape[1] - wide + 1)), int(chance.integers(paper.shape[0] - high + 1))
        piece = paper[top : top + high, left : left + wide]
        if not _anything_in(targets, (left, top, left + wide, top + high)) and piece.std() > PLAIN:
            rgb = np.clip(piece * chance.uniform(0.5, 1.5), 0, 255).astype(np.uint8)
            return _covered(paper, targets, CutOut(rgb, _pebble(wide, high, chance)), chance)[0]
    return targets


def _decoy_side(shorter: int, chance: np.random.Generator) -> int:
    return int(np.exp(chance.uniform(np.log(DECOY_SIZES[0]), np.log(DECOY_SIZES[1] * shorter))))


def _anything_in(targets: Targets, window: tuple[int, int, int, int]) -> bool:
    """Whether something is or may be in a window; bags may be nearly everywhere, and do not count."""
    left, top, right, bottom = window
    there = targets[(targets[:, 5] > 0) | (targets[:, 4] != BAG)]
    return bool(((there[:, :2] < (right, bottom)) & (there[:, 2:4] > (left, top))).all(1).any())


def _pebble(wide: int, high: int, chance: np.random.Generator) -> NDArray[np.uint8]:
    """A shape with corners, round or not (H, W) 0..255, with a border as soft as theirs who are cut out."""
    corners = int(chance.integers(3, 13))
    angles = np.sort(chance.uniform(0, 2 * np.pi, corners))
    reach = chance.uniform(0.6, 1.0, corners)[:, None] * (wide / 2 - 1, high / 2 - 1)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach + (wide / 2, high / 2)
    mask = np.zeros((high, wide), np.uint8)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255.0)
    return np.asarray(cv2.GaussianBlur(mask, (3, 3), 0), np.uint8)


def _covered(
    paper: Pixels, targets: Targets, laid: CutOut, chance: np.random.Generator
) -> tuple[Targets, tuple[int, int, int, int]]:
    """Lay a cut-out anywhere over the paper; the targets (whoever it hides is not asked for) and its box."""
    high, wide = laid.cover.shape
    left = int(chance.integers(paper.shape[1] - wide + 1))
    top = int(chance.integers(paper.shape[0] - high + 1))
    window = paper[top : top + high, left : left + wide]
    share = laid.cover[..., None].astype(np.float32) / 255
    window[:] = np.round(laid.rgb * share + window * (1 - share)).astype(np.uint8)
    hidden = targets.copy()
    for row in hidden:
        if row[5] > 0 and _hidden(row[:4] - (left, top, left, top), laid.cover) > HIDDEN:
            row[5] = 0.0
    return hidden, (left, top, left + wide, top + high)


def _as_he_comes(
    somebody: CutOut, paper_high: int, paper_wide: int, chance: np.random.Generator
) -> tuple[Pixels, NDArray[np.uint8]]:
    """Mirrored, laid down or not, in a size that fits the paper."""
    rgb, cover = somebody.rgb, somebody.cover
    if chance.random() < 0.5:
        rgb, cover = rgb[:, ::-1], cover[:, ::-1]
    if chance.random() < LYING:
        rgb, cover = np.rot90(rgb), np.rot90(cover)
    longest = max(cover.shape)
    largest = min(SIZES[1] * paper_high, LARGER * longest)
    scale = float(np.exp(chance.uniform(np.log(min(SIZES[0], largest)), np.log(largest)))) / longest
    scale = min(scale, paper_wide / cover.shape[1], paper_high / cover.shape[0])
    size = (max(4, int(cover.shape[1] * scale)), max(4, int(cover.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=way)
    return np.asarray(small, np.uint8), np.asarray(cv2.resize(np.ascontiguousarray(cover), size, interpolation=way))


def _hidden(box: NDArray[np.float32], cover: NDArray[np.uint8]) -> float:
    """How much of a box (in the cover's pixels) is covered, 0..1."""
    x1, y1, x2, y2 = np.round(box).astype(int).tolist()
    over = cover[max(0, y1) : max(0, y2), max(0, x1) : max(0, x2)]
    return float(over.sum()) / 255 / max(1, (x2 - x1) * (y2 - y1))
