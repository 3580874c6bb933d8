/** Which way a key moves in a list that runs downwards: 1 to the next, -1 back, 0 for any other key. */
export function stepOf(key: string): -1 | 0 | 1 {
  switch (key) {
    case "ArrowDown":
    case "ArrowRight":
    case "j":
      return 1;
    case "ArrowUp":
    case "ArrowLeft":
    case "k":
      return -1;
    default:
      return 0;
  }
}
