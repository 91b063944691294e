"""A fresh laboratory for each test."""

from __future__ import annotations

import pytest

from tests.runtime.carriers.laboratory import Laboratory


@pytest.fixture
def lab() -> Laboratory:
    return Laboratory()
