"""How a portal uses the client: what a household is granted on, and the reason of what is not known."""  # noqa: INP001 - a script beside the generated package

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
from particulier.api import ApiParticulier
from particulier.base import Erreur, RequeteRefusee
from particulier.enums import EtatSource
from particulier.input_types import IdentiteInput
from particulier.trois_administrations import TroisAdministrationsParticulier
from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel


@dataclass(frozen=True, slots=True)
class Foyer:
    """What a tariff depends on."""

    quotient_familial: int | None = field(repr=False)
    revenu_fiscal_reference: Decimal | None = field(repr=False)
    enfants: Sequence[str] = field(repr=False)
    etablissements: Sequence[str] = field(repr=False)
    etats: Mapping[str, EtatSource]
    erreurs: Sequence[Erreur]


async def lire_foyer(api: ApiParticulier, identite: IdentiteInput) -> Foyer:
    """Ask three administrations at once; whatever they do not say is null, with its reason."""
    erreurs: list[Erreur] = []
    reponse = await api.trois_administrations(identite, erreurs=erreurs)
    return _foyer(reponse.particulier, erreurs) if reponse.particulier else Foyer(None, None, (), (), {}, erreurs)


def _foyer(particulier: TroisAdministrationsParticulier, erreurs: Sequence[Erreur]) -> Foyer:
    fiscale, dossier = particulier.situation_fiscale, particulier.dossier_allocataire
    quotient = dossier.quotient_familial if dossier else None
    enfants = (dossier.enfants if dossier else None) or ()
    admissions = (particulier.statut_etudiant.admissions if particulier.statut_etudiant else None) or ()
    etablissements = (admission.etablissement_etudes for admission in admissions)
    return Foyer(
        quotient_familial=quotient.valeur if quotient else None,
        revenu_fiscal_reference=fiscale.revenu_fiscal_reference if fiscale else None,
        enfants=[" ".join(enfant.prenoms or ()) for enfant in enfants],
        etablissements=[etablissement.nom for etablissement in etablissements if etablissement and etablissement.nom],
        etats={source.source: source.etat for source in particulier.sources},
        erreurs=erreurs,
    )


@dataclass(frozen=True, slots=True)
class Quotients:
    """The quotient familial of each person, at its rank: the failure of one leaves the others alone."""

    quotients: Sequence[int | None] = field(repr=False)
    erreurs: Sequence[Erreur]


async def lire_quotients(api: ApiParticulier, identites: list[IdentiteInput]) -> Quotients:
    """Ask about several persons in one request."""
    erreurs: list[Erreur] = []
    reponse = await api.plusieurs_personnes(identites, erreurs=erreurs)
    dossiers = [un.dossier_allocataire if un else None for un in reponse.particuliers]
    quotients = [dossier.quotient_familial if dossier else None for dossier in dossiers]
    return Quotients([quotient.valeur if quotient else None for quotient in quotients], erreurs)


async def demander(url: str, jeton: str, qui: Mapping[str, Any] | list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return as JSON what was asked of one person or of several, or the refusal of the whole request."""
    async with httpx.AsyncClient(base_url=url, timeout=30.0) as http:
        api = ApiParticulier(http, jeton)
        try:
            lu = (
                await lire_quotients(api, [IdentiteInput.model_validate(une) for une in qui])
                if isinstance(qui, list)
                else await lire_foyer(api, IdentiteInput.model_validate(qui))
            )
        except RequeteRefusee as refus:
            return {"refus": {"status": refus.status, "codes": [erreur.extensions.code for erreur in refus.erreurs]}}
    forme = TypeAdapter(type(lu)).dump_python(lu, mode="json")
    return {to_camel(nom): valeur for nom, valeur in forme.items()}


if __name__ == "__main__":
    # {"url": …, "jeton": …, "qui": {…} or [{…}]} on standard input: neither an identity nor a token in a command line.
    sys.stdout.write(json.dumps(asyncio.run(demander(**json.load(sys.stdin)))))
