"""Scenes with another light, camera or background."""

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from dev.scenes.portrait import Portrait

SCREEN_LIGHT = (150, 175, 255)


def stand_against_light(portrait: Portrait) -> Image.Image:
    """Darken the person, and wash out everything behind."""
    image = portrait.image
    bright = Image.blend(image, Image.new("RGB", image.size, "white"), 0.75)
    dark = ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(0.3)).enhance(0.8)
    return Image.composite(dark, bright, portrait.person_mask(blur=12))


def sit_in_the_dark(portrait: Portrait) -> Image.Image:
    """Leave only the bluish light of a screen on the face, and a camera's noise."""
    image = portrait.image
    light = Image.composite(
        Image.new("RGB", image.size, SCREEN_LIGHT),
        Image.new("RGB", image.size, (20, 24, 34)),
        portrait.person_mask(blur=portrait.box.height / 3).point(lambda level: level // 2),
    )
    noise = Image.effect_noise(image.size, 14).convert("RGB")
    return ImageChops.add(ImageChops.multiply(image, light), noise, offset=-128)


def replace_background(portrait: Portrait, room: Image.Image) -> Image.Image:
    """Cut the person out, with the uneven edge of a video client, and put a room behind."""
    edge = portrait.person_mask(blur=6).point(lambda level: 255 if level > 127 else 0)
    return Image.composite(
        portrait.image, ImageOps.fit(room, portrait.image.size), edge.filter(ImageFilter.GaussianBlur(2))
    )


def film_wide(portrait: Portrait) -> Image.Image:
    """Return a frame of 16:9 that shows a part of the picture."""
    return ImageOps.fit(portrait.image, (1280, 720), centering=portrait.centre)


def film_upright(portrait: Portrait) -> Image.Image:
    """Return the frame of a phone held upright, around the face."""
    return ImageOps.fit(portrait.image, (480, 640), centering=portrait.centre)
