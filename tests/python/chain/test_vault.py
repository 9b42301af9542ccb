import json

import pytest

from agents.chain.vault import Vault
from agents.errors import WrongPassword


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "seed.json", tmp_path / "password")


def test_load_gives_nothing_when_there_is_no_file(vault):
    assert vault.load(None) is None


def test_file_has_one_length_whatever_it_holds(vault, tmp_path):
    sizes = set()
    for secret in (b"short", b"a much longer secret " * 5):
        vault.save(secret, "password")
        assert vault.load("password") == secret
        sizes.add((tmp_path / "seed.json").stat().st_size)
    assert len(sizes) == 1


@pytest.mark.parametrize("field", ["salt", "nonce", "tag", "encrypted", "n"])
def test_load_refuses_a_file_that_was_altered(vault, tmp_path, field):
    vault.save(b"secret", "password")
    path = tmp_path / "seed.json"
    kept = json.loads(path.read_text())
    kept[field] = 2**14 if field == "n" else "AAAA" + kept[field][4:]
    path.write_text(json.dumps(kept))
    with pytest.raises(WrongPassword):
        vault.load("password")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"n": 1e99}', '{"n": 99999999999}', "not json"])
def test_load_refuses_a_file_that_is_none_of_ours(vault, tmp_path, text):
    (tmp_path / "seed.json").write_text(text)
    with pytest.raises(WrongPassword):
        vault.load("password")
