"""The benches of the gateway, played in small: they still run, and count what they say."""

from bench.gateway import cassette, memory, overhead, signing, throughput


def test_charges_and_calls_are_counted():
    charged = signing.run({10: 50})["charges, 10 at a time"]
    carried = throughput.run({10: 50})["10"]
    assert charged["calls"] == carried["calls"] == 50


def test_a_cassette_is_played_as_it_was_recorded():
    figures = cassette.run({10: 50})["10"]
    assert figures["recorded"]["calls"] == figures["replayed"]["calls"] == 50


def test_memory_is_read_with_and_without_channels():
    figures = memory.run(100, 2)
    assert figures["charged"]["MB"] >= figures["charged"]["enlisted MB"]
    assert figures["agents"] == 100


def test_straight_and_through_are_compared():
    figures = overhead.run({5: 20}, {100: 20}, rounds=1)
    assert set(figures) == {
        f"{way}, {kind}" for way in ("HTTP", "in process") for kind in ("5 at a time", "100 a second")
    }
    assert all(row["calls"] == 20 and row["p50 ms straight"] >= 50 for row in figures.values())
