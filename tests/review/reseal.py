"""Make a changed assembly again one whose templates are what is deployed."""

import hashlib
import json
from pathlib import Path


def reseal(folder: Path) -> None:
    """Publish each template under the SHA-256 of what it says now."""
    files = [folder / "manifest.json", *folder.glob("*.assets.json")]
    for old, name in _templates(files[1:]).items():
        new = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for file in files:
            file.write_text(file.read_text().replace(old, new))


def _templates(manifests: list[Path]) -> dict[str, str]:
    """Files of templates by the hash under which they were published."""
    return {
        hash_: entry["source"]["path"]
        for manifest in manifests
        for hash_, entry in json.loads(manifest.read_text())["files"].items()
        if entry["source"]["path"].endswith(".template.json")
    }
