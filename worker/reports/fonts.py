"""Fonts for names in any script. Each is loaded only if the text needs it: the Chinese one takes a second."""

import re
from importlib.resources import files
from typing import NamedTuple

from fpdf import FPDF

SANS = "sans"


_SANS_FILE = "fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf"


class _Fallback(NamedTuple):
    characters: str
    """A regular expression for one that needs the font."""
    file: tuple[str, str]
    """Its package, and the path in it."""


_FALLBACKS = {
    "arabic": _Fallback(
        "[\u0600-\u08ff\ufb50-\ufdff]",
        ("fontpkg_noto_sans_arabic", "files/NotoSansArabic[wdth,wght].ttf"),
    ),
    "devanagari": _Fallback(
        "[\u0900-\u097f]", ("fontpkg_noto_sans_devanagari", "files/NotoSansDevanagari[wdth,wght].ttf")
    ),
    "thai": _Fallback("[\u0e00-\u0e7f]", ("fontpkg_noto_sans_thai", "files/NotoSansThai[wdth,wght].ttf")),
    "cjk": _Fallback(
        "[\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff]", ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf")
    ),
}


def add_fonts(pdf: FPDF, text: str) -> None:
    """Add the fonts that `text` needs, and shape text, so that letters join and marks combine.

    There is only the regular weight: computing another from a variable font takes seconds.
    """
    pdf.add_font(SANS, "", _path(*_SANS_FILE))
    needed = [name for name, fallback in _FALLBACKS.items() if re.search(fallback.characters, text)]
    for name in needed:
        pdf.add_font(name, "", _path(*_FALLBACKS[name].file))
    pdf.set_fallback_fonts(needed)
    pdf.set_text_shaping(use_shaping_engine=True)


def _path(package: str, path: str) -> str:
    return str(files(package).joinpath(path))
