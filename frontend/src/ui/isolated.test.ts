import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

// A name or a title may be Arabic or Hebrew. Within a sentence of ours it stands in a <bdi>, or the browser would
// reorder the words and numbers around it. What is only heard has no order to lose.
const NAME_IN_SENTENCE = /(?:(?<!className="unseen")>|\n)\s*\{`[^`]*\$\{[\w.]*\b(name|title)\}/;

it("isolates names and titles within sentences", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".tsx"),
  );
  expect(files.length).toBeGreaterThan(50);
  const found = files.filter((file) => NAME_IN_SENTENCE.test(readFileSync(join("src", file), "utf8")));
  expect(found).toEqual([]);
});
