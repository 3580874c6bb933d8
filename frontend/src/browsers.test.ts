import ts from "typescript";
import { expect, it } from "vitest";
import readme from "../../README.md?raw";
import fallback from "../public/assets/fallback.js?raw";
import config from "../vite.config.ts?raw";

// Not imported: Vitest gives no text for CSS.
const sources = ts.sys
  .readDirectory("src", [".ts", ".tsx", ".css"])
  .filter((file) => !file.endsWith(".test.ts"))
  .map((file): [string, string] => [file, ts.sys.readFile(file) ?? ""]);

/** Web APIs that the oldest supported browsers lack. `lib` in tsconfig.json covers the language itself. */
const NEWER = [
  /\bAbortSignal\.any\b/,
  /\bURL\.(parse|canParse)\b/,
  /\bIntl\.(Segmenter|DurationFormat)\b/,
  /\b(requestIdleCallback|requestVideoFrameCallback|startViewTransition|checkVisibility)\b/,
  /\b(wakeLock|userActivation|scheduler\.|ImageCapture|MediaStreamTrackProcessor)\b/,
  /\b(showPopover|togglePopover|popoverTarget|moveBefore|setHTMLUnsafe|closedBy|requestClose)\b/,
  /\b(isWellFormed|toWellFormed|fromBase64|toBase64|withResolvers|groupBy|fromAsync)\b/,
  /:has\(|light-dark\(|@scope|@starting-style|field-sizing|anchor-name|^\s*&/m,
];

it("uses no API that a supported browser lacks", () => {
  expect(sources.length).toBeGreaterThan(80);
  const found = sources.flatMap(([file, text]) =>
    NEWER.flatMap((pattern) => pattern.exec(text)?.[0] ?? []).map((word) => `${file}: ${word.trim()}`),
  );
  expect(found).toEqual([]);
});

it("lists the same browsers everywhere", () => {
  const targets = [...config.matchAll(/"(chrome|firefox|safari)([\d.]+)"/g)];
  expect(targets.map(([, name]) => name)).toEqual(["chrome", "firefox", "safari"]);
  for (const [, name = "", version = ""] of targets) {
    const stated = new RegExp(`${name}[^,;.]{0,12} ${version.replace(".", "\\.")}\\b`, "i");
    expect(readme).toMatch(stated);
    expect(fallback).toMatch(stated);
  }
});
