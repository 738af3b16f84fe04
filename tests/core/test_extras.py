"""Extras: whether their packages are there, and how to install them."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from ocr_studio.core import extras

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize("extra", extras.MODULES)
def test_the_extras_of_the_tests_are_installed(extra: str) -> None:
    assert extras.is_installed(extra)
    extras.require(extra)


def test_the_project_offers_all_extras() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(extras.MODULES) <= set(project["optional-dependencies"])


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.MODULES, "server", ("fastapi", "no_such_module"))
    assert not extras.is_installed("server")
    with pytest.raises(extras.ExtraMissing, match="no_such_module") as caught:
        extras.require("server")
    assert f'"{sys.executable}" -m pip install "{CHECKOUT}[server]"' in str(caught.value)
