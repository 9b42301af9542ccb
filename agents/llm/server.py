"""The embedded model's server, in a process of its own: ``python -m agents.llm.server --gguf PATH``.

It listens on a free loopback port, prints one JSON line {"url", "model", "key"} when it is ready, and serves
the OpenAI API to whoever holds the key until its standard input closes. A parent that dies in any way closes
that input, so the server never outlives it.
"""

import argparse
import json
import os
import secrets
import signal
import sys
import threading
from pathlib import Path

import xllamacpp


def main() -> int:
    """Serves until standard input closes; returns 2 if the model cannot be loaded."""
    options = _options()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Loading can take long and cannot be interrupted, so the watch starts before it.
    watch = threading.Thread(target=_exit_at_end_of_input, daemon=True)
    watch.start()
    key = secrets.token_urlsafe(24)
    try:
        server = xllamacpp.Server(_parameters(options, key))
    except RuntimeError as error:
        sys.stderr.write(f"cannot load {options.gguf}: {error}\n")
        return 2
    ready = {"url": f"{server.listening_address}/v1", "model": options.gguf.stem, "key": key}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    watch.join()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents.llm.server", description="Serve a GGUF model.")
    parser.add_argument("--gguf", type=Path, required=True, help="the model file")
    parser.add_argument("--slots", type=int, default=4, help="how many requests run at once")
    parser.add_argument("--context", type=int, default=2048, help="tokens of prompt and answer for each slot")
    return parser.parse_args()


def _parameters(options: argparse.Namespace, key: str) -> xllamacpp.CommonParams:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(options.gguf)
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    # A web page can reach loopback, and the server allows every origin: the key keeps it out.
    parameters.api_keys = [key]
    parameters.endpoint_slots = False
    parameters.n_parallel = options.slots
    parameters.n_ctx = options.context * options.slots
    # One core stays free: threads that spin on busy cores fall from 50 tokens a second to 1.
    threads = max(1, (os.cpu_count() or 1) - 1)
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.cache_ram_mib = 64
    parameters.ui = False
    parameters.offline = True
    parameters.verbosity = 0
    return parameters


def _exit_at_end_of_input() -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock would be held when the interpreter shuts down
        pass
    os._exit(0)  # the server holds no state, and its destructor would wait for running requests


if __name__ == "__main__":
    sys.exit(main())
