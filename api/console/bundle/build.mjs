// Bundles the console into ../static and writes ../page.html and ../static/NOTICE. Names carry a digest of the
// content, so that browsers may keep the files for ever.
import { build } from "esbuild";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { notice } from "./notice.mjs";

const STATIC = "../static";
const WORKERS = {
  editor: "monaco-editor/esm/vs/editor/editor.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
  graphql: "monaco-graphql/esm/graphql.worker.js",
};

const inputs = new Set();

async function bundle(entryPoints, options) {
  const { metafile } = await build({
    entryPoints,
    outdir: STATIC,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    metafile: true,
    target: "es2022",
    legalComments: "eof", // the licences themselves are in ../static/NOTICE
    logLevel: "warning",
    ...options,
  });
  const outputs = Object.entries(metafile.outputs);
  for (const [, output] of outputs) Object.keys(output.inputs).forEach((path) => inputs.add(path));
  return Object.fromEntries(outputs.map(([path, output]) => [output.entryPoint, basename(path)]));
}

// Monaco's icon font is under another licence than ours allow; style.css gives the icons plain characters.
const withoutIconFont = {
  name: "without-icon-font",
  setup: ({ onLoad }) =>
    onLoad({ filter: /editor\.main\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/@font-face\{[^}]*\}/, ""),
      loader: "css",
    })),
};

rmSync(STATIC, { recursive: true, force: true });
mkdirSync(STATIC);

const workers = {};
for (const [label, path] of Object.entries(WORKERS)) {
  const built = await bundle([{ in: path, out: `${label}.worker` }], { format: "iife" });
  [workers[label]] = Object.values(built);
}
const script = await bundle([{ in: "main.jsx", out: "console" }], {
  format: "esm",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"', WORKERS: JSON.stringify(workers) },
  loader: { ".css": "empty", ".graphql": "text" },
});
const sheet = await bundle([{ in: "style.css", out: "console" }], { plugins: [withoutIconFont] });

writeFileSync(
  "../page.html",
  readFileSync("page.html", "utf8")
    .replace("{{script}}", `graphiql/static/${script["main.jsx"]}`)
    .replace("{{sheet}}", `graphiql/static/${sheet["style.css"]}`),
);
writeFileSync(`${STATIC}/NOTICE`, notice(inputs));
