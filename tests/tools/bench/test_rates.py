from tools.bench.rates import result

ROWS = [
    {"kind": kind, "name": name, "rate": rate, "scores": {"mota": 50.0, "idf1": 60.0, "hota": hota}}
    for kind, name, rate, hota in (
        ("filmed", "TUD-Campus", 25.0, 40.0),
        ("filmed", "TUD-Campus", 5.0, 30.0),
        ("filmed", "Venice-2", 25.0, 20.0),
        ("rendered", "crowd", 5.0, 70.0),
    )
]


def test_means_are_taken_over_the_sequences_that_have_all_rates_of_their_kind() -> None:
    figures = {figure.name: figure.value for figure in result(ROWS).figures}
    assert figures == {
        "mean HOTA, filmed people, 25 pictures a second": 40.0,
        "mean HOTA, filmed people, 5 pictures a second": 30.0,
        "mean HOTA, rendered people, 5 pictures a second": 70.0,
    }


def test_a_rate_that_a_sequence_does_not_have_is_left_empty() -> None:
    filmed = result(ROWS).tables[0]
    assert filmed.rows == (("TUD-Campus", "50.0/60.0/40.0", "50.0/60.0/30.0"), ("Venice-2", "50.0/60.0/20.0", "–"))
