from tools.train.labels import BAG, LABELS, PERSON
from tools.train.samples import Sample

ONE, OTHER = (0.1, 0.1, 0.2, 0.4), (0.5, 0.5, 0.6, 0.6)


def test_who_learns_one_class_alone_is_told_nothing_of_the_others() -> None:
    sample = Sample("a.jpg", (ONE, OTHER), (PERSON, BAG), silent=(BAG,)).only(PERSON)
    assert sample.boxes == (ONE,)
    assert sample.classes == (PERSON,)
    assert set(sample.silent) == set(range(len(LABELS))) - {PERSON}


def test_a_picture_that_is_silent_about_that_class_stays_so() -> None:
    assert set(Sample("a.jpg", (ONE,), (PERSON,), silent=(PERSON,)).only(PERSON).silent) == set(range(len(LABELS)))
