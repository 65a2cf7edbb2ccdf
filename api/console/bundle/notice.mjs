// The NOTICE of the built files: each bundled package with its version, licence and licence text.
import { readFileSync, readdirSync } from "node:fs";

// Apache-2.0, MIT and the BSD family; 0BSD is BSD without its conditions. Anything else stops the build.
const ALLOWED = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"];

// Packages that others carry inside their own files. Those of Monaco say so in the heads of the files; those of
// Prettier are the ones of its list that the browser files use.
const INSIDE_MONACO = { of: "0.52.2", rows: ["dompurify 3.1.7 (Apache-2.0)", "marked 14.0.0 (MIT)"] };
const INSIDE_PRETTIER = [
  "@babel/code-frame",
  "@babel/helper-validator-identifier",
  "@babel/parser",
  "diff",
  "emoji-regex",
  "get-east-asian-width",
  "graphql",
  "jest-docblock",
  "leven",
  "vnopts",
];

const read = (path) => readFileSync(path, "utf8").trim();

function packageFolders(inputs) {
  const folders = [...inputs].map((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  return [...new Set(folders.filter(Boolean))].sort();
}

function licenceText(folder, { license, repository }) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|thirdpartynotices)/i.test(name));
  if (names.length === 0) return `(no licence file; declared: ${license}, ${repository?.url ?? repository})`;
  return names.map((name) => read(`${folder}/${name}`)).join("\n\n");
}

function insidePrettier(folder) {
  const sections = read(`${folder}/THIRD-PARTY-NOTICES.md`).split(/^## /m);
  return INSIDE_PRETTIER.map((name) => {
    const section = sections.find((text) => text.startsWith(`${name}@v`));
    const [, version, license] = section.match(/@v(\S+)[^]*?^License: (\S+)/m);
    return { name, version, license, text: section.replace(/^> ?/gm, "").trim() };
  });
}

function inside(folder, { name, version }) {
  if (name === "prettier") return insidePrettier(folder);
  if (name !== "monaco-editor") return [];
  if (version !== INSIDE_MONACO.of) throw new Error(`Look again at what monaco-editor ${version} carries inside`);
  return INSIDE_MONACO.rows.map((row) => {
    const [, inner, innerVersion, license] = row.match(/(\S+) (\S+) \((\S+)\)/);
    return { name: inner, version: innerVersion, license, text: `(inside monaco-editor; ${license}, whose text is here)` };
  });
}

export function notice(inputs) {
  const found = packageFolders(inputs).flatMap((folder) => {
    const about = JSON.parse(read(`${folder}/package.json`));
    return [{ ...about, text: licenceText(folder, about) }, ...inside(folder, about)];
  });
  const rows = new Set();
  const texts = new Map();
  for (const { name, version, license, text } of found) {
    if (!ALLOWED.includes(license)) throw new Error(`${name} ${version} is under ${license}, which is not allowed`);
    rows.add(`${name} ${version} (${license})`);
    texts.set(text, (texts.get(text) ?? new Set()).add(name));
  }
  const sections = [...texts].map(([text, names]) => `${"=".repeat(72)}\n${[...names].join(", ")}\n\n${text}`);
  return ["The files of this folder contain these packages:", "", ...[...rows].sort(), "", ...sections, ""].join("\n");
}
