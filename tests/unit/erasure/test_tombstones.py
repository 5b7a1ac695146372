"""What keeps an erased customer out, and gives nobody away."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glowhouse.erasure import tombstones
from glowhouse.erasure.errors import ErasureError
from glowhouse.erasure.identifiers import Identifiers, Kind
from glowhouse.erasure.tombstones import Tombstones

KEY = b"a key of thirty-two bytes or more"
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(lambda text: text.strip())


def tombs(kind: Kind, *values: str, key: bytes = KEY) -> Tombstones:
    return Tombstones(key).with_also(Identifiers().with_also(kind, frozenset(values)))


@given(st.sampled_from(Kind), st.sampled_from(Kind), texts, texts)
def test_a_tombstone_covers_its_own_identifier_and_no_other(one: Kind, other: Kind, value: str, another: str) -> None:
    buried = tombs(one, value)
    assert buried.covers(one, f"  {value} ")
    same = one is other and Identifiers().with_also(one, frozenset({value})).covers(other, another)
    assert buried.covers(other, another) == same


@given(texts)
def test_without_the_key_it_says_nothing(value: str) -> None:
    one, other = tombs(Kind.EMAIL, value), tombs(Kind.EMAIL, value, key=KEY[::-1])
    assert one.digests.isdisjoint(other.digests)
    assert all(len(digest) == 64 and value not in digest for digest in one.digests if len(value) > 2)
    assert KEY.decode() not in repr(one)


@given(texts, texts)
def test_what_is_taken_back_is_let_in_again_and_nothing_else(stays: str, goes: str) -> None:
    kept, lifted = (Identifiers().with_also(Kind.CUSTOMER, frozenset({value})) for value in (stays, goes))
    left = Tombstones(KEY).with_also(kept).with_also(lifted).without(lifted)
    assert not left.covers(Kind.CUSTOMER, goes)
    assert left.covers(Kind.CUSTOMER, stays) == (stays.strip() != goes.strip())


def test_an_address_counts_in_any_case_an_id_does_not() -> None:
    assert tombs(Kind.EMAIL, "Anna@Example.com").covers(Kind.EMAIL, "anna@example.COM ")
    assert not tombs(Kind.CUSTOMER, "C1").covers(Kind.CUSTOMER, "c1")


def buried(folder: Path) -> Tombstones:
    made = tombstones.load_or_new(folder).with_also(Identifiers().with_also(Kind.CUSTOMER, frozenset({"c4711"})))
    tombstones.save(made, folder)
    return made


def test_they_are_kept_with_a_key_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    assert tombstones.load(tmp_path) is None
    made = buried(tmp_path)
    assert tombstones.load(tmp_path) == made
    files = sorted(path.name for path in (tmp_path / "erasure").iterdir())
    assert files == ["key", "tombstones.json"]
    assert stat.S_IMODE((tmp_path / "erasure" / "key").stat().st_mode) == 0o600
    assert "c4711" not in (tmp_path / "erasure" / "tombstones.json").read_text()


def test_the_key_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tombstones.KEY_VARIABLE, KEY.decode())
    buried(tmp_path)
    assert not (tmp_path / "erasure" / "key").exists()
    monkeypatch.setenv(tombstones.KEY_VARIABLE, "short")
    with pytest.raises(ErasureError, match="at least 32 bytes"):
        tombstones.load(tmp_path)


def test_without_the_right_key_nothing_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buried(tmp_path)
    monkeypatch.setenv(tombstones.KEY_VARIABLE, KEY.decode())
    with pytest.raises(ErasureError, match="another key than the one in GLOWHOUSE_ERASURE_KEY"):
        tombstones.load(tmp_path)
    monkeypatch.delenv(tombstones.KEY_VARIABLE)
    (tmp_path / "erasure" / "key").unlink()
    with pytest.raises(ErasureError, match="there is no key to tell who"):
        tombstones.load(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", '{"format": 1}', json.dumps({"format": 1, "key_check": "x"})])
def test_damaged_tombstones_stop_a_build(tmp_path: Path, content: str) -> None:
    buried(tmp_path)
    (tmp_path / "erasure" / "tombstones.json").write_text(content)
    with pytest.raises(ErasureError, match="damaged"):
        tombstones.load(tmp_path)
