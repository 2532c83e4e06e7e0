"""Errors are a contract: a stable code, a fixed French message, and nothing of the caller in either."""

import pytest

from graph.errors import (
    ErreurDeBloc,
    ErreurDeRequete,
    ErreurParticulier,
    EtatSource,
    IdentifiantManquant,
    NonHabilite,
    toutes,
)

ERREURS = toutes()
#: The contract (design): a code, and its state or its statuses.
CONTRAT = {
    "ABSENT": {"DOSSIER_ABSENT", "IDENTITE_NON_RECONNUE", "NON_ELIGIBLE"},
    "NON_HABILITE": {"NON_HABILITE"},
    "INCONNU": {
        "IDENTITE_AMBIGUE",
        "IDENTITE_INCOHERENTE",
        "DONNEE_NON_FIABLE",
        "IDENTIFIANT_MANQUANT",
        "PARAMETRE_REFUSE_PAR_LA_SOURCE",
    },
    "INDISPONIBLE": {
        "SOURCE_INDISPONIBLE",
        "SOURCE_DELAI_DEPASSE",
        "SOURCE_REPONSE_INVALIDE",
        "SOURCE_QUOTA",
        "SOURCE_MAINTENANCE",
    },
    400: {"REQUETE_INVALIDE", "PARAMETRE_INVALIDE", "REQUETE_TROP_COUTEUSE", "DESTINATAIRE_INVALIDE"},
    401: {"JETON_INVALIDE", "JETON_EXPIRE", "JETON_REVOQUE", "FRANCECONNECT_INVALIDE"},
    403: {"DESTINATAIRE_NON_COUVERT", "ADRESSE_NON_AUTORISEE", "HABILITATION_INACTIVE"},
    405: {"REQUETE_INVALIDE"},
    406: {"REQUETE_INVALIDE"},
    413: {"REQUETE_TROP_GROSSE"},
    415: {"REQUETE_INVALIDE"},
    429: {"QUOTA_DEPASSE", "JETON_SUSPENDU"},
    500: {"ERREUR_INTERNE"},
    503: {"AUDIT_INDISPONIBLE", "SURCHARGE"},
}


def place(classe: type[ErreurParticulier]) -> str | int:
    """Return where an error stands in the contract: its HTTP status, or its state."""
    if issubclass(classe, ErreurDeRequete):
        return classe.status
    assert issubclass(classe, ErreurDeBloc)
    return classe.etat.name


def make(classe: type[ErreurParticulier]) -> ErreurParticulier:
    if classe is NonHabilite:
        return NonHabilite(frozenset({"scope"}))
    if classe is IdentifiantManquant:
        return IdentifiantManquant(("ine",))
    return classe(cause="CAUSE")


def test_the_tree_is_the_contract() -> None:
    arbre: dict[str | int, set[str]] = {}
    for classe in ERREURS:
        arbre.setdefault(place(classe), set()).add(classe.code)
    assert arbre == CONTRAT


def test_no_two_errors_have_the_same_code_and_status() -> None:
    cles = [(classe.code, place(classe)) for classe in ERREURS]
    assert len(cles) == len(set(cles))


def test_every_state_but_success_has_an_error() -> None:
    etats = {classe.etat for classe in ERREURS if issubclass(classe, ErreurDeBloc)}
    assert etats == set(EtatSource) - {EtatSource.OBTENU}


@pytest.mark.parametrize("classe", ERREURS, ids=lambda classe: classe.__name__)
def test_a_message_is_a_fixed_french_sentence(classe: type[ErreurParticulier]) -> None:
    assert classe.message[0].isupper()
    assert classe.message.endswith(".")
    assert not set("{}%<>") & set(classe.message), "a message has no placeholder"


@pytest.mark.parametrize("classe", ERREURS, ids=lambda classe: classe.__name__)
def test_an_error_says_nothing_but_its_code_when_it_is_printed(classe: type[ErreurParticulier]) -> None:
    erreur = make(classe)
    assert str(erreur) == classe.code
    assert erreur.args == (classe.code,)


def test_only_what_may_change_by_itself_can_be_tried_again() -> None:
    indisponibles = CONTRAT["INDISPONIBLE"] | {
        "QUOTA_DEPASSE",
        "ERREUR_INTERNE",
        "AUDIT_INDISPONIBLE",
        "SURCHARGE",
    }
    assert {classe.code for classe in ERREURS if classe.retryable} == indisponibles
