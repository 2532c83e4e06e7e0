// Generate the types of the queries from the schema: `node generate.mjs` writes generated/operations.ts.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { codegen } from "@graphql-codegen/core";
import * as operations from "@graphql-codegen/typescript-operations";
import * as typedDocuments from "@graphql-codegen/typed-document-node";
import { buildSchema, isScalarType, isSpecifiedScalarType, parse } from "graphql";

const SCHEMA = new URL("../../schema.graphql", import.meta.url);
// Your own queries go here.
const QUERIES = ["trois-administrations", "plusieurs-personnes"].map(
  (name) => new URL(`../../docs/exemples/${name}.graphql`, import.meta.url),
);
const OUTPUT = new URL("generated/operations.ts", import.meta.url);

const sdl = await readFile(SCHEMA, "utf8");
const schema = buildSchema(sdl);
// Every scalar of the schema travels as a string, but amounts, which are numbers, and JSON, which is anything.
const customScalars = Object.values(schema.getTypeMap()).filter((type) => isScalarType(type) && !isSpecifiedScalarType(type));
const scalars = { ...Object.fromEntries(customScalars.map(({ name }) => [name, "string"])), JSON: "unknown", Montant: "number" };
const documents = await Promise.all(
  QUERIES.map(async (query) => ({ location: query.pathname, document: parse(await readFile(query, "utf8")) })),
);
const content = await codegen({
  schemaAst: schema,
  schema: parse(sdl),
  documents,
  config: { documentMode: "string", strictScalars: true, useTypeImports: true, enumType: "string-literal", scalars },
  filename: OUTPUT.pathname,
  plugins: [{ operations: {} }, { typedDocuments: {} }],
  pluginMap: { operations, typedDocuments },
});
await mkdir(new URL(".", OUTPUT), { recursive: true });
await writeFile(OUTPUT, content);
