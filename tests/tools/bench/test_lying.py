import numpy as np
import pytest

from tools.bench.lying import FALLS, fallen, filmed_falls

here = pytest.mark.skipif(not FALLS.is_dir(), reason=f"{FALLS} is not here: it holds filmed falls")


def test_every_fall_shows_who_lies_four_times_wider_than_high_and_within_the_picture() -> None:
    people = fallen()
    assert len({one.clip for one in people}) == 11
    assert len(people) == 44
    boxes = np.array([one.box for one in people])
    assert (boxes >= 0).all()
    assert (boxes <= 1).all()
    # Shares of pictures of 426 by 320 or 240 pixels.
    assert ((boxes[:, 2] - boxes[:, 0]) * 426 > (boxes[:, 3] - boxes[:, 1]) * 320).all()


@here
def test_each_box_has_its_picture_in_the_clip() -> None:
    labelled = filmed_falls()
    pictures = list(labelled.pictures())
    assert len(pictures) == labelled.count == 44
    assert [one.boxes[0].tolist() for one in pictures] == [list(one.box) for one in fallen()]
    assert {one.picture.width for one in pictures} == {426}
