"""The browser tests bring what they need, and take nothing else than that."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.browser import equipment


def test_the_browser_named_in_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = shutil.which("sh")
    assert shell
    monkeypatch.setenv("GLOWHOUSE_CHROMIUM", shell)
    assert equipment.chromium() == Path(shell)


def test_a_browser_that_is_named_and_not_there_is_never_replaced_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOWHOUSE_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(equipment.EquipmentError, match="/nowhere/chromium"):
        equipment.install_chromium()


def test_without_a_browser_and_without_the_right_to_install_one_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GLOWHOUSE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(equipment.EquipmentError, match="Install Debian's package `chromium`"):
        equipment.install_chromium()


def test_a_package_that_is_not_the_pinned_one_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(equipment.EquipmentError, match="Nothing was kept"):
        equipment.store_axe(b"another package", tmp_path / "axe.min.js")
    assert not list(tmp_path.iterdir())
