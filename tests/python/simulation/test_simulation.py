import os

import pytest

SEEDS = int(os.environ.get("AGORA_SIMULATION_SEEDS", "3"))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_s(fresh, tmp_path, seed):
    import time

    fresh.node.asked.clear()
    t = time.time()
    counts = fresh.play(seed, tmp_path)
    print(time.time() - t, counts, fresh.node.asked)
