import ts from "typescript";
import { expect, it } from "vitest";

/** What pages never say, and what they say instead; docs/glossary.md has our terms. */
const BANNED: [RegExp, string][] = [
  [/(?<!video )\bmeetings?\b/i, "exam; only the vendor's is a (video) meeting"],
  [/\b(verified|unverified)\b/i, "in view: nobody checks whose face it is"],
  [/\b(students?|examinees?|test.?takers?)\b/i, "candidate"],
  [/\b(proctors?|supervisors?|admins?)\b/, "invigilator"],
  [/\b(tests?|assessments?)\b/i, "exam"],
  [/\bverdicts?\b/i, "what was found, or a decision"],
  [/\b(gateway|frames?)\b/i, "server, picture"],
  [/\b(no|not an) accusation\b/i, "This isn't an accusation. A person reviews every flag"],
  [/\bhint\b/i, "A flag is a reason to look. You decide"],
  [/\bshow themselves\b/i, "keep their webcam on during the exam"],
  [/\b(write|take) your exam\b/i, "You can start your exam now"],
  [/\bnothing of this\b/i, "Nothing from this check is saved or held against you"],
  [/\bnot connected\b/i, "offline"],
  [/\bforget (it|the key)\b/i, "Remove from this browser"],
  [/\bmay not use\b/i, "isn't allowed to use"],
  [/\bmessages so far\b/i, "Warnings and messages"],
];

/** Where the video vendor's meeting is meant. */
const ABOUT_THE_VENDOR = /\/(vendor\/|HostMeeting\.tsx)/;

/** The texts of a page: what is between tags, and strings that have a blank. */
function textsOf(source: ts.SourceFile): string[] {
  const texts: string[] = [];
  function visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isJsxAttribute(node) && node.name.getText() === "className") return;
    const isText = ts.isJsxText(node) || ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node);
    const text = isText ? node.text.replace(/\s+/g, " ") : "";
    if (/\w \w/.test(text) || (ts.isJsxText(node) && text.trim())) texts.push(text.trim());
    ts.forEachChild(node, visit);
  }
  visit(source);
  return texts;
}

const FILES = ts.sys
  .readDirectory("src", [".ts", ".tsx"])
  .filter((name) => !/\.test\.ts$|\.mock\.ts$|schema\.ts$/.test(name) && !ABOUT_THE_VENDOR.test(name));

it("uses one word for each thing", () => {
  expect(FILES.length).toBeGreaterThan(100);
  const found = FILES.flatMap((name) => {
    const source = ts.createSourceFile(name, ts.sys.readFile(name) ?? "", ts.ScriptTarget.Latest, true);
    return textsOf(source).flatMap((text) =>
      BANNED.filter(([word]) => word.test(text)).map(([, instead]) => `${name}: “${text}”: ${instead}`),
    );
  });
  expect(found).toEqual([]);
});
