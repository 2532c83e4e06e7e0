// What the choices write in the editors: pure functions from the text of an editor to its next text.

function readObject(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

const writeObject = (object) => JSON.stringify(object, null, 2);

export function withJeton(headers, jeton) {
  const { authorization, ...others } = readObject(headers);
  return writeObject({ ...others, Authorization: `Bearer ${jeton}` });
}

const IDENTITE = "identite";
// How the sandbox writes the value of an enumeration, which is a plain string in variables.
const ENUM = /^enum:/;

/**
 * The variables of a query about a person: of those that it declares, her identity, a list that holds it (and the next
 * person's), and a value for each required argument. What the user wrote under another name stays.
 */
export function withPersonne(variables, requete, personne, suivante = personne) {
  const known = {
    [IDENTITE]: personne.identite,
    identites: [...new Set([personne, suivante])].map(({ identite }) => identite),
    ...Object.assign({}, ...Object.values(plain(personne.arguments))),
  };
  const others = Object.entries(readObject(variables)).filter(([name]) => !(name in known));
  const filled = declared(requete).filter((name) => name in known).map((name) => [name, known[name]]);
  return writeObject(Object.fromEntries([...others, ...filled]));
}

/** The names of the variables of a document; an empty one will most likely want an identity. */
function declared(requete) {
  return requete.trim() ? [...new Set([...requete.matchAll(/\$(\w+)\s*:/g)].map(([, name]) => name))] : [IDENTITE];
}

function plain(value) {
  if (typeof value === "string") return value.replace(ENUM, "");
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
