// The example queries of docs/exemples as a module: title and description come from the comment that opens each file.

import { readFile, readdir } from "node:fs/promises";

const NAME = "exemples";
const FIRST = "trois-administrations.graphql";

export function readExemple(text) {
  const comments = text.match(/^(#.*\n)*/)[0].split("\n").filter(Boolean).map((line) => line.replace(/^#\s*/, ""));
  return { titre: comments[0], description: comments.slice(1).join(" "), requete: text };
}

async function readExemples(folder) {
  const others = (await readdir(folder)).filter((name) => name.endsWith(".graphql") && name !== FIRST).sort();
  const texts = await Promise.all([FIRST, ...others].map((name) => readFile(new URL(name, folder), "utf8")));
  return texts.map(readExemple);
}

export const exemples = (folder) => ({
  name: NAME,
  setup(build) {
    build.onResolve({ filter: /^exemples$/ }, () => ({ path: NAME, namespace: NAME }));
    build.onLoad({ filter: /.*/, namespace: NAME }, async () => ({
      contents: JSON.stringify(await readExemples(folder)),
      loader: "json",
    }));
  },
});
