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

export function withPersonne(variables, personne) {
  return writeObject({ ...readObject(variables), identite: personne.identite });
}
