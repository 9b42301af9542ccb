"""The file of AGORA_MODELS: what it may say, and which field is named where it says something else."""

from pathlib import Path
from typing import Any

import pytest

from agents.errors import BadSetting, UpstreamsMalformed
from agents.llm.upstreams.choice import model_name
from agents.llm.upstreams.config import endpoints
from agents.llm.weights import SMOLLM2_NAME
from agents.settings import Settings


def written(folder: Path, text: str) -> Path:
    path = folder / "models.yaml"
    path.write_text(text)
    return path


def test_all_that_an_endpoint_can_say(tmp_path: Path) -> None:
    first, second, third = endpoints(
        written(
            tmp_path,
            """
            upstreams:
              - {url: "https://a.example/v1", key: A_KEY, models: {big: big-2026, small: small-1}, concurrency: 4,
                 calls_per_minute: 60, tokens_per_minute: 1000, timeout: 30, tools: schema}
              - {litellm: true, models: {claude: anthropic/claude-x}}
              - {embedded: true}
            """,
        )
    )
    assert (first.url, first.models) == ("https://a.example/v1", {"big": "big-2026", "small": "small-1"})
    assert (first.concurrency, first.calls_per_minute, first.tokens_per_minute) == (4, 60, 1000)
    assert (first.timeout, first.tools) == (30, "schema")
    assert second.litellm
    assert third.embedded
    assert endpoints(None) == ()
    assert endpoints(written(tmp_path, "models: {}")) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", r"is not YAML \(line 1\)"),
        ("- a", "holds no sections"),
        ("upstreams: {}", None),
        ("upstreams: 3", "upstreams: Input should be a valid list"),
        ("upstreams: [{url: 'ftp://x/', models: [m]}]", "upstreams: 1: url: must begin with http"),
        (
            "upstreams: [{embedded: true}, {url: 'http://x/', models: [m], speed: 3}]",
            "upstreams: 2: speed: Extra",
        ),
        ("upstreams: [{url: 'http://x/'}]", "upstreams: 1: must name its models"),
        ("upstreams: [{url: 'http://x/', litellm: true, models: [m]}]", "must have one of url"),
        ("upstreams: [{models: [m]}]", "must have one of url"),
        ("upstreams: [{embedded: true, key: K}]", "is embedded"),
        (
            "upstreams: [{url: 'http://x/', models: [m], concurrency: 0}]",
            "1: concurrency: Input should be greater",
        ),
        ("upstreams: [{url: 'http://x/', models: [m], timeout: -1}]", "timeout"),
        (
            "upstreams: [{url: 'http://x/', models: [m], tools: none}]",
            "tools: Input should be 'native' or 'schema'",
        ),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, says: str | None) -> None:
    path = written(tmp_path, text)
    if says is None:
        assert endpoints(path) == ()
        return
    with pytest.raises(UpstreamsMalformed, match=says) as caught:
        endpoints(path)
    assert "mend the file" in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UpstreamsMalformed, match="cannot be read"):
        endpoints(tmp_path / "gone")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(UpstreamsMalformed, match="is not UTF-8"):
        endpoints(tmp_path / "bytes")


def test_the_model_of_a_file_is_its_first_or_the_one_that_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "upstreams: [{embedded: true}, {url: 'http://x/', models: [m, n]}]")

    def named(**values: Any) -> str:
        blank = {"openai_api_key": None, "openai_base_url": None, "model": None, "gguf": None}
        return model_name(Settings(_env_file=None, **{**blank, "models": path, **values}))

    assert named() == SMOLLM2_NAME
    assert named(model="n") == "n"
    with pytest.raises(
        BadSetting, match=r"AGORA_MODEL is no model of AGORA_MODELS: that has SmolLM2.*, m, n"
    ):
        named(model="o")
    for both in ({"openai_base_url": "http://x/"}, {"gguf": Path("x")}):
        with pytest.raises(BadSetting, match="AGORA_MODELS names upstreams"):
            named(**both)
