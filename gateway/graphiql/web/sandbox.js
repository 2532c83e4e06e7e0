// What the sandbox offers: profiles with a ready token, and fictitious persons. Null in production, where neither exists.

async function read(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" }, credentials: "omit" });
  return response.ok ? response.json() : null;
}

export async function loadSandbox() {
  const profils = await read("bac-a-sable/jetons");
  if (!profils) return null;
  return { profils, personnes: (await read("bac-a-sable/personnes")) ?? [] };
}
