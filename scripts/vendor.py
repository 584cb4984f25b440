"""Front-end files of others: fetched once, checked against the published checksum, kept here.

`python scripts/vendor.py` fetches what `vendor.toml` names (needs npm); `--check` compares what is
here with MANIFEST.json and needs no network.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIST = Path(__file__).parent / "vendor.toml"
MANIFEST = ROOT / "static" / "vendor" / "MANIFEST.json"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fetch(package: str, version: str, integrity: str) -> dict[str, bytes]:
    """The files of one package, by path; stops when the checksum is not the published one."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        data = next(Path(folder).glob("*.tgz")).read_bytes()
        found = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
        if found != integrity:
            sys.exit(f"{package} {version} has {found}, not {integrity}. Do not use it.")
        archive = Path(folder) / "package.tgz"
        archive.write_bytes(data)
        with tarfile.open(archive) as tar:
            files = {}
            for member in tar.getmembers():
                opened = tar.extractfile(member)
                if opened is not None:
                    files[member.name.removeprefix("package/")] = opened.read()
            return files


def sprite(files: dict[str, bytes], icons: list[str]) -> bytes:
    """The chosen lucide icons as symbols of one SVG."""
    symbols = []
    for icon in icons:
        text = files[f"icons/{icon}.svg"].decode()
        inside = re.search(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
        assert inside, icon
        body = " ".join(inside[1].split())
        symbols.append(f'<symbol id="{icon}" viewBox="0 0 24 24">{body}</symbol>')
    style = 'fill="none" stroke="currentColor" stroke-width="2"'
    joined = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {style}>\n{joined}\n</svg>\n'.encode()


def vendor() -> None:
    manifest = []
    for entry in tomllib.loads(LIST.read_text())["package"]:
        files = fetch(entry["name"], entry["version"], entry["integrity"])
        folder = ROOT / entry["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        kept = {Path(path).name: files[path] for path in entry["files"]}
        if "icons" in entry:
            kept["sprite.svg"] = sprite(files, entry["icons"])
        for name, data in kept.items():
            (folder / name).write_bytes(data)
            manifest.append(
                {
                    "file": f"{entry['folder']}/{name}",
                    "package": entry["name"],
                    "version": entry["version"],
                    "licence": entry["licence"],
                    "sha256": sha256(data),
                }
            )
    MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n")


def troubles() -> list[str]:
    """What differs from the manifest, a sentence each."""
    found = []
    for line in json.loads(MANIFEST.read_text()):
        path = ROOT / line["file"]
        if not path.exists():
            found.append(f"{line['file']} is missing. Run: python scripts/vendor.py")
        elif sha256(path.read_bytes()) != line["sha256"]:
            found.append(f"{line['file']} was changed. Run: python scripts/vendor.py")
    return found


if __name__ == "__main__":
    if "--check" not in sys.argv:
        vendor()
    for trouble in troubles():
        print(trouble)
    sys.exit(bool(troubles()))
