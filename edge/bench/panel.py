"""Lines of text on a panel beside the picture: what the gate, the detector and each rule say of this frame.

OpenCV's letters are Latin; what people named in other scripts is shown by its kind or number.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH = 400
LINE, TOP, LEFT = 16, 18, 10
"""Pixels."""
FONT, SIZE = cv2.FONT_HERSHEY_SIMPLEX, 0.4
GROUND, BAR_GROUND, BAR, BAR_FULL = (28, 24, 20), (44, 38, 32), (92, 72, 40), (40, 40, 110)
PLAIN, DIM, HEAD, BAD = (225, 225, 225), (140, 140, 140), (230, 190, 90), (130, 130, 255)
"""BGR."""
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `share` 0..1 draws a bar behind it: how near it is."""

    text: str
    colour: Colour = PLAIN
    share: float | None = None
    indent: int = 0


def draw_panel(lines: list[Line], height: int) -> NDArray[np.uint8]:
    """A panel of `WIDTH` and a height; lines that do not fit are counted in the last one."""
    panel = np.full((height, WIDTH, 3), GROUND, np.uint8)
    room = (height - TOP) // LINE
    if len(lines) > room:
        lines = [*lines[: room - 1], Line(f"and {len(lines) - room + 1} more lines", DIM)]
    for number, line in enumerate(lines):
        x, y = LEFT + 12 * line.indent, TOP + LINE * number
        if line.share is not None:
            start, end = x - 4, WIDTH - LEFT
            reached = start + round((end - start) * min(1.0, max(0.0, line.share)))
            cv2.rectangle(panel, (start, y - 11), (end, y + 3), BAR_GROUND, -1)
            cv2.rectangle(panel, (start, y - 11), (reached, y + 3), BAR_FULL if line.colour == BAD else BAR, -1)
        cv2.putText(panel, _fitting(line.text, WIDTH - x - 6), (x, y), FONT, SIZE, line.colour, 1, cv2.LINE_AA)
    return panel


def latin(text: str) -> str:
    """As OpenCV can write it: quotes become plain ones, other scripts a tilde."""
    plain = text.translate(str.maketrans("«»“”’–·", '""""\'--'))
    return "".join(letter if " " <= letter <= "~" else "~" for letter in plain)


def _fitting(text: str, width: int) -> str:
    """As much of a text as fits."""
    text = latin(text)
    if _width(text) <= width:
        return text
    while text and _width(f"{text}..") > width:
        text = text[:-1]
    return f"{text}.."


def _width(text: str) -> int:
    return int(cv2.getTextSize(text, FONT, SIZE, 1)[0][0])
