// Drive GraphiQL in a headless Chromium and report what happened, as JSON on standard output.
// Standard input: {"base", "chromium", "capture", "exemple"}, with {"profil", "personne"}, or {"jeton"} as in production.

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const essai = JSON.parse(readFileSync(0, "utf8"));
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
const rapport = { externes: [], erreurs: [], stockage: [], cookies: [], ouvriers: 0 };

const isOurs = (url) => url.startsWith(`${essai.base}/`) || url.startsWith("data:") || url.startsWith("blob:");
const isQuery = (response) => response.url() === `${essai.base}/graphql`;
const isIntrospection = (response) => response.request().postDataJSON().operationName === "IntrospectionQuery";

/** Stop and record what would leave the machine; record every write to the browser's storage. */
async function watch(context) {
  await context.exposeFunction("recordStorage", (key) => rapport.stockage.push(key));
  await context.addInitScript(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (key, value) {
      globalThis.recordStorage(key);
      return setItem.call(this, key, value);
    };
  });
  await context.route("**/*", (route) => {
    if (isOurs(route.request().url())) return route.continue();
    rapport.externes.push(route.request().url());
    return route.abort();
  });
  if (essai.jeton) await context.route("**/bac-a-sable/**", (route) => route.fulfill({ status: 404 }));
}

function listen(page) {
  page.on("console", (message) => message.type() === "error" && rapport.erreurs.push(message.text()));
  page.on("pageerror", (error) => rapport.erreurs.push(String(error)));
  page.on("websocket", (socket) => rapport.externes.push(socket.url()));
  page.on("worker", () => (rapport.ouvriers += 1));
}

async function choose(page) {
  if (essai.jeton) {
    await page.getByLabel("Jeton").fill(essai.jeton);
    await page.keyboard.press("Enter");
  } else {
    await page.getByLabel("Profil").selectOption({ label: essai.profil });
    await page.getByLabel("Personne fictive").selectOption({ label: essai.personne });
  }
  await page.getByLabel("Exemple de requête").selectOption({ label: essai.exemple });
}

async function readSchema(page) {
  await page.getByRole("button", { name: "Afficher la documentation" }).click();
  rapport.documentation = await page.locator(".graphiql-doc-explorer-content", { hasText: "Query" }).innerText();
}

async function run(page) {
  const operation = page.waitForResponse((response) => isQuery(response) && !isIntrospection(response));
  await page.getByRole("button", { name: "Exécuter la requête" }).click();
  const response = await operation;
  rapport.requete = response.request().postDataJSON();
  rapport.statut = response.status();
  rapport.reponse = await response.json();
  await page.locator(".graphiql-response .view-lines", { hasText: /"(data|errors)"/ }).waitFor();
}

const browser = await chromium.launch({ executablePath: essai.chromium, args: FLAGS });
try {
  const context = await browser.newContext({ locale: "fr-FR", viewport: { width: 1440, height: 900 } });
  await watch(context);
  const page = await context.newPage();
  listen(page);
  await page.goto(`${essai.base}/graphiql`);
  await choose(page);
  await readSchema(page);
  await run(page);
  await page.screenshot({ path: essai.capture });
  rapport.cookies = (await context.cookies()).map((cookie) => cookie.name);
} catch (error) {
  rapport.erreurs.push(String(error));
} finally {
  await browser.close();
}
console.log(JSON.stringify(rapport));
