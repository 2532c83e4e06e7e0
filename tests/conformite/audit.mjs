// Audit a server with the graphql-http suite: {"url", "jeton"} on standard input, the results on standard output, as JSON.

import { readFileSync } from "node:fs";
import { auditServer } from "graphql-http";

const { url, jeton } = JSON.parse(readFileSync(0, "utf8"));

function fetchFn(input, init = {}) {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${jeton}`);
  return fetch(input, { ...init, headers });
}

const results = await auditServer({ url: `${url}/graphql`, fetchFn });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
