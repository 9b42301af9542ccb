import os

import pytest

SEEDS = os.environ.get("AGORA_SIMULATION_SEEDS", "8")


def seeds():
    if "-" in SEEDS:
        a, b = SEEDS.split("-")
        return range(int(a), int(b))
    return range(int(SEEDS))


@pytest.mark.parametrize("seed", seeds())
def test_s(fresh, tmp_path, seed):
    import logging
    import time

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    fresh.node.asked.clear()
    t = time.time()
    c = time.process_time()
    counts = fresh.play(seed, tmp_path)
    print(
        round(time.time() - t, 2),
        round(time.process_time() - c, 2),
        {
            k: counts[k]
            for k in ("TaskCreated", "BidCommitted", "BidRevealed", "TaskAwarded", "forks", "shut down")
        },
        sum(fresh.node.asked.values()),
        fresh.node.posts,
    )
