"""What the sandbox tells a newcomer once it listens: the address of GraphiQL, a token, and a curl that works."""

import json
from collections.abc import Mapping
from typing import Any

REQUETE = (
    "query($identite: IdentiteInput) { particulier(identite: $identite) {"
    " situationFiscale { anneeRevenus revenuFiscalReference nombreParts }"
    " dossierAllocataire { quotientFamilial { valeur annee mois } }"
    " statutEtudiant { admissions { estInscrit dateDebut dateFin } } } }"
)


def annoncer(adresse: str, profil: Mapping[str, Any], personne: Mapping[str, Any]) -> str:
    """Return the text: `profil` and `personne` are entries of /bac-a-sable/jetons and /bac-a-sable/personnes."""
    corps = json.dumps({"query": REQUETE, "variables": {"identite": personne["identite"]}}, ensure_ascii=False)
    apostrophe = corps.replace("'", "'\\''")
    return f"""
API Particulier - bac à sable (données fictives)

  GraphiQL   {adresse}/graphiql
  Schéma     {adresse}/schema.graphql
  Jetons     {adresse}/bac-a-sable/jetons
  Personnes  {adresse}/bac-a-sable/personnes

Un jeton qui ouvre tout (profil « {profil["profil"]} ») :

  {profil["jeton"]}

Une première requête, à coller dans un autre terminal :

  curl -s {adresse}/graphql -H 'Content-Type: application/json' \\
    -H 'Authorization: Bearer {profil["jeton"]}' \\
    -d '{apostrophe}'
"""
