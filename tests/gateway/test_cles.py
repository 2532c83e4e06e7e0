"""Each month has its key: the service goes on when the month turns, and refuses rather than lose whom it traces."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from audit.accord import empreinte
from audit.cle import TAILLE
from audit.export import exporter_personne
from audit.mois import Mois
from audit.registre import lire
from audit.trace import Intention, Issue
from audit.trousseau import Trousseau
from gateway.app import create_app
from gateway.settings import ReglageManquant
from gateway.veille import RAPPEL, Veille
from graph.identite import Identite
from habilitations._bornes import PERSONNES_PLANCHER
from tests.application import INSTANT, SIRET, Application, Horloge, application, guichet, reglages

QUESTION = "query ($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { identite { nomNaissance } } } }"
MINUIT = INSTANT.replace(month=12, day=1, hour=0, minute=0)
#: More readings of the clock than a request makes.
LECTURES = 25


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path) as app:
        yield app


def gater(app: Application, mois: str) -> Path:
    """Put what is no key in the place of that of a month."""
    chemin = reglages(app.dossier).cles_pseudonymes / f"{mois}.cle"
    chemin.write_bytes(b"court")
    return chemin


async def alarmes(app: Application) -> dict[str, bool]:
    lignes = (await app.client.get("/metrics")).text.splitlines()
    vues = (ligne.split('"') for ligne in lignes if ligne.startswith("particulier_alarmes{"))
    return {motif: valeur == "} 1.0" for _, motif, valeur in vues}


async def angela(app: Application) -> dict[str, Any]:
    identite: dict[str, Any] = (await app.personnes())["dubois-angela"]["identite"]
    return identite


async def test_without_the_key_of_the_month_no_source_is_called_until_it_is_there(app: Application) -> None:
    app.horloge.instant = INSTANT + timedelta(days=40)
    gate = gater(app, "2027-01")
    jeton, personne = await app.jeton({"mesri_identite"}), await angela(app)
    refus = await app.demander(QUESTION, {"i": personne}, jeton)
    assert refus.status_code == 503
    assert refus.json()["errors"][0]["extensions"]["code"] == "AUDIT_INDISPONIBLE"
    assert not any((await app.appels()).values())
    pret = await app.client.get("/readyz")
    assert (pret.status_code, pret.json()["cles_pseudonymes"]) == (503, False)
    gate.unlink()
    assert (await app.demander(QUESTION, {"i": personne}, jeton)).status_code == 200
    assert (await app.client.get("/readyz")).status_code == 200


async def test_without_the_key_of_the_next_month_the_service_goes_on_and_it_is_told(app: Application) -> None:
    assert await alarmes(app) == {"scelles": False, "cles_pseudonymes": False}
    app.horloge.instant = INSTANT + timedelta(days=14)
    gater(app, "2027-01")
    jeton, personne = await app.jeton({"mesri_identite"}), await angela(app)
    assert (await app.demander(QUESTION, {"i": personne}, jeton)).status_code == 200
    assert (await app.client.get("/readyz")).status_code == 200
    assert await alarmes(app) == {"scelles": False, "cles_pseudonymes": True}


async def test_a_server_with_another_folder_of_keys_does_not_start_on_the_journal(tmp_path: Path) -> None:
    async with application(tmp_path):
        pass
    shutil.rmtree(reglages(tmp_path).cles_pseudonymes)
    with pytest.raises(ReglageManquant, match=r"PARTICULIER_CLES_PSEUDONYMES.* 2026-11\. .*même dossier"):
        async with application(tmp_path):
            pass


async def test_when_a_month_turns_to_another_key_no_source_is_called_and_the_folder_to_share_is_told(
    app: Application,
) -> None:
    cle = reglages(app.dossier).cles_pseudonymes / "2026-12.cle"
    sienne = cle.read_bytes()
    with closing(sqlite3.connect(app.dossier / "journal.db")) as base, base:
        base.execute("INSERT INTO cle_du_mois VALUES ('2026-12', ?)", (empreinte(bytes(TAILLE), "2026-12"),))
    jeton, personne = await app.jeton({"mesri_identite"}), await angela(app)
    app.horloge.instant = MINUIT
    with capture_logs() as journal:
        for _ in range(2):
            refus = await app.demander(QUESTION, {"i": personne}, jeton)
            assert refus.status_code == 503
            assert refus.json()["errors"][0]["extensions"]["code"] == "AUDIT_INDISPONIBLE"
    assert not any((await app.appels()).values())
    (dite,) = (ligne for ligne in journal if ligne["event"] == "cle_du_mois_etrangere")
    assert (dite["log_level"], dite["mois"], dite["dossier"]) == ("error", "2026-12", str(cle.parent))
    assert "partagent un même dossier" in dite["a_faire"]
    assert (await app.client.get("/readyz")).json()["cles_pseudonymes"] is False
    assert (await alarmes(app))["cles_pseudonymes"]
    cle.write_bytes(bytes(TAILLE))
    assert (await app.client.get("/readyz")).status_code == 200
    assert (await app.demander(QUESTION, {"i": personne}, jeton)).status_code == 200
    assert not (await alarmes(app))["cles_pseudonymes"]
    assert sienne not in str(journal).encode()


async def test_seals_that_cannot_be_written_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "journal.db.scelles").symlink_to("/dev/full")
    with capture_logs() as journal:
        async with application(tmp_path) as app:
            assert await alarmes(app) == {"scelles": True, "cles_pseudonymes": False}
            assert (await app.client.get("/readyz")).status_code == 200
    assert {"event": "alarme", "log_level": "warning", "motif": "scelles"} in journal


async def test_an_alarm_is_logged_when_it_begins_and_ends_and_from_time_to_time() -> None:
    en_panne = False
    veille = Veille({"essai": lambda: en_panne})

    async def dits(fois: int) -> list[str]:
        with capture_logs() as journal:
            for _ in range(fois):
                await veille.regarder()
        return [ligne["event"] for ligne in journal]

    assert await dits(3) == []
    en_panne = True
    assert await dits(RAPPEL) == ["alarme"]
    assert await dits(1) == ["alarme"]
    en_panne = False
    assert await dits(3) == ["alarme_levee"]


async def test_an_alarm_that_cannot_be_looked_at_hides_no_other() -> None:
    def cassee() -> bool:
        raise OSError

    veille = Veille({"cassee": cassee, "essai": lambda: True})
    with capture_logs() as journal:
        await veille.regarder()
    assert [ligne["motif"] for ligne in journal if ligne["event"] == "alarme"] == ["essai"]


async def test_a_disk_that_does_not_answer_is_an_alarm_and_holds_neither_the_loop_nor_a_second_thread() -> None:
    commence, rendu, regards = threading.Event(), threading.Event(), list[int]()

    def muette() -> bool:
        regards.append(threading.get_ident())
        commence.set()
        rendu.wait(60)
        return False

    veille = Veille({"muette": muette, "essai": lambda: True}, delai=0.01)
    with capture_logs() as journal:
        await veille.regarder()
        assert await asyncio.to_thread(commence.wait, 60)
        await veille.regarder()
        assert [ligne["motif"] for ligne in journal if ligne["event"] == "alarme"] == ["muette", "essai"]
        assert len(regards) == 1
        assert threading.get_ident() not in regards
        rendu.set()
        while not any(ligne["event"] == "alarme_levee" for ligne in journal):
            await veille.regarder()


@dataclass
class Bascule(Horloge):
    """A clock at which the month turns after so many readings."""

    reste: int = 10**9

    def __call__(self) -> datetime:
        """Tell the instant."""
        self.reste -= 1
        return MINUIT - timedelta(seconds=1) if self.reste >= 0 else MINUIT


async def test_a_person_is_found_whenever_the_month_turns_in_a_request(tmp_path: Path) -> None:
    horloge = Bascule()
    asgi = create_app(reglages(tmp_path), horloge)
    async with (
        asgi.router.lifespan_context(asgi),
        httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url="http://particulier.test") as client,
    ):
        app = Application(client, tmp_path, horloge, asgi)
        jeton, personne = await app.jeton({"mesri_identite"}), await angela(app)
        for horloge.reste in range(LECTURES):
            assert "errors" not in (await app.demander(QUESTION, {"i": personne}, jeton)).json()
    mois: dict[str, set[str]] = {}
    for trace in lire(tmp_path / "journal.db"):
        assert isinstance(trace, Intention | Issue)
        mois.setdefault(trace.requete, set()).add(f"{type(trace).__name__} {Mois.de(trace.instant)}")
    assert {"Intention 2026-11", "Issue 2026-11"} in mois.values()
    assert {"Intention 2026-11", "Issue 2026-12"} in mois.values()
    assert {"Intention 2026-12", "Issue 2026-12"} in mois.values()
    cles = Trousseau(reglages(tmp_path).cles_pseudonymes).toutes().values()
    trouvees = list(exporter_personne(tmp_path / "journal.db", cles, Identite(ine=personne["ine"])))
    assert len(trouvees) == 2 * LECTURES


async def test_whoever_is_consulted_on_both_sides_of_midnight_counts_once(app: Application) -> None:
    async with guichet(app) as store:
        creee = await store.creer_habilitation(
            intitule="Université",
            sirets=[SIRET],
            scopes=["mesri_identite"],
            cadre_juridique="CRPA, art. L. 114-8",
            volume_annuel=1,
        )
        jeton = (await store.emettre(creee.id)).texte
    for secondes in (-PERSONNES_PLANCHER, PERSONNES_PLANCHER):
        for rang in range(PERSONNES_PLANCHER):
            app.horloge.instant = MINUIT + timedelta(seconds=secondes + rang / 2)
            reponse = await app.demander(QUESTION, {"i": {"ine": f"{rang:010}A"}}, jeton)
            assert reponse.status_code == 200
    reponse = await app.demander(QUESTION, {"i": {"ine": "9999999999A"}}, jeton)
    assert reponse.json()["errors"][0]["extensions"]["code"] == "JETON_SUSPENDU"
