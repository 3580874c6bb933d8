import ts from "typescript";
import { expect, it } from "vitest";

// Vite types every name in a CSS module as a string, so TypeScript does not notice a misspelt one.

const read = (file: string): string => ts.sys.readFile(file) ?? "";
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = ""]) => name);

const css = ts.sys.readDirectory("src", [".css"]);
const modules = css.filter((file) => file.endsWith(".module.css"));
const used = new Map(modules.map((file) => [file, new Set<string>()]));
for (const file of ts.sys.readDirectory("src", [".tsx"])) {
  const text = read(file);
  const imported = /import styles from "\.\/(.*\.module\.css)"/.exec(text)?.[1];
  if (!imported) continue;
  const names = used.get(file.slice(0, file.lastIndexOf("/") + 1) + imported);
  for (const name of matches(text, /\bstyles\.(\w+)/g)) names?.add(name);
}

it.each(modules)("%s defines the classes that its component uses", (file) => {
  const rules = read(file).replaceAll(/:global\([^)]*\)|composes:.*;/g, "");
  const defined = new Set(matches(rules, /\.([a-zA-Z]\w*)(?=[^{}]*\{)/g));
  expect([...defined].sort()).toEqual([...(used.get(file) ?? [])].sort());
});

it("keeps global styles in two short files", () => {
  const global = css.filter((file) => !modules.includes(file)).sort();
  expect(global).toEqual(["src/style/elements.css", "src/style/tokens.css"]);
  for (const file of global) expect(read(file).split("\n").length).toBeLessThanOrEqual(250);
});
