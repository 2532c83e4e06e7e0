"""API-SECU's quotient familial, played from personas: the same checks in the same order, the same words."""

from typing import Literal

import msgspec

from providers.cnav_quotient_familial.messages import Adresse, Euros, Personne

NOM = "cnav_quotient_familial"


class Membre(Personne, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """A person of the household as a persona holds it: a word that the source would not say is refused."""


class AdresseDeclaree(Adresse, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """The address as a persona holds it, equally strict."""


class Vue(msgspec.Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """What API-SECU holds on a persona, in its own words (see `messages`). Keys are in camel case in the YAML.

    A file::

        caisse: CNAF
        quotientFamilial: 1200
        quotients: {"{N-1}-12": 1150, "{N}-01": null}
        conjoint: {nomNaissance: "...", listePrenoms: "ANNE MARIE", dateNaissance: "1988-02-00", genre: F}
        enfants: [{nomNaissance: "...", listePrenoms: "...", dateNaissance: "2012-04-00", genre: M}]
        adresse: {identite: "...", numeroLibelleVoie: "...", codePostalVille: "...", pays: FRANCE}

    No file: `absent: CNAF` (or MSA, RNCPS). A failure of the source: `erreur: 429` (or 500, 502, 503, 504).
    A persona without a view is known to the SNGI and affiliated to no caisse (404/40406).
    """

    caisse: Literal["CNAF", "MSA"] = "CNAF"
    """Who holds the file. The MSA has no history: it answers the real-time quotient whatever the month."""
    quotient_familial: Euros | None = None
    """In euros, every month that `quotients` does not name; null when it cannot be computed."""
    quotients: dict[str, Euros | None] = {}
    """Exceptions per month, written `{N}-03`: year and two-digit month."""
    conjoint: Membre | None = None
    """Declared spouse; the persona is the first allocataire, from her own état civil."""
    enfants: list[Membre] = []
    adresse: AdresseDeclaree = AdresseDeclaree()
    absent: Literal["CNAF", "MSA", "RNCPS"] | None = None
    """The caisse that answers that it has no file (404 and X-APISECU-FD)."""
    erreur: Literal[429, 500, 502, 503, 504] | None = None
    """The status of a failure that this persona always meets."""
