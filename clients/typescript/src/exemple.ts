// How a portal uses the client: what a household is granted on, and the reason of what is not known.

import { PlusieursPersonnesDocument, TroisAdministrationsDocument } from "../generated/operations.js";
import type { EtatSource, IdentiteInput } from "../generated/operations.js";
import { ApiParticulier, RequeteRefusee } from "./client.js";
import type { Erreur } from "./client.js";

export interface Foyer {
  readonly quotientFamilial: number | null;
  readonly revenuFiscalReference: number | null;
  readonly enfants: readonly string[];
  readonly etablissements: readonly string[];
  readonly etats: Readonly<Record<string, EtatSource>>;
  readonly erreurs: readonly Erreur[];
}

export async function lireFoyer(api: ApiParticulier, identite: IdentiteInput): Promise<Foyer> {
  const { data, errors } = await api.demander(TroisAdministrationsDocument, { identite });
  const { situationFiscale, dossierAllocataire, statutEtudiant, sources } = data.particulier ?? {};
  return {
    quotientFamilial: dossierAllocataire?.quotientFamilial?.valeur ?? null,
    revenuFiscalReference: situationFiscale?.revenuFiscalReference ?? null,
    enfants: (dossierAllocataire?.enfants ?? []).map(({ prenoms }) => (prenoms ?? []).join(" ")),
    etablissements: (statutEtudiant?.admissions ?? []).flatMap(({ etablissementEtudes }) => etablissementEtudes?.nom ?? []),
    etats: Object.fromEntries((sources ?? []).map(({ source, etat }) => [source, etat])),
    erreurs: errors,
  };
}

/** The quotient familial of each person, at its rank: the failure of one leaves the others alone. */
export async function lireQuotients(api: ApiParticulier, identites: IdentiteInput[]) {
  const { data, errors } = await api.demander(PlusieursPersonnesDocument, { identites });
  return {
    quotients: data.particuliers.map((un) => un?.dossierAllocataire?.quotientFamilial?.valeur ?? null),
    erreurs: errors,
  };
}

/** What was asked of one person or of several, or the refusal of the whole request. */
export async function demander(url: string, jeton: string, qui: IdentiteInput | IdentiteInput[]) {
  const api = new ApiParticulier({ url: `${url}/graphql`, jeton });
  try {
    return Array.isArray(qui) ? await lireQuotients(api, qui) : await lireFoyer(api, qui);
  } catch (error) {
    if (!(error instanceof RequeteRefusee)) throw error;
    return { refus: { status: error.status, codes: error.erreurs.map(({ extensions }) => extensions.code) } };
  }
}
