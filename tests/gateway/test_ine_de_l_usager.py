"""A citizen says her INE: accesses that may be hers become hers for certain, and nothing else is told to anybody."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from audit.mois import Mois
from audit.pseudonyme import INE, pseudonymes
from audit.registre import lire as lire_le_journal
from audit.trace import Intention
from audit.trousseau import Trousseau
from graph.consultation import SCOPE
from graph.identite import Identite
from habilitations._bornes import INE_PAR_HEURE
from tests.application import INSTANT, SIRET, Application, Personnes, application, guichet, reglages

ELLE, HOMONYME, AUTRE = "bernard-camille-lyon", "bernard-camille-marseille", "dubois-angela"
ETUDIANTE = """query ($i: IdentiteInput!) { particulier(identite: $i) {
  statutEtudiant { identite { nomNaissance } admissions { estInscrit } } } }"""
JOURNAL = """query ($ine: Ine) { mesConsultations(ine: $ine) {
  edges { node { reference rattachement contenu { champs issue } } } pageInfo { hasNextPage } } }"""
DE_PERSONNE = "9999999999Z"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path, reconnaitre=Personnes().reconnaitre) as app:
        yield app


async def ine_de(app: Application, nom: str) -> str:
    return str((await app.personnes())[nom]["identite"]["ine"])


async def consulter(app: Application, *cles: tuple[str, str]) -> str:
    """Ask about whoever these keys name, each of a persona; return the reference of the access."""
    personnes = await app.personnes()
    identite = {cle: personnes[nom]["identite"][cle] for nom, cle in cles}
    jeton = await app.jeton((await app.jeton_de("tout"))["scopes"])
    return (await app.demander(ETUDIANTE, {"i": identite}, jeton)).headers["x-request-id"]


async def repondre(app: Application, citoyen: str, ine: str | None = None, jeton: str | None = None) -> httpx.Response:
    jeton = jeton or (await app.jeton_de("citoyen"))["jeton"]
    return await app.demander(JOURNAL, {"ine": ine} if ine else {}, jeton, {"X-FranceConnect-Token": citoyen})


async def journal(app: Application, citoyen: str, ine: str | None = None) -> list[tuple[str, str, Any]]:
    """Return the reference, the surety and the content of each access, but for the readings of the journal."""
    corps = (await repondre(app, citoyen, ine)).raise_for_status().json()
    assert "errors" not in corps
    noeuds = [edge["node"] for edge in corps["data"]["mesConsultations"]["edges"]]
    return [
        (un["reference"], un["rattachement"], un["contenu"])
        for un in noeuds
        if not un["contenu"] or not any("mesConsultations" in champ for champ in un["contenu"]["champs"])
    ]


async def test_an_access_under_the_ine_that_she_says_is_hers_for_certain(app: Application) -> None:
    reference = await consulter(app, (ELLE, "ine"))
    assert await journal(app, ELLE) == [(reference, "PROBABLE", None)]
    ine = await ine_de(app, ELLE)
    for ecrit in (ine, ine.lower(), f" {ine} "):
        ((lue, rattachement, contenu),) = await journal(app, ELLE, ecrit)
        assert (lue, rattachement, contenu["issue"]) == (reference, "CERTAIN", "RENDUE")
        assert "statutEtudiant.admissions.estInscrit" in contenu["champs"]


async def test_the_ine_of_somebody_else_shows_nothing_that_was_not_shown(app: Application) -> None:
    await consulter(app, (ELLE, "ine"))
    await consulter(app, (AUTRE, "ine"))
    for citoyen in (ELLE, AUTRE, "martin-pierre"):
        sans = await journal(app, citoyen)
        siens = [une for une in (ELLE, AUTRE, HOMONYME) if une != citoyen]
        for ine in (*[await ine_de(app, une) for une in siens], DE_PERSONNE):
            assert await journal(app, citoyen, ine) == sans


async def test_an_access_under_her_ine_about_somebody_who_is_not_her_is_not_shown(app: Application) -> None:
    await consulter(app, (ELLE, "ine"), (AUTRE, "identitePivot"))
    await consulter(app, (ELLE, "ine"), (HOMONYME, "identitePivot"))
    await app.mettre_en_panne("mesri_statut_etudiant", mode="indisponible_503")
    await consulter(app, (ELLE, "ine"))
    assert [lue for _, lue, _ in await journal(app, ELLE, await ine_de(app, ELLE))] == []


@pytest.mark.parametrize("ine", ["2234567890", "2234567890MM", "", "né en 2002"])
async def test_an_ine_of_no_form_is_refused_as_anywhere_else(app: Application, ine: str) -> None:
    refus = [await app.demander(ETUDIANTE, {"i": {"ine": ine}}, (await app.jeton_de("tout"))["jeton"])]
    jeton = (await app.jeton_de("citoyen"))["jeton"]
    refus += [await app.demander(JOURNAL, {"ine": ine}, jeton, {"X-FranceConnect-Token": ELLE})]
    assert [un.status_code for un in refus] == [400, 400]
    ailleurs, ici = (un.json()["errors"][0] for un in refus)
    assert (ici["extensions"]["code"], ici["message"]) == ("PARAMETRE_INVALIDE", ailleurs["message"])
    assert not ine or ine not in refus[1].text


async def test_it_is_in_no_answer_log_or_file_and_the_reading_bears_its_pseudonym(
    app: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    ine = await ine_de(app, ELLE)
    reponse = await repondre(app, ELLE, ine)
    en_dur = JOURNAL.replace("($ine: Ine)", "").replace("$ine", f'"{ine}"')
    jeton = (await app.jeton_de("citoyen"))["jeton"]
    assert (await app.demander(en_dur, {}, jeton, {"X-FranceConnect-Token": ELLE})).is_success
    assert ine not in reponse.text
    dit = capsys.readouterr()
    assert "status=200" in dit.out
    assert ine not in dit.out + dit.err
    assert [un.name for un in app.dossier.rglob("*") if un.is_file() and ine.encode() in un.read_bytes()] == []
    cle = Trousseau(reglages(app.dossier).cles_pseudonymes).du_mois(Mois.de(INSTANT))
    attendu = pseudonymes(cle, Identite(ine=ine))
    intentions = [un for un in lire_le_journal(app.dossier / "journal.db") if isinstance(un, Intention)]
    portes = [tuple(un for un in une.pseudonymes if un.genre == INE) for une in intentions]
    assert portes == [attendu, attendu]


async def test_an_ine_is_not_guessed(app: Application) -> None:
    async with guichet(app) as store:
        creee = await store.creer_habilitation(
            intitule="Portail de l'usager",
            sirets=[SIRET],
            scopes=[SCOPE],
            cadre_juridique="RGPD, art. 15",
            volume_annuel=1_000_000,
        )
        jeton = (await store.emettre(creee.id)).texte

    async def lire(citoyen: str, ine: str | None) -> tuple[int, str | None]:
        reponse = await repondre(app, citoyen, ine, jeton)
        erreurs = reponse.json().get("errors", [])
        app.horloge.instant += timedelta(seconds=1)
        return reponse.status_code, erreurs[0]["extensions"]["code"] if erreurs else None

    essais = [f"{rang:010}A" for rang in range(INE_PAR_HEURE + 1)]
    for ine in (*essais[:-1], *essais[:-1], essais[0].lower()):
        assert await lire(ELLE, ine) == (200, None)
    avant = len(list(lire_le_journal(app.dossier / "journal.db")))
    assert await lire(ELLE, essais[-1]) == (429, "QUOTA_DEPASSE")
    assert len(list(lire_le_journal(app.dossier / "journal.db"))) == avant
    # She reads her journal all the same, and so does anybody else: the portal is not suspended for her.
    assert [await lire(ELLE, None), await lire(AUTRE, essais[-1])] == [(200, None), (200, None)]
    assert await lire(ELLE, essais[-1]) == (429, "QUOTA_DEPASSE")
    app.horloge.instant += timedelta(hours=1)
    assert await lire(ELLE, essais[-1]) == (200, None)
