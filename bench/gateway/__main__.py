"""All that is measured of the gateway; prints tables and writes bench/results/gateway.json."""

from bench.driver import drive

BENCHES = (
    "signing",
    "memory",
    "cassette",
    "throughput",
    "overhead",
    "chain",
)

if __name__ == "__main__":
    drive("gateway", BENCHES)
