const SIDE = 16;
const COLOURS = ["#ff0000", "#00ff00", "#0000ff", "#ffffff"];
/** Mean difference per channel. Some browsers change a pixel by a step or two; noise differs by about 80. */
const MAX_DIFFERENCE = 24;

/**
 * Whether the page can read back what it draws.
 *
 * Firefox with `privacy.resistFingerprinting`, and some extensions, return noise instead, in which no face is found.
 */
export function canReadCanvas(): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d");
  if (!context) return false;
  const half = SIDE / 2;
  COLOURS.forEach((colour, index) => {
    context.fillStyle = colour;
    context.fillRect((index % 2) * half, Math.floor(index / 2) * half, half, half);
  });
  return isPattern(context.getImageData(0, 0, SIDE, SIDE).data);
}

function isPattern(pixels: Uint8ClampedArray): boolean {
  let difference = 0;
  for (let index = 0; index < SIDE * SIDE; index++) {
    const quadrant = (index % SIDE < SIDE / 2 ? 0 : 1) + (index < (SIDE * SIDE) / 2 ? 0 : 2);
    const colour = Number.parseInt(COLOURS[quadrant]?.slice(1) ?? "", 16);
    for (const [channel, shift] of [16, 8, 0].entries()) {
      difference += Math.abs((pixels[4 * index + channel] ?? 0) - ((colour >> shift) & 255));
    }
  }
  return difference / (3 * SIDE * SIDE) <= MAX_DIFFERENCE;
}
