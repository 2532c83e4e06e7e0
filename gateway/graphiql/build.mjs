// Bundle the page into gateway/static/graphiql, names carrying a hash of their content: `node gateway/graphiql/build.mjs`.

import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

import { exemples } from "./exemples.mjs";
import { francais } from "./francais.mjs";

const here = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const OUTPUT = here("../static/graphiql");
const COMMON = {
  bundle: true,
  minify: true,
  metafile: true,
  charset: "utf8",
  target: "es2022",
  legalComments: "linked",
  outdir: OUTPUT,
  entryNames: "[name]-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
};
// Bytes under which a file travels as it is.
const SMALL = 2000;
// Keys: the labels by which Monaco asks for a worker.
const WORKERS = {
  editorWorkerService: "monaco-editor/esm/vs/editor/editor.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
  graphql: "monaco-graphql/esm/graphql.worker.js",
};

// graphiql/style.css already holds the styles of Monaco.
const withoutMonacoStyles = {
  name: "without-monaco-styles",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/monaco-editor\/.*\.css$/ }, () => ({ contents: "", loader: "empty" }));
  },
};

/** The URL, relative to the page, of the file that a build made under a name: `main`, `.css` → `graphiql/main-<hash>.css`. */
function urlOf({ metafile }, name, extension) {
  const made = Object.keys(metafile.outputs).map((path) => basename(path));
  return `graphiql/${made.find((file) => file.startsWith(`${name}-`) && file.endsWith(extension))}`;
}

async function buildWorkers() {
  const labels = Object.entries(WORKERS);
  const entryPoints = labels.map(([out, module]) => ({ out, in: fileURLToPath(import.meta.resolve(module)) }));
  const result = await build({ ...COMMON, entryPoints, format: "iife" });
  return Object.fromEntries(labels.map(([label]) => [label, urlOf(result, label, ".js")]));
}

async function buildPage(workers) {
  const result = await build({
    ...COMMON,
    entryPoints: [here("web/main.jsx")],
    format: "esm",
    splitting: true,
    jsx: "automatic",
    define: { ...COMMON.define, WORKERS: JSON.stringify(workers) },
    plugins: [francais, exemples(new URL("../../docs/exemples/", import.meta.url)), withoutMonacoStyles],
  });
  return { script: urlOf(result, "main", ".js"), style: urlOf(result, "main", ".css") };
}

/** Write the compressed form beside each file that is worth it. */
async function compress(folder) {
  for (const name of await readdir(folder)) {
    const content = await readFile(`${folder}/${name}`);
    if (content.length > SMALL) await writeFile(`${folder}/${name}.gz`, gzipSync(content, { level: 9 }));
  }
}

await rm(OUTPUT, { recursive: true, force: true });
const { script, style } = await buildPage(await buildWorkers());
const page = await readFile(here("web/page.html"), "utf8");
await writeFile(`${OUTPUT}/index.html`, page.replace("@STYLE@", style).replace("@SCRIPT@", script));
await compress(OUTPUT);
