"""A citizen reads who consulted her data: all that is hers, nothing of anybody else, and never a value."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.consultation import SCOPE
from tests.application import Application, Personnes, application

CITOYENNE, AUTRE = "dubois-angela", "martin-pierre"
JOURNAL = """query ($premiers: Int, $apres: String) { mesConsultations(premiers: $premiers, apres: $apres) {
  edges { cursor node { reference instant destinataire habilitation cadreJuridique rattachement
    contenu { demarche champs champsDemandes issue sources { source fournisseur code } } } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
} }"""
FISCALE = "situationFiscale { revenuFiscalReference nombreParts }"
ETUDIANTE = "statutEtudiant { admissions { estInscrit } }"
MAIRIE = "21920023500014"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        yield app


async def consulter(app: Application, selection: str, identite: dict[str, Any], **demande: Any) -> httpx.Response:
    """Ask about a person as a town hall does, from its token's scopes; return the answer."""
    accordes = demande.pop("scopes", None) or (await app.jeton_de("tout"))["scopes"]
    jeton = await app.jeton(accordes, MAIRIE)
    query = f"query ($identite: IdentiteInput!) {{ particulier(identite: $identite) {{ {selection} }} }}"
    return (await app.demander(query, {"identite": identite}, jeton, demande.get("headers"))).raise_for_status()


async def lire(app: Application, citoyen: str, **variables: Any) -> httpx.Response:
    jeton = (await app.jeton_de("citoyen"))["jeton"]
    return await app.demander(JOURNAL, variables, jeton, {"X-FranceConnect-Token": citoyen})


async def journal(app: Application, citoyen: str, **variables: Any) -> list[dict[str, Any]]:
    """Return the accesses of one page, but for the readings of the journal itself."""
    corps = (await lire(app, citoyen, **variables)).raise_for_status().json()
    assert "errors" not in corps
    noeuds = [edge["node"] for edge in corps["data"]["mesConsultations"]["edges"]]
    return [un for un in noeuds if not lectures(un)]


def lectures(noeud: dict[str, Any]) -> bool:
    demandes = (noeud["contenu"] or {"champsDemandes": []})["champsDemandes"]
    return bool(demandes) and all(champ.startswith("mesConsultations.") for champ in demandes)


async def toutes_ses_cles(app: Application, nom: str) -> dict[str, Any]:
    identite: dict[str, Any] = (await app.personnes())[nom]["identite"]
    return identite


async def pivot(app: Application, nom: str) -> dict[str, Any]:
    return {"identitePivot": (await toutes_ses_cles(app, nom))["identitePivot"]}


async def test_she_sees_who_asked_what_and_what_came_of_it(app: Application) -> None:
    demande = {"headers": {"X-Demarche": "tarif de cantine", "X-Agent": "agent-7"}}
    reponse = await consulter(app, FISCALE, await toutes_ses_cles(app, CITOYENNE), **demande)
    (noeud,) = await journal(app, CITOYENNE)
    assert noeud == {
        "reference": reponse.headers["x-request-id"],
        "instant": "2026-11-23T10:30:00+00:00",
        "destinataire": MAIRIE,
        "habilitation": "Bac à sable : à la demande",
        "cadreJuridique": "Bac à sable : données fictives",
        "rattachement": "CERTAIN",
        "contenu": {
            "demarche": "tarif de cantine",
            "champs": ["situationFiscale.nombreParts", "situationFiscale.revenuFiscalReference"],
            "champsDemandes": ["situationFiscale.nombreParts", "situationFiscale.revenuFiscalReference"],
            "issue": "RENDUE",
            "sources": [
                {"source": "dgfip_situation_fiscale", "fournisseur": "DGFIP (API Impôt Particulier)", "code": "OBTENU"}
            ],
        },
    }


@pytest.mark.parametrize(("selection", "cle"), [(ETUDIANTE, "ine"), (FISCALE, "numeroFiscal")])
async def test_an_access_by_a_number_is_found_by_the_etat_civil_that_the_source_returned(
    app: Application, selection: str, cle: str
) -> None:
    identite = await toutes_ses_cles(app, CITOYENNE)
    await consulter(app, selection, {cle: identite[cle]})
    (noeud,) = await journal(app, CITOYENNE)
    assert (noeud["destinataire"], noeud["rattachement"]) == (
        MAIRIE,
        "CERTAIN" if cle == "numeroFiscal" else "PROBABLE",
    )


async def test_another_citizen_sees_nothing_of_it(app: Application) -> None:
    identite = await toutes_ses_cles(app, CITOYENNE)
    for cles in (await pivot(app, CITOYENNE), {"ine": identite["ine"]}, {"numeroFiscal": identite["numeroFiscal"]}):
        await consulter(app, f"{FISCALE} {ETUDIANTE}", cles)
    corps = (await lire(app, AUTRE)).json()["data"]["mesConsultations"]
    assert corps == {
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


async def test_what_concerns_a_homonym_born_elsewhere_the_same_day_is_not_shown(app: Application) -> None:
    await consulter(app, ETUDIANTE, await pivot(app, "bernard-camille-lyon"))
    assert len(await journal(app, "bernard-camille-lyon")) == 1
    assert await journal(app, "bernard-camille-marseille") == []


async def test_a_given_name_that_no_source_checks_does_not_hide_an_access_from_her(app: Application) -> None:
    identite = await pivot(app, "dubois-angela")
    prenoms = [*identite["identitePivot"]["prenoms"][:1], "Inventé"]
    reponse = await consulter(app, ETUDIANTE, {"identitePivot": {**identite["identitePivot"], "prenoms": prenoms}})
    assert reponse.json()["data"]["particulier"]["statutEtudiant"]
    (noeud,) = await journal(app, "dubois-angela")
    assert noeud["rattachement"] == "PROBABLE"


async def test_what_may_concern_a_homonym_says_who_asked_and_not_what(app: Application) -> None:
    ine = (await toutes_ses_cles(app, "bernard-camille-lyon"))["ine"]
    await consulter(app, ETUDIANTE, {"ine": ine}, headers={"X-Demarche": "bourse"})
    for citoyen in ("bernard-camille-lyon", "bernard-camille-marseille"):
        (noeud,) = await journal(app, citoyen)
        assert (noeud["rattachement"], noeud["contenu"]) == ("PROBABLE", None)


async def test_a_field_refused_or_that_no_source_gave_is_not_told_as_disclosed(app: Application) -> None:
    accordes = ["dgfip_rfr", "dgfip_annee_n_moins_1", "mesri_admissions", "mesri_admission_inscrit"]
    await app.mettre_en_panne("mesri_statut_etudiant", mode="indisponible_503")
    await consulter(app, f"{FISCALE} {ETUDIANTE}", await toutes_ses_cles(app, CITOYENNE), scopes=accordes)
    (noeud,) = await journal(app, CITOYENNE)
    rfr, inscrit = "situationFiscale.revenuFiscalReference", "statutEtudiant.admissions.estInscrit"
    assert noeud["contenu"]["champs"] == [rfr]
    assert noeud["contenu"]["champsDemandes"] == [rfr, inscrit]
    codes = {une["source"]: une["code"] for une in noeud["contenu"]["sources"]}
    assert codes == {"dgfip_situation_fiscale": "OBTENU", "mesri_statut_etudiant": "SOURCE_INDISPONIBLE"}


async def test_no_value_is_told(app: Application) -> None:
    tout = f"{FISCALE} {ETUDIANTE} dossierAllocataire {{ allocataires {{ nomNaissance dateNaissance }} }}"
    reponse = (await consulter(app, tout, await toutes_ses_cles(app, CITOYENNE))).json()["data"]["particulier"]
    dit = (await lire(app, CITOYENNE)).text
    valeurs = {str(une) for une in feuilles(reponse)} | {
        str(une) for une in feuilles(await toutes_ses_cles(app, CITOYENNE))
    }
    longues = {une for une in valeurs if len(une) > 4}
    assert len(longues) > 5
    assert [une for une in longues if une in dit] == []


def feuilles(valeur: Any) -> list[Any]:
    if isinstance(valeur, dict | list):
        return [
            feuille for une in (valeur.values() if isinstance(valeur, dict) else valeur) for feuille in feuilles(une)
        ]
    return [valeur]


async def test_pages_follow_one_another_from_the_newest_to_the_oldest(app: Application) -> None:
    cles = await pivot(app, CITOYENNE)
    references = [(await consulter(app, ETUDIANTE, cles)).headers["x-request-id"] for _ in range(5)]
    lues: list[str] = []
    apres: str | None = None
    for rang in range(3):
        page = (await lire(app, CITOYENNE, premiers=2, apres=apres)).json()["data"]["mesConsultations"]
        # The pages already read are accesses too: they come before the cursor, and shift nothing.
        lues += [edge["node"]["reference"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (rang > 0)
        assert page["pageInfo"]["hasNextPage"] is (rang < 2)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        apres = page["pageInfo"]["endCursor"]
        assert apres == page["edges"][-1]["cursor"]
    assert lues == references[::-1]


async def test_to_read_a_journal_is_an_access_that_it_tells(app: Application) -> None:
    premiere = await lire(app, CITOYENNE)
    (noeud,) = [edge["node"] for edge in (await lire(app, CITOYENNE)).json()["data"]["mesConsultations"]["edges"]]
    assert noeud["reference"] == premiere.headers["x-request-id"]
    assert (noeud["rattachement"], noeud["contenu"]["issue"]) == ("CERTAIN", "RENDUE")
    assert "mesConsultations.edges.node.contenu.champs" in noeud["contenu"]["champs"]


@pytest.mark.parametrize(
    "variables",
    [{"premiers": 0}, {"premiers": 101}, {"premiers": -1}, *({"apres": un} for un in ("", "x", "é" * 64, "A" * 64))],
    ids=str,
)
async def test_a_page_that_there_is_not_is_refused(app: Application, variables: dict[str, Any]) -> None:
    reponse = await lire(app, CITOYENNE, **variables)
    assert (reponse.status_code, reponse.json()["errors"][0]["extensions"]["code"]) == (400, "PARAMETRE_INVALIDE")
    assert "data" not in reponse.json()


async def test_nobody_is_shown_a_journal_without_franceconnect(app: Application) -> None:
    jeton = (await app.jeton_de("tout"))["jeton"]
    reponse = await app.demander(JOURNAL, {}, jeton)
    assert (reponse.status_code, reponse.json()["errors"][0]["extensions"]["code"]) == (401, "FRANCECONNECT_INVALIDE")
    reponse = await app.demander(JOURNAL, {}, jeton, {"X-FranceConnect-Token": "personne-d-autre"})
    assert (reponse.status_code, reponse.json()["errors"][0]["extensions"]["code"]) == (401, "FRANCECONNECT_INVALIDE")


async def test_a_portal_that_is_not_granted_it_is_told_the_scope_and_leaves_no_reading(app: Application) -> None:
    jeton = await app.jeton(["dgfip_rfr"])
    corps = (await app.demander(JOURNAL, {}, jeton, {"X-FranceConnect-Token": CITOYENNE})).json()
    assert corps["data"] == {"mesConsultations": None}
    (erreur,) = corps["errors"]
    assert erreur["path"] == ["mesConsultations"]
    assert (erreur["extensions"]["code"], erreur["extensions"]["scopes"]) == ("NON_HABILITE", [SCOPE])
    assert (await lire(app, CITOYENNE)).json()["data"]["mesConsultations"]["edges"] == []


async def test_the_consent_given_to_franceconnect_does_not_have_to_list_it(tmp_path: Path) -> None:
    async with application(tmp_path) as app:
        demande = {"personne": CITOYENNE, "scopes": ["openid"]}
        reponse = await app.client.post("/bac-a-sable/franceconnect/jetons", json=demande)
        assert await journal(app, reponse.json()["jeton"]) == []


async def test_one_page_is_read_at_a_time(app: Application) -> None:
    jeton = (await app.jeton_de("citoyen"))["jeton"]
    deux = "{ a: mesConsultations { pageInfo { endCursor } } b: mesConsultations { pageInfo { endCursor } } }"
    reponse = await app.demander(deux, {}, jeton, {"X-FranceConnect-Token": CITOYENNE})
    assert (reponse.status_code, reponse.json()["errors"][0]["extensions"]["code"]) == (400, "REQUETE_TROP_COUTEUSE")


async def test_type_names_alone_are_those_of_what_is_there(app: Application) -> None:
    await consulter(app, ETUDIANTE, await pivot(app, CITOYENNE))
    await consulter(app, ETUDIANTE, {"ine": (await toutes_ses_cles(app, CITOYENNE))["ine"]})
    jeton = (await app.jeton_de("citoyen"))["jeton"]
    noms = "{ mesConsultations { __typename edges { __typename node { contenu { __typename } } } } }"
    corps = (await app.demander(noms, {}, jeton, {"X-FranceConnect-Token": CITOYENNE})).json()
    assert corps["data"]["mesConsultations"]["edges"] == [
        {"__typename": "ConsultationEdge", "node": {"contenu": None}},
        {"__typename": "ConsultationEdge", "node": {"contenu": {"__typename": "ContenuDeConsultation"}}},
    ]


async def test_it_is_explained_and_shown_as_any_guarded_field(app: Application) -> None:
    requete = "{ mesConsultations(premiers: 5) { edges { node { instant } } } }"
    champs = "acceptee champs { champ accorde scopesManquants }"
    explication = f"query ($requete: String!) {{ expliquer(requete: $requete) {{ {champs} }} }}"
    for profil, accorde in (("citoyen", True), ("ccas", False)):
        jeton = (await app.jeton_de(profil))["jeton"]
        dit = (await app.demander(explication, {"requete": requete}, jeton)).json()["data"]["expliquer"]
        champ = {"champ": "mesConsultations.edges.node.instant", "accorde": accorde}
        assert dit == {"acceptee": True, "champs": [champ | {"scopesManquants": [] if accorde else [SCOPE]}]}
        autorisation = {"Authorization": f"Bearer {jeton}"}
        visible = await app.client.get("/schema.graphql?habilitation=moi", headers=autorisation)
        assert ("mesConsultations" in visible.text) is accorde


async def test_when_the_key_is_destroyed_nothing_is_found_any_more(tmp_path: Path) -> None:
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        await consulter(app, ETUDIANTE, await pivot(app, CITOYENNE))
        assert len(await journal(app, CITOYENNE)) == 1
        app.horloge.instant += timedelta(days=10)
        (tmp_path / "pseudonymes" / "2026-11.cle").unlink()
        assert await journal(app, CITOYENNE) == []


async def test_a_journal_that_cannot_be_searched_is_said_to_be_so_and_the_rest_is_answered(app: Application) -> None:
    index = app.dossier / "journal.db.index"
    await journal(app, CITOYENNE)
    for chemin in app.dossier.glob("journal.db.index*"):
        chemin.unlink()
    index.mkdir()
    jeton = (await app.jeton_de("tout"))["jeton"]
    query = f"{{ particulier {{ {ETUDIANTE} }} mesConsultations {{ edges {{ node {{ instant }} }} }} }}"
    corps = (await app.demander(query, {}, jeton, {"X-FranceConnect-Token": CITOYENNE})).json()
    assert corps["data"]["mesConsultations"] is None
    assert corps["data"]["particulier"]["statutEtudiant"]["admissions"] is not None
    (erreur,) = corps["errors"]
    assert (erreur["path"], erreur["extensions"]["code"]) == (["mesConsultations"], "SOURCE_INDISPONIBLE")
    index.rmdir()
    (noeud,) = await journal(app, CITOYENNE)
    assert noeud["contenu"]["champs"] == ["statutEtudiant.admissions.estInscrit"]


async def test_nobody_waits_for_a_journal_longer_than_she_said(app: Application) -> None:
    await journal(app, CITOYENNE)
    for chemin in app.dossier.glob("journal.db.index*"):
        chemin.unlink()
    (app.dossier / "journal.db.index").mkdir()
    jeton = (await app.jeton_de("citoyen"))["jeton"]
    presse = {"X-FranceConnect-Token": CITOYENNE, "X-Delai-Max-Ms": "500"}
    corps = (await app.demander(JOURNAL, {}, jeton, presse)).raise_for_status().json()
    assert corps["data"] == {"mesConsultations": None}
    (erreur,) = corps["errors"]
    assert (erreur["path"], erreur["extensions"]["code"]) == (["mesConsultations"], "SOURCE_DELAI_DEPASSE")
