// The fetcher given to GraphiQL: one POST, the headers of the editor, and nothing sent while there is no token.

const SANS_JETON = "Choisissez un profil ou donnez un jeton : le serveur n'exécute rien pour un appelant anonyme.";

export async function postGraphql(request, options = {}) {
  const headers = new Headers(options.headers ?? {});
  if (!headers.has("Authorization")) throw new Error(SANS_JETON);
  headers.set("Content-Type", "application/json");
  headers.set("Accept", "application/graphql-response+json, application/json");
  const response = await fetch("graphql", {
    method: "POST",
    headers,
    body: JSON.stringify(request),
    credentials: "omit",
    cache: "no-store",
  });
  if (!/json/.test(response.headers.get("Content-Type") ?? "")) {
    throw new Error(`Le serveur n'a pas répondu en JSON (statut HTTP ${response.status}).`);
  }
  return response.json();
}
