import os, pytest, structlog
from simulation.network import Weather

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
A,B=map(int,os.environ["RANGE"].split("-"))
LIES=float(os.environ.get("LIES","0"))
@pytest.mark.parametrize("seed", range(A,B))
def test_storm(fresh, tmp_path, seed):
    fresh.play(seed, tmp_path, Weather(errors=0.05, lies=LIES, forks=0.1, amnesia=0.05, deaths=1.0))
