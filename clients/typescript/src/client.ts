// The client: one POST per question, a typed answer, and the reason of each null beside it.

import type { EtatSource, TypedDocumentString } from "../generated/operations.js";

/** Why a field is null: exactly one of these stands at its path. */
export interface Erreur {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly etat?: Exclude<EtatSource, "OBTENU">;
    readonly source?: string;
    readonly scopes?: readonly string[];
    readonly demande?: string;
    readonly identifiants?: readonly string[];
    readonly retryable: boolean;
    readonly retryAfterMs?: number;
    readonly requestId: string;
  };
}

/** A partial answer is the normal case: read `errors` beside `data`. */
export interface Reponse<Data> {
  readonly data: Data;
  readonly errors: readonly Erreur[];
}

/** The whole request was refused: nothing was answered. */
export class RequeteRefusee extends Error {
  constructor(
    readonly status: number,
    readonly erreurs: readonly Erreur[],
  ) {
    super(erreurs.map(({ message }) => message).join(" ") || `Réponse HTTP ${status}`);
    this.name = "RequeteRefusee";
  }
}

export interface Reglages {
  /** Address of the gateway's endpoint, ending in `/graphql`. */
  readonly url: string;
  /** Token of the habilitation: it stays on the server, never in a browser. */
  readonly jeton: string;
  /** SIRET of the administration that will use the data, when the habilitation covers several. */
  readonly destinataire?: string;
}

export class ApiParticulier {
  readonly #url: string;
  readonly #headers: Headers;

  constructor({ url, jeton, destinataire }: Reglages) {
    this.#url = url;
    this.#headers = new Headers({
      Authorization: `Bearer ${jeton}`,
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json",
    });
    if (destinataire) this.#headers.set("X-Destinataire", destinataire);
  }

  /** Ask a typed query. Throws RequeteRefusee when there is no data at all. */
  async demander<Data, Variables>(
    requete: TypedDocumentString<Data, Variables>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Reponse<Data>> {
    const body = JSON.stringify({ query: requete.toString(), variables });
    const response = await fetch(this.#url, { method: "POST", headers: this.#headers, body, signal: signal ?? null });
    const { data, errors = [] } = (await readJson(response)) as { data?: Data | null; errors?: readonly Erreur[] };
    if (data == null) throw new RequeteRefusee(response.status, errors);
    return { data, errors };
  }
}

/** The body as JSON; an answer that is not ours (a proxy's page) is an empty object, hence a refusal. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return {};
  }
}
