"""Scenes with another face that is no person, and with a body alone."""

from PIL import Image, ImageEnhance, ImageOps

from dev.scenes.portrait import SIZE, Corner, Portrait

MIN_BODY = 0.5
"""A body must show this many face heights below the chin."""


def hang_mirror(portrait: Portrait) -> Image.Image:
    """Show the candidate again in a mirror behind."""
    glass = ImageOps.mirror(portrait.crop_around_face(2))
    glass = ImageEnhance.Brightness(_scaled(glass, portrait, 1.2)).enhance(0.85)
    return _hung(portrait, ImageOps.expand(glass, 6, (120, 110, 95)))


def hang_poster(portrait: Portrait, other: Portrait) -> Image.Image:
    """Hang a print of another face on the wall."""
    sheet = ImageEnhance.Color(_scaled(other.crop_around_face(1.8), portrait, 1.2)).enhance(0.5)
    return _hung(portrait, ImageOps.expand(sheet, 5, (235, 232, 225)))


def hold_phone(portrait: Portrait, other: Portrait) -> Image.Image:
    """Hold a phone into the picture that shows another face."""
    screen = _scaled(other.crop_around_face(2.2, ratio=0.56), portrait, 1.1)
    phone = ImageOps.expand(ImageEnhance.Brightness(screen).enhance(1.15), 7, (15, 15, 17))
    return _hung(portrait, phone, portrait.free_corner(phone.size, bottom=True))


def add_screen(portrait: Portrait, other: Portrait) -> Image.Image:
    """Put a second screen behind that shows another person."""
    screen = ImageEnhance.Brightness(_scaled(other.crop_around_face(2.4, ratio=1.33), portrait, 1.3))
    return _hung(portrait, ImageOps.expand(screen.enhance(1.1), 12, (20, 20, 22)))


def show_body(portrait: Portrait) -> Image.Image | None:
    """Show only what is below the chin; None if that is too little."""
    width, height = SIZE
    top = portrait.chin + round(0.15 * portrait.box.height)
    if height - top < MIN_BODY * portrait.box.height:
        return None
    half = min((height - top) * width / height / 2, width / 2)
    middle = min(max(portrait.box.left + portrait.box.width / 2, half), width - half)
    return portrait.image.crop((round(middle - half), top, round(middle + half), height)).resize(SIZE)


def _scaled(crop: Image.Image, portrait: Portrait, height: float) -> Image.Image:
    """Scale to `height` times the candidate's face, but at most half the frame."""
    pixels = round(min(height * portrait.box.height, SIZE[1] / 2))
    return crop.resize((round(crop.width * pixels / crop.height), pixels), Image.Resampling.LANCZOS)


def _hung(portrait: Portrait, thing: Image.Image, corner: Corner | None = None) -> Image.Image:
    image = portrait.image.copy()
    image.paste(thing, corner or portrait.free_corner(thing.size))
    return image
