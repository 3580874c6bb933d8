const SIDE = 16;
const COLOURS = ["#ff0000", "#00ff00", "#0000ff", "#ffffff"];
/** Some browsers change a pixel by a step or two, which harms nobody. Noise is off by some 80 on average. */
const MOST_DIFFERENCE = 24;

/**
 * Whether the page gets the pictures that it draws.
 *
 * Firefox with `privacy.resistFingerprinting`, and some extensions, hand out noise instead: nobody would be seen in it.
 */
export function canReadCanvas(): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const pen = canvas.getContext("2d");
  if (!pen) return false;
  const half = SIDE / 2;
  COLOURS.forEach((colour, index) => {
    pen.fillStyle = colour;
    pen.fillRect((index % 2) * half, Math.floor(index / 2) * half, half, half);
  });
  return isPattern(pen.getImageData(0, 0, SIDE, SIDE).data);
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
  return difference / (3 * SIDE * SIDE) <= MOST_DIFFERENCE;
}
