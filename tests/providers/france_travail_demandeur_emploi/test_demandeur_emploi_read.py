from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.demandeur_emploi import (
    AdresseDemandeurEmploi,
    CategorieInscription,
    Civilite,
    CodeCertificationCnav,
    ContactDemandeurEmploi,
    DemandeurEmploi,
    IdentiteDemandeurEmploi,
    InscriptionDemandeurEmploi,
)
from graph.enums import Sexe
from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentiteIncoherente,
    IdentiteNonReconnue,
    SourceDelaiDepasse,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from providers._concordance import confronter
from providers._source import Appel, UpstreamResponse
from providers.france_travail_demandeur_emploi import SOURCE
from tests.providers.allers_retours import ABSENT, muter

DEMANDE = Demande(Identite(identifiant_france_travail="jean.dupont33"))
CORPS: dict[str, Any] = {
    "civilite": "M.",
    "nom": "DUPONT",
    "nomUsage": " ",
    "prenom": "JEAN",
    "sexe": "Masculin",
    "dateNaissance": "1985-04-12T00:00:00+02:00",
    "codeCertificationCNAV": "VC",
    "telephone": "0636656565",
    "telephone2": None,
    "email": "jean.dupont@france.fr",
    "adresse": {
        "codePostal": "75007",
        "INSEECommune": "75107",
        "localite": "75007 PARIS",
        "ligneVoie": "42 RUE DE LA PAIX",
        "ligneComplementDestinataire": "APPARTEMENT 42",
        "ligneComplementAdresse": None,
        "ligneComplementDistribution": " ",
        "ligneNom": "DUPONT",
    },
    "dateInscription": "2020-01-01T00:00:00+01:00",
    "dateCessationInscription": None,
    "categorieInscription": "1",
    "libellecategorieInscription": "PERSONNE SANS EMPLOI DISPONIBLE DUREE INDETERMINEE PLEIN TPS",
}


@pytest.fixture
def appel() -> Appel:
    return Appel(
        destinataire="13002526500013",
        correlation="0f8fad5b-d9cb-469f-a165-70867728950e",
        appelant="jeton",
        instant=datetime(2026, 3, 14, 12, tzinfo=PARIS),
    )


def lire(appel: Appel, corps: object = CORPS, status: int = 200) -> DemandeurEmploi:
    return SOURCE.read(UpstreamResponse(status, body=msgspec.json.encode(corps)), DEMANDE, appel)


def modifie(appel: Appel, valeur: object, *chemin: str) -> DemandeurEmploi:
    return lire(appel, muter(CORPS, chemin, valeur))


def test_a_job_seeker_becomes_the_graph_type(appel: Appel) -> None:
    assert lire(appel) == DemandeurEmploi(
        identifiant="jean.dupont33",
        identite=IdentiteDemandeurEmploi(
            civilite=Civilite.M,
            nom_naissance="DUPONT",
            nom_usage=None,
            prenom="JEAN",
            sexe=Sexe.M,
            date_naissance=date(1985, 4, 12),
        ),
        contact=ContactDemandeurEmploi(telephone="0636656565", telephone2=None, email="jean.dupont@france.fr"),
        adresse=AdresseDemandeurEmploi(
            code_postal="75007",
            code_cog_insee_commune="75107",
            localite="75007 PARIS",
            ligne_voie="42 RUE DE LA PAIX",
            ligne_complement_destinataire="APPARTEMENT 42",
            ligne_complement_adresse=None,
            ligne_complement_distribution=None,
            ligne_nom="DUPONT",
        ),
        inscription=InscriptionDemandeurEmploi(
            date_debut=date(2020, 1, 1),
            date_fin=None,
            categorie=CategorieInscription(
                code=1, libelle="PERSONNE SANS EMPLOI DISPONIBLE DUREE INDETERMINEE PLEIN TPS"
            ),
            code_certification_cnav=CodeCertificationCnav.VC,
        ),
    )


@pytest.mark.parametrize(
    ("lue", "attendue"),
    [
        ("2025-09-01T00:00:00+02:00", date(2025, 9, 1)),
        ("2025-09-01T23:30:00-04:00", date(2025, 9, 1)),
        ("2025-09-01T23:30:00.505Z", date(2025, 9, 1)),
        ("2025-09-01T00:00:00", date(2025, 9, 1)),
        (" 2025-09-01 ", date(2025, 9, 1)),
        (" ", None),
        ("", None),
        (None, None),
    ],
)
def test_an_instant_keeps_its_local_day(appel: Appel, lue: str | None, attendue: date | None) -> None:
    inscription = modifie(appel, lue, "dateCessationInscription").inscription
    assert inscription
    assert inscription.date_fin == attendue


@pytest.mark.parametrize("code", list(CodeCertificationCnav))
def test_every_certification_is_known(appel: Appel, code: CodeCertificationCnav) -> None:
    inscription = modifie(appel, code.value, "codeCertificationCNAV").inscription
    assert inscription
    assert inscription.code_certification_cnav is code


def test_a_failed_certification_is_one_of_them() -> None:
    assert {str(code.value) for code in CodeCertificationCnav} == {"VC", "IC", "PC", "AC", "DC", "EC", "RC"}


