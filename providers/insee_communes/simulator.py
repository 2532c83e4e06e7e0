"""INSEE's metadata API, played from a small table: the communes where the personas were born, and some namesakes."""

import re

from providers._noms import nom_compare
from providers._personas import Personas
from providers._simulateur import parametre, repondre
from providers._source import UpstreamRequest, UpstreamResponse
from providers.insee_communes.adapter import CHEMIN

NOM = "insee_communes"
_JOUR = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: Code → name without its article, and article.
COMMUNES = {
    "04170": ("Rochette", "La"),
    "07195": ("Rochette", "La"),
    "08105": ("Charleville-Mézières", ""),
    "08480": ("Villers-Semeuse", ""),
    "13001": ("Aix-en-Provence", ""),
    "13002": ("Allauch", ""),
    "13054": ("Marignane", ""),
    "13055": ("Marseille", ""),
    "13090": ("Saint-Antonin-sur-Bayon", ""),
    "29019": ("Brest", ""),
    "31555": ("Toulouse", ""),
    "35238": ("Rennes", ""),
    "44109": ("Nantes", ""),
    "57431": ("Maizeroy", ""),
    "69123": ("Lyon", ""),
    "73215": ("Rochette", "La"),
    "75056": ("Paris", ""),
    "78646": ("Versailles", ""),
    "86194": ("Poitiers", ""),
    "97411": ("Saint-Denis", ""),
    "93066": ("Saint-Denis", ""),
}


def simulate(call: UpstreamRequest, _personas: Personas) -> UpstreamResponse:
    """Answer the communes whose name holds the text asked, or 404 when there is none."""
    if call.path != CHEMIN or call.method != "GET":
        return repondre(404, {"message": "Ressource inconnue"})
    filtre = nom_compare(parametre(call, "filtreNom") or "")
    if not (filtre and _JOUR.fullmatch(parametre(call, "date") or "")):
        return repondre(400, {"message": "Paramètre incorrect"})
    trouvees = [_ecrire(code, *nom) for code, nom in COMMUNES.items() if filtre in nom_compare(" ".join(reversed(nom)))]
    return repondre(200, trouvees) if trouvees else repondre(404, {"message": "Aucune commune trouvée"})


def _ecrire(code: str, nom: str, article: str) -> dict[str, str]:
    return {
        "code": code,
        "type": "Commune",
        "intituleSansArticle": nom,
        "typeArticle": "3" if article else "0",
        "intitule": f"{article} {nom}".strip(),
    }
