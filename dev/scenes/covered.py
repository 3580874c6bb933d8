"""Scenes in which something covers the face: a mask, a veil, sunglasses, the hair of a bent head."""

from PIL import Image, ImageDraw, ImageFilter

from dev.scenes.portrait import Portrait


def wear_mask(portrait: Portrait) -> Image.Image:
    """Draw a surgical mask from the nose to below the chin."""
    image, box = portrait.image.copy(), portrait.box
    _, _, (_, nose), *_ = portrait.face.landmarks
    left, right = box.left, box.left + box.width
    outline = [
        (left, nose - 0.1 * box.height),
        (left + 0.5 * box.width, nose - 0.15 * box.height),
        (right, nose - 0.1 * box.height),
        (right - 0.1 * box.width, portrait.chin - 0.1 * box.height),
        (left + 0.5 * box.width, portrait.chin + 0.05 * box.height),
        (left + 0.1 * box.width, portrait.chin - 0.1 * box.height),
    ]
    ImageDraw.Draw(image).polygon(outline, (150, 190, 215))
    return image


def wear_veil(portrait: Portrait) -> Image.Image:
    """Draw a black veil that leaves only the eyes free."""
    box = portrait.box
    mask = portrait.person_mask(blur=2)
    eyes = sum(y for _, y in portrait.face.landmarks[:2]) / 2
    ImageDraw.Draw(mask).rectangle(
        (
            box.left + 0.05 * box.width,
            eyes - 0.15 * box.height,
            box.left + 0.95 * box.width,
            eyes + 0.12 * box.height,
        ),
        "black",
    )
    cloth = Image.effect_noise(portrait.image.size, 12).point(lambda level: level // 5)
    return Image.composite(cloth.convert("RGB"), portrait.image, mask)


def wear_sunglasses(portrait: Portrait) -> Image.Image:
    """Draw dark glasses over both eyes."""
    image = portrait.image.copy()
    pen = ImageDraw.Draw(image)
    eyes = portrait.face.landmarks[:2]
    apart = max(abs(eyes[1][0] - eyes[0][0]), portrait.box.width // 4)
    for x, y in eyes:
        pen.rounded_rectangle(
            (x - 0.42 * apart, y - 0.25 * apart, x + 0.42 * apart, y + 0.35 * apart),
            0.2 * apart,
            (12, 12, 14),
        )
    pen.line([*eyes], (12, 12, 14), width=max(2, apart // 12))
    return image


def bend_head(portrait: Portrait) -> Image.Image:
    """Stretch the hair over the face, as a camera above a writing candidate shows it."""
    box, image = portrait.box, portrait.image
    left, right = round(box.left - 0.25 * box.width), round(box.left + 1.25 * box.width)
    hair = image.crop((left, round(box.top - 0.08 * box.height), right, round(box.top + 0.17 * box.height)))
    top, bottom = round(box.top - 0.3 * box.height), round(portrait.chin + 0.15 * box.height)
    bent = image.copy()
    bent.paste(hair.resize((right - left, bottom - top)).filter(ImageFilter.GaussianBlur(1)), (left, top))
    return Image.composite(bent, image, portrait.head_mask(blur=4))
