"""Releases of the past, whole: what `glowhouse rollback` puts back and `glowhouse diff` compares.

Each lies in `releases/<release id>`: the serving store, the Parquet file, the model package, and a manifest with their
checksums. They are copies, not links: what damages a live file must not reach its copy. A release is put into the
archive after it is published; if a build is killed between the two, the next one makes up for it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from glowhouse.database_file import sync
from glowhouse.errors import GlowhouseError
from glowhouse.release_files import ARCHIVE_FOLDER, PACKAGES_FOLDER, PARQUET_FILE, RELEASE_TABLE, SERVING_FILE
from glowhouse.unfinished import remove, sweep, unfinished

MANIFEST_FILE: Final = "manifest.json"
#: How many releases are kept, the live one included.
KEPT_RELEASES: Final = 5


_RELEASE: Final = f"select release_id, model_id from {RELEASE_TABLE}"


class ArchiveError(GlowhouseError):
    """A release is not in the archive, or it is damaged; the message says which."""


@dataclass(frozen=True)
class ArchivedRelease:
    """A release in the archive.

    Attributes:
        model_run_id: the run that made it; None where its recommendations do not say.
        archived_at: wall clock (UTC).
        files: SHA-256 by path relative to `folder`.
    """

    folder: Path
    release_id: str
    model_run_id: str | None
    archived_at: datetime
    files: Mapping[str, str]

    def check(self) -> None:
        """Make sure that every file is as it was archived.

        Raises:
            ArchiveError: naming the first one that is not.
        """
        for name, checksum in self.files.items():
            path = self.folder / name
            if not path.is_file() or sha256(path) != checksum:
                raise ArchiveError(f"{path} is missing or damaged: release {self.release_id} cannot be restored.")


def archive(folder: Path, kept: int = KEPT_RELEASES) -> None:
    """Copy the live release into the archive, unless it is there, and remove the oldest ones beyond `kept`."""
    if not (folder / SERVING_FILE).is_file():
        return
    releases = folder / ARCHIVE_FOLDER
    releases.mkdir(exist_ok=True)
    sweep(releases)
    live = _live(folder)
    if live is None or live.files == next(
        (old.files for old in archived(folder) if old.release_id == live.release_id), None
    ):
        return
    place, new = live.folder, unfinished(live.folder)
    for name in live.files:
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, new / name)
        sync(new / name)
    (new / MANIFEST_FILE).write_text(_manifest(live))
    sync(new / MANIFEST_FILE)
    # The same recommendations were published before, with other tables beside them: the later release counts.
    remove(place)
    new.rename(place)
    sync(releases)
    for old in archived(folder)[:-kept]:
        remove(old.folder)


def archived(folder: Path) -> list[ArchivedRelease]:
    """The releases in the archive, the oldest first; those whose manifest cannot be read are left out."""
    found = (_read(path) for path in (folder / ARCHIVE_FOLDER).glob("rel_*"))
    return sorted(filter(None, found), key=lambda release: (release.archived_at, release.release_id))


def find(folder: Path, release_id: str) -> ArchivedRelease:
    """The release of this id.

    Raises:
        ArchiveError: it is not in the archive; names those that are.
    """
    releases = archived(folder)
    for release in releases:
        if release.release_id == release_id:
            return release
    known = ", ".join(release.release_id for release in releases) or "none"
    raise ArchiveError(f"There is no release {release_id} in {folder / ARCHIVE_FOLDER}; there are: {known}.")


def before_the_live_one(folder: Path) -> ArchivedRelease:
    """The latest release that is older than the live one.

    Raises:
        ArchiveError: there is none.
    """
    releases = archived(folder)
    live = sha256(folder / SERVING_FILE) if (folder / SERVING_FILE).is_file() else None
    places = [place for place, release in enumerate(releases) if release.files.get(SERVING_FILE) == live]
    # A live release that is not in the archive is newer than all that are.
    older = releases[: places[0]] if places else releases
    if not older:
        raise ArchiveError(f"There is no release before the live one in {folder / ARCHIVE_FOLDER}.")
    return older[-1]


def released_models(folder: Path) -> list[Path]:
    """The model packages of the live release and of the archive, the newest first."""
    places = (PACKAGES_FOLDER, f"{ARCHIVE_FOLDER}/rel_*/{PACKAGES_FOLDER}")
    found = [path for place in places for path in folder.glob(f"{place}/mdl_*")]
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path), reverse=True)


def restore(release: ArchivedRelease, folder: Path, decide: Callable[[], None] = lambda: None) -> None:
    """Put a release back, byte for byte. Readers see the live release or this one, never a mixture and never an error.

    Args:
        decide: is called when nothing but renaming is left to do.

    Raises:
        ArchiveError: the release is damaged; the live one stays.
    """
    sweep(folder)
    release.check()
    for name in {Path(name).parent for name in release.files} - {Path()}:
        if not _is_same(folder / name, release.folder / name):
            _copy_package(release.folder / name, folder / name)
    copies = {folder / name: unfinished(folder / name) for name in (SERVING_FILE, PARQUET_FILE)}
    try:
        for place, copy in copies.items():
            shutil.copyfile(release.folder / place.name, copy)
            sync(copy)
        decide()
        (folder / f"{SERVING_FILE}.wal").unlink(missing_ok=True)
        for place, copy in copies.items():
            copy.replace(place)
        sync(folder)
    finally:
        for copy in copies.values():
            remove(copy)


def seal(release: ArchivedRelease) -> ArchivedRelease:
    """State the checksums of an archived release as its files are now, after they were changed on purpose.

    Raises:
        ArchiveError: it cannot be read.
    """
    # In the archive a release lies as it does where it is live.
    found = _live(release.folder)
    if found is None:
        raise ArchiveError(f"{release.folder / SERVING_FILE} cannot be read.")
    sealed = replace(release, files=found.files)
    new = unfinished(release.folder / MANIFEST_FILE)
    new.write_text(_manifest(sealed))
    sync(new)
    new.replace(release.folder / MANIFEST_FILE)
    sync(release.folder)
    return sealed


def sha256(path: Path) -> str:
    """Of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _live(folder: Path) -> ArchivedRelease | None:
    """The live release as it would be archived; None if it does not say which it is, as those of earlier versions."""
    try:
        with duckdb.connect(str(folder / SERVING_FILE), read_only=True) as connection:
            ((release_id, model_id),) = connection.execute(_RELEASE).fetchall()
            names = [name for name, *_ in connection.execute("describe recommendations").fetchall()]
            run = "any_value(model_run_id)" if "model_run_id" in names else "any_value(null)"
            ((run_id,),) = connection.execute(f"select {run} from recommendations").fetchall()
    except duckdb.Error:
        return None
    package = folder / PACKAGES_FOLDER / str(model_id)
    paths = [folder / SERVING_FILE, folder / PARQUET_FILE, *sorted(package.glob("*"))]
    files = {path.relative_to(folder).as_posix(): sha256(path) for path in paths if path.is_file()}
    now = datetime.now(UTC).replace(tzinfo=None)
    return ArchivedRelease(folder / ARCHIVE_FOLDER / release_id, release_id, run_id, now, files)


def _manifest(release: ArchivedRelease) -> str:
    content = {
        "release_id": release.release_id,
        "model_run_id": release.model_run_id,
        "archived_at": release.archived_at.isoformat(),
        "files": dict(release.files),
    }
    return json.dumps(content, indent=1)


def _read(folder: Path) -> ArchivedRelease | None:
    try:
        content = json.loads((folder / MANIFEST_FILE).read_bytes())
        return ArchivedRelease(
            folder,
            content["release_id"],
            content["model_run_id"],
            datetime.fromisoformat(content["archived_at"]),
            content["files"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_same(place: Path, source: Path) -> bool:
    names = sorted(path.name for path in source.iterdir())
    return place.is_dir() and all(
        (place / name).is_file() and sha256(place / name) == sha256(source / name) for name in names
    )


def _copy_package(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    new = unfinished(place)
    remove(new)
    shutil.copytree(source, new)
    # A package in place is never changed; one that is not the same is damaged, and of no use to anybody.
    remove(place)
    new.rename(place)
