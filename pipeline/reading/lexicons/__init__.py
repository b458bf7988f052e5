"""The lexicons of the package, read once at import: folders named after categories, files after languages."""

from importlib import resources
from typing import Final


def _read_files() -> dict[str, str]:
    return {
        f"{folder.name}/{file.name}": file.read_text(encoding="utf-8")
        for folder in resources.files(__name__).iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }


PACKAGED_FILES: Final = _read_files()
"""The text of each lexicon, by its path within this folder. Parsing takes a second for 5,000 patterns: a worker takes
what was compiled before, if their hash is the same."""
