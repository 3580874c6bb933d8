import { expect, it } from "vitest";
import { loadFile, MissingFileError } from "./loadFile";

it("retries once to load a chunk", async () => {
  let tries = 0;
  async function load() {
    tries += 1;
    if (tries === 1) throw new TypeError("Failed to fetch dynamically imported module");
    return "loaded";
  }
  expect(await loadFile(load, 1)).toBe("loaded");
});

it("throws MissingFileError when the retry fails", async () => {
  const load = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
  await expect(loadFile(load, 1)).rejects.toThrow(MissingFileError);
});