@pytest.mark.parametrize(
    ("civilite", "sexe", "attendus"),
    [("MME", "Féminin", (Civilite.MME, Sexe.F)), ("M.", "Masculin", (Civilite.M, Sexe.M)), (" ", " ", (None, None))],
)
def test_title_and_sex_have_the_words_of_the_graph(
    appel: Appel, civilite: str, sexe: str, attendus: tuple[Civilite | None, Sexe | None]
) -> None:
    identite = lire(appel, CORPS | {"civilite": civilite, "sexe": sexe}).identite
    assert identite
    assert (identite.civilite, identite.sexe) == attendus


@pytest.mark.parametrize("code", ["1", "2", "3", "4", "5"])
def test_the_category_is_a_number(appel: Appel, code: str) -> None:
    inscription = modifie(appel, code, "categorieInscription").inscription
    assert inscription
    assert inscription.categorie
    assert inscription.categorie.code == int(code)


@pytest.mark.parametrize("cle", ["telephone", "telephone2", "email"])
def test_contact_details_may_be_absent(appel: Appel, cle: str) -> None:
    contact = modifie(appel, ABSENT, cle).contact
    assert contact
    assert getattr(contact, cle) is None


@pytest.mark.parametrize(
    ("chemin", "valeur"),
    [
        (("categorieInscription",), " "),
        (("categorieInscription",), ""),
        (("categorieInscription",), None),
        (("categorieInscription",), ABSENT),
        (("categorieInscription",), "A"),
        (("categorieInscription",), "12"),
        (("categorieInscription",), 1),
        (("civilite",), "MLLE"),
        (("sexe",), "Autre"),
        (("nom",), " "),
        (("nom",), ABSENT),
        (("dateNaissance",), "12/04/1985"),
        (("dateNaissance",), "1985-02-30T00:00:00+01:00"),
        (("dateNaissance",), "1985-04-12T25:00:00+01:00"),
        (("dateNaissance",), 482104800),
        (("dateCessationInscription",), ABSENT),
        (("codeCertificationCNAV",), "XX"),
        (("codeCertificationCNAV",), ABSENT),
        (("adresse",), None),
        (("adresse", "INSEECommune"), 75107),
        (("adresse", "codePostal"), ABSENT),
    ],
)
def test_a_drift_is_caught_at_the_door(appel: Appel, chemin: tuple[str, ...], valeur: object) -> None:
    with pytest.raises(SourceReponseInvalide):
        modifie(appel, valeur, *chemin)


@pytest.mark.parametrize(
    ("status", "body", "attendue", "cause"),
    [
        (404, b'{"codeErreur":"404","messageLog":"Individu inconnu de nos services"}', IdentiteNonReconnue, None),
        (404, b"", IdentiteNonReconnue, None),
        (404, b'{"codeErreur":"ressource"}', SourceReponseInvalide, "SOURCE_DERIVE"),
        (404, b"<html>Not Found</html>", SourceReponseInvalide, "SOURCE_DERIVE"),
        (206, b'{"nom":"DUPONT","prenom":"JEAN"}', DossierAbsent, None),
        (
            500,
            b'{"codeErreur":"500","messageLog":"x java.util.concurrent.TimeoutException: y"}',
            SourceDelaiDepasse,
            "SOURCE_DELAI_DEPASSE",
        ),
        (500, b'{"codeErreur":"500","messageLog":"NullPointerException"}', SourceIndisponible, "SOURCE_ERREUR"),
        (500, b'{"codeErreur":"500"}', SourceIndisponible, "SOURCE_ERREUR"),
        (500, b"", SourceIndisponible, "SOURCE_ERREUR"),
        (500, b"java.util.concurrent.TimeoutException", SourceIndisponible, "SOURCE_ERREUR"),
        (200, b"", SourceReponseInvalide, "SOURCE_DERIVE"),
    ],
)
def test_each_refusal_has_one_meaning(
    appel: Appel, status: int, body: bytes, attendue: type[ErreurDeBloc], cause: str | None
) -> None:
    assert status in SOURCE.lit
    with pytest.raises(attendue) as refus:
        SOURCE.read(UpstreamResponse(status, body=body), DEMANDE, appel)
    assert refus.value.cause == cause


def test_the_job_seeker_is_named_to_be_compared(appel: Appel) -> None:
    assert SOURCE.etats_civils(lire(appel, CORPS | {"nomUsage": "MARTIN"})) == (
        EtatCivil("DUPONT", ("JEAN",), "1985-04-12", nom_usage="MARTIN", prenom_max=13),
    )


@pytest.mark.parametrize(
    ("prenom", "nom", "concorde"),
    [
        ("Jean-Christophe", "Dupont", True),
        ("Jean-Charles", "Dupont", False),
        ("Jean-Christophe", "Martin", False),
    ],
)
def test_a_declared_identifier_is_compared_with_the_etat_civil_given(
    appel: Appel, prenom: str, nom: str, *, concorde: bool
) -> None:
    bloc = modifie(appel, "JEAN-CHRISTOP", "prenom")
    identite = Identite(
        pivot=IdentitePivot(nom, (prenom,), DateNaissance(1985, 4, 12)), identifiant_france_travail="jean.dupont33"
    )
    if concorde:
        assert confronter(identite, SOURCE.etats_civils(bloc))
    else:
        with pytest.raises(IdentiteIncoherente):
            confronter(identite, SOURCE.etats_civils(bloc))
