"""Settings: where values come from, what is refused, and what never shows."""

import re
from pathlib import Path

import pytest

from agents.errors import BadSetting
from agents.settings import Settings

NAMES = [field.validation_alias for field in Settings.model_fields.values()]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_without_any_setting() -> None:
    settings = Settings()
    assert settings.openai_api_key is None
    assert settings.model is None
    assert settings.gguf is None
    assert settings.provider == "http://127.0.0.1:8545"
    assert settings.content == str(settings.home / "content")
    assert settings.addresses == Path(__file__).parents[2] / "contract_addresses.json"
    assert settings.log_level == "INFO"


def test_values_come_from_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AGORA_MODEL=some-model\nAGORA_HOME=/somewhere\nUNRELATED=1\n")
    settings = Settings()
    assert settings.model == "some-model"
    assert settings.content == "/somewhere/content"


def test_environment_wins_over_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("AGORA_MODEL=from-file\n")
    monkeypatch.setenv("AGORA_MODEL", "from-environment")
    assert Settings().model == "from-environment"


@pytest.mark.parametrize("name", NAMES)
def test_empty_string_counts_as_unset(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unset = Settings()
    monkeypatch.setenv(name, "")
    assert Settings() == unset


def test_arguments_by_field_name(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).content == str(tmp_path / "content")
    assert Settings(home=tmp_path, content="memory://x").content == "memory://x"


def test_tilde_means_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGORA_GGUF", "~/model.gguf")
    assert Settings().gguf == Path.home() / "model.gguf"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AGORA_LOG_LEVEL", "loud-s3cret", "'DEBUG', 'INFO'"),
        ("OPENAI_BASE_URL", "s3cret-host/v1", "http://"),
        ("AGORA_PROVIDER", "ftp://s3cret", "http://"),
        ("AGORA_PROVIDER", "http://[s3cret", "http://"),
        ("AGORA_HOME", "~no-such-user-s3cret/x", "home folder"),
    ],
)
def test_bad_value_names_variable_only(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as caught:
        Settings()
    assert str(caught.value).startswith(name)
    assert says in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_env_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"AGORA_MODEL=\xff\xfe\x00")
    with pytest.raises(BadSetting, match=r"^\.env is not UTF-8"):
        Settings()


def test_log_level_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGORA_LOG_LEVEL", "debug")
    assert Settings().log_level == "DEBUG"


def test_repr_hides_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-s3cret")
    monkeypatch.setenv("AGORA_PASSWORD", "s3cret")
    monkeypatch.setenv("AGORA_PROVIDER", "https://node/v3/s3cret")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://user:s3cret@host/v1")
    assert "s3cret" not in repr(Settings()) + str(Settings())


def test_env_example_explains_every_setting_and_sets_none() -> None:
    lines = (Path(__file__).parents[2] / ".env.example").read_text().splitlines()
    names = [line for line in lines if re.match(r"[A-Z_]+=", line)]
    assert sorted(names) == sorted(f"{name}=" for name in NAMES)
    for name in names:
        assert lines[lines.index(name) - 1].startswith("# "), f"{name} has no comment"
