import ts from "typescript";
import { expect, it } from "vitest";

// A browser's translator replaces text nodes by elements. React does not know: it would keep writing into a detached
// node, or fail to remove it. Text that is the only child of its element is safe, because React then replaces the
// element's whole content.

const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();

/** Whether React may render this expression as a text node. */
function mayBeText(expression: ts.Expression): boolean {
  return isTextType(checker.getTypeAtLocation(expression));
}

function isTextType(type: ts.Type): boolean {
  if (type.aliasSymbol?.name === "ReactNode") return false;
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => {
    if (part.isStringLiteral()) return part.value !== "";
    return (part.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike)) !== 0;
  });
}

function isString(child: ts.JsxChild): boolean {
  if (ts.isJsxText(child)) return !isBlank(child);
  if (!ts.isJsxExpression(child) || !child.expression) return false;
  return !isSpace(child) && mayBeText(child.expression);
}

/** `{" "}`, as formatters write a space at the end of a line. */
function isSpace(child: ts.JsxExpression): boolean {
  return (
    child.expression !== undefined && ts.isStringLiteral(child.expression) && !child.expression.text.trim()
  );
}

/** A component that returns a bare string: its text has no element of its own. */
function returnsText(node: ts.Node): boolean {
  if (!ts.isFunctionDeclaration(node) || !/^[A-Z]/.test(node.name?.text ?? "")) return false;
  const signature = checker.getSignatureFromDeclaration(node);
  return signature !== undefined && isTextType(checker.getReturnTypeOfSignature(signature));
}

function isFixed(child: ts.JsxChild): boolean {
  return !ts.isJsxExpression(child) || isSpace(child);
}

/** Whether text next to a sibling may change, appear or disappear. */
function hasUnsafeText(node: ts.JsxElement | ts.JsxFragment): boolean {
  const children = node.children.filter(
    (child) => !isBlank(child) && !(ts.isJsxExpression(child) && !child.expression),
  );
  const isAlone = children.length < 2 && !ts.isJsxFragment(node);
  return !isAlone && children.some(isString) && !children.every(isFixed);
}

/** Whitespace is not translated. */
function isBlank(child: ts.JsxChild): boolean {
  return ts.isJsxText(child) && !child.text.trim();
}

function findUnsafeText(source: ts.SourceFile): string[] {
  const found: string[] = [];
  function visit(node: ts.Node): void {
    if (((ts.isJsxElement(node) || ts.isJsxFragment(node)) && hasUnsafeText(node)) || returnsText(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${source.fileName.replace(/^.*\/src\//, "src/")}:${line + 1}`);
    }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return found;
}

// The type checker needs time.
it("keeps changing text in its own element", {
  timeout: 120_000,
}, () => {
  const sources = program.getSourceFiles().filter(({ fileName }) => /\/src\/.*\.tsx$/.test(fileName));
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.flatMap(findUnsafeText)).toEqual([]);
});
