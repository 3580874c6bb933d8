"""The files of this project that people read."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

FLAT = (".", "frontend")
"""Folders without their subfolders, where installed packages and builds are."""

DEEP = ("api", "deploy", "dev", "docs", "frontend/public", "frontend/src", "shared", "tests", "worker")
SUFFIXES = {".css", ".html", ".js", ".lua", ".md", ".py", ".sh", ".toml", ".ts", ".tsx", ".yaml", ".yml"}
GENERATED = {"frontend/src/api/schema.ts"}


def find_sources(*suffixes: str) -> list[Path]:
    """Return our own files with these suffixes (without any: of every kind), relative to the project."""
    found = [path for folder in FLAT for path in (ROOT / folder).glob("*")]
    found += [path for folder in DEEP for path in (ROOT / folder).rglob("*")]
    sources = {path.relative_to(ROOT) for path in found if path.suffix in (suffixes or SUFFIXES)}
    return sorted(path for path in sources if str(path) not in GENERATED)
