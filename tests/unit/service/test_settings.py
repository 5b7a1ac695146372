"""What would open customers to anybody does not start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from glowhouse.service.app import Options
from glowhouse.service.settings import SettingsError, options_of
from tests.unit.service.conftest import KEY

KEYS = {"GLOWHOUSE_API_KEYS": f"{KEY['X-API-Key']} , another-key-of-the-shop"}


def options(
    folder: Path, environment: dict[str, str], *, host: str = "127.0.0.1", demo: bool = False, shop: Path | None = None
) -> Options:
    release = shop.parent if shop else folder
    return options_of(environment, host=host, is_demo=demo, moment=None, release=release, landing=folder / "landing")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "shop.example"])
def test_beyond_this_machine_keys_are_compulsory_and_there_is_no_demo(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match="needs API keys"):
        options(tmp_path, {}, host=host)
    with pytest.raises(SettingsError, match="this machine only"):
        options(tmp_path, KEYS, host=host, demo=True)
    assert len(options(tmp_path, KEYS, host=host).api_keys) == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_on_this_machine_only_its_own_names_are_answered_to(tmp_path: Path, host: str) -> None:
    assert "shop.example" not in options(tmp_path, {}, host=host).hosts != ("*",)


@pytest.mark.parametrize("weak", [{"GLOWHOUSE_API_KEYS": "short"}, {"GLOWHOUSE_SECRET": "short"}])
def test_what_can_be_guessed_is_no_key(tmp_path: Path, weak: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="at least"):
        options(tmp_path, weak)


def test_a_secret_is_made_once_and_kept_where_nobody_else_reads_it(tmp_path: Path) -> None:
    made = options(tmp_path, {}).secret

    assert len(made) >= 32
    assert options(tmp_path, {}).secret == made
    assert (tmp_path / "landing" / ".secret").stat().st_mode & 0o777 == 0o600
    (tmp_path / "landing" / ".secret").write_bytes(b"")
    with pytest.raises(SettingsError, match="cut short"):
        options(tmp_path, {})


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    assert KEY["X-API-Key"] not in repr(options(tmp_path, KEYS))


def test_a_demo_begins_when_its_release_was_made(shop: Path, tmp_path: Path) -> None:
    clock = options(tmp_path, {}, demo=True, shop=shop).clock

    assert timedelta(0) <= clock() - datetime(2026, 1, 1) < timedelta(minutes=1)


def test_a_clock_may_be_set_with_a_zone(tmp_path: Path) -> None:
    noon_in_paris = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    clock = options_of(
        {}, host="localhost", is_demo=False, moment=noon_in_paris, release=tmp_path, landing=tmp_path
    ).clock

    assert timedelta(0) <= clock().replace(tzinfo=UTC) - noon_in_paris < timedelta(minutes=1)
