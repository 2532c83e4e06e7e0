// Run the example: {"url": …, "jeton": …, "qui": {…} or [{…}]} on standard input, so that no identity is in a command line.

import { readFileSync } from "node:fs";
import { demander } from "./generated/js/src/exemple.js";

const { url, jeton, qui } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await demander(url, jeton, qui)));
