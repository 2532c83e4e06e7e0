"""Bodies as DataPass sends them, and their signature."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

SECRET = "un-secret-partage-avec-datapass-0123456789"  # noqa: S105 - of the tests
INSTANT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
DINUM, PARIS, MARSEILLE = "13002526500013", "21750001600019", "21130055300016"


def evenement(
    nom: str,
    *,
    instant: datetime = INSTANT,
    demande: int = 123,
    siret: str = PARIS,
    modele: str = "authorization_request/api_particulier",
    **formulaire: Any,
) -> bytes:
    """Return the body of an event; `formulaire` replaces fields of the form, None removes one."""
    rempli = {
        "intitule": "Tarification\nde la cantine",
        "destinataire_donnees_caractere_personnel": "Agents du service enfance",
        "duree_conservation_donnees_caractere_personnel": 12,
        "cadre_juridique_nature": "CRPA, art. L. 114-8",
        "cadre_juridique_url": "https://www.legifrance.gouv.fr/",
        "volumetrie_approximative": "12 000",
        "scopes": ["cnaf_quotient_familial"],
        "modalities": ["params", "france_connect"],
        "contact_metier_email": "metier@mairie.example",
        **formulaire,
    }
    corps = {
        "event": nom,
        "fired_at": int(instant.timestamp()),
        "model_type": modele,
        "model_id": demande,
        "data": {
            "id": demande,
            "public_id": f"D{demande}",
            "type": "AuthorizationRequest::APIParticulier",
            "form_uid": "api-particulier",
            "organization": {"id": 9, "name": "Ville", "siret": siret, "insee_payload": {"etablissement": {}}},
            "applicant": {"id": 1, "email": "demandeur@mairie.example", "family_name": "Durand"},
            "service_provider": None,
            "authorizations": [{"id": 5, "state": "active", "data": {"scopes": "x"}}],
            "data": {cle: valeur for cle, valeur in rempli.items() if valeur is not None},
        },
    }
    return json.dumps(corps).encode()


def signature(corps: bytes, secret: str = SECRET) -> str:
    """Return the header that DataPass sends with a body."""
    return "sha256=" + hmac.new(secret.encode(), corps, hashlib.sha256).hexdigest()
