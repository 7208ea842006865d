"""A Chromium for the tests that open pages: the one that is there, else one that can be had."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
ON_MACOS = ("Google Chrome", "Chromium", "Microsoft Edge")
NONE = "No Chromium: install one (Debian: apt install chromium), or set CHROMIUM to its path"


def find_or_install() -> tuple[str, str]:
    """Return a browser's path and "", or "" and the reason why there is none."""
    if wanted := os.environ.get("CHROMIUM"):
        if shutil.which(wanted):
            return wanted, ""
        return "", f"CHROMIUM is {wanted}, which is no program"
    if found := _of_the_system() or _of_playwright():
        return found, ""
    print("There is no Chromium for the tests that open pages; trying to get one …", flush=True)
    if _succeeds(sys.executable, "-m", "playwright", "install", "chromium") and (found := _of_playwright()):
        return found, ""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        if (_succeeds(*install) or (_succeeds("apt-get", "update", "-qq") and _succeeds(*install))) and (
            found := _of_the_system()
        ):
            return found, ""
    return "", NONE


def _of_the_system() -> str:
    applications = (f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ON_MACOS)
    return next(filter(None, map(shutil.which, (*NAMES, *applications))), "")


def _of_playwright() -> str:
    """Return the path of the Chromium that Playwright downloaded earlier, or ""."""
    ask = (
        "from playwright.sync_api import sync_playwright as start\nwith start() as p: print(p.chromium.executable_path)"
    )
    path = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False).stdout.strip()
    return path if path and Path(path).exists() else ""


def _succeeds(*command: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return (
        subprocess.run(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        ).returncode
        == 0
    )
