import ts from "typescript";
import { expect, it } from "vitest";

// A name or a title may be Arabic or Hebrew. In a sentence it needs a <bdi>, or the browser would reorder the words and
// numbers around it. Text for screen readers only has no visual order.
const NAME_IN_SENTENCE = /(?:(?<!className="unseen")>|\n)\s*\{`[^`]*\$\{[\w.]*\b(name|title)\}/;

it("isolates names and titles within sentences", () => {
  const files = ts.sys.readDirectory("src", [".tsx"]);
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => NAME_IN_SENTENCE.test(ts.sys.readFile(file) ?? ""))).toEqual([]);
});
