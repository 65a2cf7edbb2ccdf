// The NOTICE of the built files: each bundled package with its version, licence and licence text.
import { existsSync, readFileSync, readdirSync } from "node:fs";

// Apache-2.0, MIT and the BSD family; 0BSD is BSD without its conditions. Anything else stops the build.
const ALLOWED = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"];

function packageFolders(inputs) {
  const folders = new Set();
  for (const path of inputs) {
    const match = path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/);
    if (match) folders.add(match[0]);
  }
  return [...folders].sort();
}

function licenceText(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|thirdpartynotices)/i.test(name));
  return names.map((name) => readFileSync(`${folder}/${name}`, "utf8").trim()).join("\n\n");
}

export function notice(inputs) {
  const rows = [];
  const texts = new Map();
  for (const folder of packageFolders(inputs)) {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    if (!ALLOWED.includes(license)) throw new Error(`${name} ${version} is under ${license}, which is not allowed`);
    rows.push(`${name} ${version} (${license})`);
    const text = licenceText(folder);
    texts.set(text, [...(texts.get(text) ?? []), name]);
  }
  const sections = [...texts].map(([text, names]) => `${"=".repeat(72)}\n${names.join(", ")}\n\n${text}`);
  return ["The files of this folder contain these packages:", "", ...rows, "", ...sections, ""].join("\n");
}
