"""What the browser tests need besides Python packages: a Chromium, and axe-core, which checks accessibility.

`python -m tests.browser.equipment` gets what is missing; `make test` runs it. Tests only look up where things are.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path

CHROMIUM_VARIABLE = "GLOWHOUSE_CHROMIUM"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "The browser tests need Chromium, and there is none. Install Debian's package `chromium` (or any Chromium or "
    f"Chrome) so that it is on the PATH, or name its program in {CHROMIUM_VARIABLE}."
)

AXE_VERSION = "4.14.1"
AXE_INTEGRITY = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
NPM_REGISTRY = "https://registry.npmjs.org"
# Beside the Python packages: `make clean` leaves it, and a new environment gets it anew.
AXE_FILE = Path(sys.prefix) / f"axe-core-{AXE_VERSION}.min.js"


class EquipmentError(Exception):
    """Something is missing and cannot be installed from here; the message says what to do."""


def chromium() -> Path:
    """The browser's program.

    Raises:
        EquipmentError: there is none.
    """
    named = os.environ.get(CHROMIUM_VARIABLE)
    names = (named,) if named else CHROMIUM_NAMES
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        raise EquipmentError(f"{CHROMIUM_VARIABLE} names no program: {named!r}." if named else ADVICE)
    return Path(found)


def install_chromium() -> None:
    """Installs Debian's package if there is no browser yet.

    Raises:
        EquipmentError: it cannot be installed from here.
    """
    try:
        chromium()
    except EquipmentError:
        if os.environ.get(CHROMIUM_VARIABLE) or not (shutil.which("apt-get") and _may_install()):
            raise
        print("Installing Chromium for the browser tests (a minute or two) …", flush=True)
        as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            result = subprocess.run(
                [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", *arguments],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if result.returncode:
                raise EquipmentError(f"{ADVICE}\napt-get {arguments[0]} said: {result.stderr[-2000:]}") from None
        chromium()


def fetch_axe() -> None:
    """Puts axe-core into the environment, as published and nothing else.

    Raises:
        EquipmentError: it cannot be fetched, or is not what was pinned.
    """
    if AXE_FILE.is_file():
        return
    print(f"Fetching axe-core {AXE_VERSION} for the accessibility tests …", flush=True)
    registry = os.environ.get("NPM_CONFIG_REGISTRY", NPM_REGISTRY).rstrip("/")
    address = f"{registry}/axe-core/-/axe-core-{AXE_VERSION}.tgz"
    try:
        with urllib.request.urlopen(address, timeout=120) as answer:
            package = answer.read()
    except OSError as error:
        raise EquipmentError(f"axe-core could not be fetched from {address}: {error}") from error
    store_axe(package, AXE_FILE)


def store_axe(package: bytes, file: Path) -> None:
    """Takes the one script out of the package.

    Raises:
        EquipmentError: the package is not the pinned one.
    """
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(package).digest()).decode()
    if integrity != AXE_INTEGRITY:
        raise EquipmentError(f"axe-core {AXE_VERSION}: expected {AXE_INTEGRITY}, got {integrity}. Nothing was kept.")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_bytes(script.read())
    unfinished.replace(file)


def _may_install() -> bool:
    return os.geteuid() == 0 or (
        shutil.which("sudo") is not None
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    )


if __name__ == "__main__":
    try:
        install_chromium()
        fetch_axe()
    except EquipmentError as error:
        sys.exit(str(error))
