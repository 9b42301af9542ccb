"""A newcomer beside a market on a node that mines at once."""

import pytest
import structlog
from newcomer import Newcomer


@pytest.fixture
async def newcomer(world, node, tmp_path, monkeypatch):
    monkeypatch.setenv("AGORA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AGORA_CONTENT", str(tmp_path / "content"))
    monkeypatch.setenv("AGORA_ADDRESSES", str(node.addresses))
    monkeypatch.setenv("AGORA_PROVIDER", node.url)
    monkeypatch.delenv("AGORA_LOG_LEVEL", raising=False)
    monkeypatch.chdir(tmp_path)
    yield Newcomer(tmp_path / "home")
    structlog.reset_defaults()
