"""The shared state in the configuration, and the secrets that never stand there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runtime.errors import ConfigError
from tests.trunkline.sharing.fleet import pilot
from trunkline.config import Config
from trunkline.config.secrets import secret
from trunkline.engine.shared_state import lag_of, namespace_of


def config(tmp_path: Path, **state: Any) -> Config:
    (tmp_path / "contacts.csv").write_text("id,phone\n")
    return Config.from_dict({**pilot(), "state": state}, folder=tmp_path)


def test_without_a_table_no_state_is_shared(tmp_path: Path) -> None:
    assert Config.from_dict(pilot(), folder=tmp_path).state is None


def test_an_address_with_a_password_is_refused_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"state\.url: .*TRUNKLINE_STATE_PASSWORD"):
        config(tmp_path, url="redis://:secret@localhost")


def test_what_is_no_redis_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"state\.url: .*redis\+cluster"):
        config(tmp_path, url="http://localhost")


def test_daemons_of_the_same_tenants_share_unless_they_name_something_else(tmp_path: Path) -> None:
    assert namespace_of(config(tmp_path, url="redis://localhost")) == "acme"
    assert namespace_of(config(tmp_path, url="redis://localhost", namespace="dialers")) == "dialers"


def test_where_masters_are_replaced_they_may_answer_for_a_while_yet(tmp_path: Path) -> None:
    one, many = (config(tmp_path, url=url).state for url in ("redis://a", "redis+cluster://a,b"))
    assert one is not None
    assert many is not None
    assert (lag_of(one), lag_of(many)) == (0.0, 10.0)


def test_a_secret_comes_from_a_variable_or_from_the_file_that_one_names(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from a file\n")
    at_file = {"PASSWORD_FILE": str(tmp_path / "password")}
    assert secret("PASSWORD", {"PASSWORD": "plain"}) == "plain"
    assert secret("PASSWORD", at_file) == "from a file"
    assert secret("PASSWORD", {}) is None
    with pytest.raises(ConfigError, match="both set"):
        secret("PASSWORD", {"PASSWORD": "plain", **at_file})


def test_a_secrets_file_that_cannot_be_read_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        secret("PASSWORD", {"PASSWORD_FILE": str(tmp_path / "nowhere")})
