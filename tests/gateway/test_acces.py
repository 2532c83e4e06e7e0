"""Who is let in, from the next request on: the addresses of a grant, an editor's delegations, what DataPass says."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from audit.export import exporter
from audit.registre import lire
from audit.trace import Intention
from gateway.app import create_app
from gateway.settings import Settings
from habilitations.store import Store
from tests.application import INSTANT, SIRET, Application, Horloge, application, guichet, reglages
from tests.habilitations.evenements import MARSEILLE, PARIS, SECRET, evenement, signature

QUESTION = "{ habilitation { intitule } }"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Application]:
    async with application(tmp_path) as app:
        yield app


@pytest.fixture
async def store(app: Application) -> AsyncIterator[Store]:
    async with guichet(app) as store:
        yield store


async def creer(store: Store, siret: str, scope: str = "mesri_identite") -> str:
    creee = await store.creer_habilitation(
        intitule=f"Habilitation de {siret}", sirets=[siret], scopes=[scope], cadre_juridique="CRPA, art. L. 114-8"
    )
    return creee.id


def code(reponse: httpx.Response) -> tuple[int, str]:
    if reponse.is_success:
        return reponse.status_code, str(reponse.json()["data"]["habilitation"]["intitule"])
    return reponse.status_code, str(reponse.json()["errors"][0]["extensions"]["code"])


async def test_a_grant_serves_the_addresses_declared_for_it_and_no_other(app: Application, store: Store) -> None:
    habilitation = await creer(store, SIRET)
    jeton = (await store.emettre(habilitation)).texte
    assert code(await app.demander(QUESTION, jeton=jeton)) == (200, f"Habilitation de {SIRET}")
    await store.limiter(habilitation, ["192.0.2.0/24"])
    assert code(await app.demander(QUESTION, jeton=jeton)) == (403, "ADRESSE_NON_AUTORISEE")
    # A caller does not choose its address: nobody is believed unless the settings say so.
    usurpe = {"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1"}
    assert code(await app.demander(QUESTION, jeton=jeton, headers=usurpe)) == (403, "ADRESSE_NON_AUTORISEE")
    await store.limiter(habilitation, ["127.0.0.1"])
    assert code(await app.demander(QUESTION, jeton=jeton)) == (200, f"Habilitation de {SIRET}")


async def test_an_editor_acts_for_the_administration_it_names_until_the_delegation_ends(
    app: Application, store: Store
) -> None:
    editeur = await store.creer_editeur("Logiciels", SIRET)
    jeton = (await store.emettre(editeur.habilitation_id)).texte
    pour_paris = await store.deleguer(editeur.id, await creer(store, PARIS))
    await store.deleguer(editeur.id, await creer(store, MARSEILLE, "cnaf_quotient_familial"))
    paris, marseille, autre = ({"X-Destinataire": siret} for siret in (PARIS, MARSEILLE, SIRET))

    assert code(await app.demander(QUESTION, jeton=jeton)) == (400, "DESTINATAIRE_INVALIDE")
    assert code(await app.demander(QUESTION, jeton=jeton, headers=autre)) == (403, "DESTINATAIRE_NON_COUVERT")
    assert code(await app.demander(QUESTION, jeton=jeton, headers=marseille)) == (200, f"Habilitation de {MARSEILLE}")
    assert code(await app.demander(QUESTION, jeton=jeton, headers=paris)) == (200, f"Habilitation de {PARIS}")

    await store.revoquer_delegation(pour_paris.id)
    assert code(await app.demander(QUESTION, jeton=jeton, headers=paris)) == (403, "DESTINATAIRE_NON_COUVERT")
    assert code(await app.demander(QUESTION, jeton=jeton, headers=marseille)) == (200, f"Habilitation de {MARSEILLE}")


async def test_the_journal_names_the_delegation_that_an_editor_used(app: Application, store: Store) -> None:
    editeur = await store.creer_editeur("Logiciels", SIRET)
    emis, habilitation = await store.emettre(editeur.habilitation_id), await creer(store, PARIS)
    delegation = await store.deleguer(editeur.id, habilitation)
    query = "query ($i: IdentiteInput!) { particulier(identite: $i) { statutEtudiant { identite { prenom } } } }"
    for jeton in (emis.texte, (await store.emettre(habilitation)).texte):
        await app.demander(query, {"i": {"ine": "0912345678K"}}, jeton, {"X-Destinataire": PARIS})
    intentions = [une for une in lire(app.dossier / "journal.db") if isinstance(une, Intention)]
    assert [(une.habilitation, une.delegation) for une in intentions] == [
        (habilitation, delegation.id),
        (habilitation, None),
    ]
    periode = (INSTANT, INSTANT + timedelta(seconds=1))
    intention, _ = exporter(app.dossier / "journal.db", emis.jeton.id, periode)
    assert json.loads(intention)["delegation"] == delegation.id


async def test_the_grants_of_two_administrations_never_add_up(app: Application, store: Store) -> None:
    editeur = await store.creer_editeur("Logiciels", SIRET)
    jeton = (await store.emettre(editeur.habilitation_id)).texte
    await store.deleguer(editeur.id, await creer(store, PARIS))
    await store.deleguer(editeur.id, await creer(store, MARSEILLE, "cnaf_quotient_familial"))
    query = "query ($identite: IdentiteInput!) { particulier(identite: $identite) { %s } }"
    champs = "statutEtudiant { identite { nomNaissance } } dossierAllocataire { quotientFamilial { valeur } }"
    personne = (await app.personnes())["dubois-angela"]["identite"]
    await app.oublier_les_appels()
    reponse = await app.demander(query % champs, {"identite": personne}, jeton, {"X-Destinataire": PARIS})
    assert reponse.json()["data"]["particulier"]["dossierAllocataire"] is None
    assert {source for source, appels in (await app.appels()).items() if appels} == {"mesri_statut_etudiant"}


async def test_what_datapass_approves_opens_and_what_it_revokes_closes(tmp_path: Path) -> None:
    horloge = Horloge()
    partage = {"datapass_secret": SecretStr(SECRET)}
    serveur = create_app(reglages(tmp_path).model_copy(update=partage), horloge)
    transport = httpx.ASGITransport(serveur)
    async with (
        serveur.router.lifespan_context(serveur),
        httpx.AsyncClient(transport=transport, base_url="http://particulier.test") as client,
    ):
        app = Application(client, tmp_path, horloge, serveur)

        async def recevoir(nom: str, retard: int) -> httpx.Response:
            corps = evenement(nom, instant=INSTANT + timedelta(seconds=retard))
            return await client.post(
                "/webhooks/datapass", content=corps, headers={"X-Hub-Signature-256": signature(corps)}
            )

        approuvee = await recevoir("approve", 0)
        async with guichet(app) as store:
            (habilitation,) = await store.lister()
            emis = await store.emettre(habilitation.id)
        assert emis.jeton.id == approuvee.raise_for_status().json()["token_id"]
        assert code(await app.demander(QUESTION, jeton=emis.texte)) == (200, habilitation.intitule)
        assert (await recevoir("revoke", 1)).status_code == httpx.codes.NO_CONTENT
        assert code(await app.demander(QUESTION, jeton=emis.texte)) == (401, "JETON_REVOQUE")


async def test_events_are_not_received_until_a_secret_is_shared(app: Application) -> None:
    assert (await app.client.post("/webhooks/datapass", content=evenement("approve"))).status_code == 404


def test_a_secret_too_short_to_prove_anything_stops_the_start() -> None:
    with pytest.raises(ValidationError, match="datapass_secret"):
        Settings(datapass_secret="court")  # type: ignore[arg-type]  # noqa: S106 - of the tests
