// What the compiler must refuse: each line below fails the build if it ever becomes valid. Nothing here is executed.

import { TroisAdministrationsDocument } from "../generated/operations.js";
import type { TroisAdministrationsQuery } from "../generated/operations.js";
import type { ApiParticulier } from "./client.js";

type Particulier = NonNullable<TroisAdministrationsQuery["particulier"]>;

export async function refused(api: ApiParticulier, particulier: Particulier): Promise<unknown[]> {
  return [
    // @ts-expect-error - the identity is required
    await api.demander(TroisAdministrationsDocument, {}),
    // @ts-expect-error - a key that no identity has
    await api.demander(TroisAdministrationsDocument, { identite: { nir: "1" } }),
    // @ts-expect-error - an enumeration holds its values and no other
    await api.demander(TroisAdministrationsDocument, { identite: { identitePivot: { nomNaissance: "A", prenoms: ["B"], sexeEtatCivil: "X" } } }),
    // @ts-expect-error - a field that the query did not ask
    particulier.situationFiscale?.revenuImposable,
    // @ts-expect-error - an amount is a number, or null
    particulier.situationFiscale?.revenuFiscalReference?.length,
    // @ts-expect-error - a bloc may be null
    particulier.dossierAllocataire.quotientFamilial,
  ];
}
