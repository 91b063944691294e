"""Who has told the daemons something stands in every log, by name where there is one."""

from __future__ import annotations

import getpass
import os

import pytest

from trunkline.cli.commanding import operator_name


@pytest.mark.parametrize("trouble", [KeyError("uid not found"), OSError("no name")])
def test_a_user_without_a_name_goes_by_the_number(
    trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_name() -> str:
        raise trouble

    monkeypatch.setattr(getpass, "getuser", no_name)

    assert operator_name() == f"uid {os.getuid()}"
