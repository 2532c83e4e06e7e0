"""Name what differs between what the oracle expects and what a gateway did."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

#: What the campaigns promise never to see.
FEUILLE_DE_TROP = "feuille non autorisée"
FEUILLE_EN_MOINS = "feuille manquante"
APPEL_DE_TROP = "appel interdit"
APPEL_EN_MOINS = "appel manquant"
PERSONNE = "appel pour une autre personne"
ERREUR = "erreurs différentes"
FORME = "forme ou ordre différents"
REFUS = "question refusée en entier"
KINDS = (FEUILLE_DE_TROP, FEUILLE_EN_MOINS, APPEL_DE_TROP, APPEL_EN_MOINS, PERSONNE, ERREUR, FORME, REFUS)


def leaves(data: Any, chemin: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of an answer that is not null."""
    enfants = enumerate(data) if isinstance(data, list) else data.items() if isinstance(data, Mapping) else None
    if enfants is None and data is not None:
        yield chemin, data
    for cle, valeur in enfants or ():
        yield from leaves(valeur, f"{chemin}.{cle}")


def differences(attendu: Mapping[str, Any], observe: Mapping[str, Any]) -> Counter[str]:
    """Count what differs, by kind; nothing when both are the same. A leaf counts as shown by its path and value."""
    if observe == attendu:
        return Counter()
    if "refus" in observe:
        return Counter({REFUS: 1})
    voulues, vues = (Counter(map(repr, leaves(json.loads(une["data"])))) for une in (attendu, observe))
    permis, faits = Counter(attendu["appels"]), Counter(observe["appels"])
    trouves = Counter(
        {
            FEUILLE_DE_TROP: (vues - voulues).total(),
            FEUILLE_EN_MOINS: (voulues - vues).total(),
            APPEL_DE_TROP: (faits - permis).total(),
            APPEL_EN_MOINS: (permis - faits).total(),
            ERREUR: int(attendu["erreurs"] != observe["erreurs"]),
            PERSONNE: int(attendu.get("personnes") != observe.get("personnes")),
        }
    )
    return +trouves or Counter({FORME: 1})
