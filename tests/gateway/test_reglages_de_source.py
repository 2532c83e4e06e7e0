from pathlib import Path

import pytest
from pydantic import SecretStr

from gateway.app import create_app
from gateway.metrics import Metrics
from gateway.reglages_de_source import required
from gateway.settings import Mode, ReglageManquant, Settings, Transporteur
from gateway.sources import wire
from providers._catalogue import auxiliaires, sources
from providers._simulateur import reglage
from providers._source import ClientCredentials
from tests.application import reglages as du_bac_a_sable

SECRET = "SECRET-DE-LA-SOURCE"  # noqa: S105 - a canary, looked for in the message
ANTS = next(source for source in sources() if source.mtls)


def reglages(transport: Transporteur = Transporteur.HTTPX, **autres: str) -> Settings:
    """Return the settings of production; `autres` replace those of the source that wants a TLS certificate."""
    complets = {
        source.nom: {nom: reglage(source.nom, nom) for nom in required(source)} | {"url": "https://127.0.0.1:9"}
        for source in (*sources(), *auxiliaires())
    }
    complets[ANTS.nom] |= autres
    return Settings(mode=Mode.PRODUCTION, transport=transport, sources=complets)  # type: ignore[arg-type]


async def brancher(settings: Settings) -> None:
    await wire(settings, Metrics(), None).aclose()


def refus_de(settings: Settings) -> str:
    with pytest.raises(ReglageManquant) as refus:
        wire(settings, Metrics(), None)
    assert SECRET not in str(refus.value)
    assert refus.value.__cause__ is None
    return str(refus.value)


@pytest.mark.parametrize("transport", list(Transporteur))
async def test_a_source_that_wants_a_certificate_is_wired_with_ours(transport: Transporteur) -> None:
    assert {"certificat_tls", "cle_tls"} <= set(required(ANTS))
    await brancher(reglages(transport))


async def test_a_setting_may_be_the_content_of_a_file(tmp_path: Path) -> None:
    noms = ("certificat_tls", "cle_tls", "cle")
    for nom in noms:
        (tmp_path / nom).write_text(f"\n{reglage(ANTS.nom, nom)}\n", encoding="utf-8")
    await brancher(reglages(Transporteur.HTTPX, **{nom: f"@{tmp_path / nom}" for nom in noms}))


@pytest.mark.parametrize("contenu", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_stops_the_start(tmp_path: Path, contenu: bytes | None) -> None:
    fichier = tmp_path / SECRET
    if contenu:
        fichier.write_bytes(contenu)
    message = refus_de(reglages(cle_tls=f"@{fichier}"))
    assert message == f"Fichier illisible pour la source {ANTS.libelle} : PARTICULIER_SOURCES__ANTS_VEHICULE__CLE_TLS."


@pytest.mark.parametrize("transport", list(Transporteur))
@pytest.mark.parametrize("nom", ["certificat_tls", "cle_tls", "url"])
def test_what_cannot_be_used_stops_the_start(transport: Transporteur, nom: str) -> None:
    assert refus_de(reglages(transport, **{nom: SECRET})).startswith(
        f"Réglage inutilisable pour la source {ANTS.libelle} : "
    )


@pytest.mark.parametrize("transport", list(Transporteur))
async def test_tokens_may_be_asked_for_at_another_address(transport: Transporteur) -> None:
    settings = reglages(transport)
    nom = "france_travail_demandeur_emploi"
    ailleurs = {nom: {**settings.sources[nom], "url_jeton": SecretStr("https://127.0.0.2:9/oauth?realm=%2Fpartenaire")}}
    branchees = wire(settings.model_copy(update={"sources": settings.sources | ailleurs}), Metrics(), None)
    (client,) = (un.client for un in branchees.clients.values() if un.source.nom == nom)
    assert isinstance(client.source.auth, ClientCredentials)
    assert (client.source.auth.token_path, client.source.auth.token_params) == ("/oauth", (("realm", "/partenaire"),))
    await branchees.aclose()


ADRESSES = {
    "https://api.source.gouv.fr/v1": False,
    "http://10.0.0.8:8080": False,
    "http://127.0.0.1.source.gouv.fr": False,
    "http://localhost@source.gouv.fr": False,
    "http://[::1": False,
    "": False,
    "http://127.0.0.1:9/mesri": True,
    "http://localhost:9": True,
    "http://[::1]:9": True,
}


@pytest.mark.parametrize(("adresse", "ici"), ADRESSES.items())
@pytest.mark.parametrize("nom", ["url", "url_jeton"])
def test_the_sandbox_whose_tokens_are_anybody_s_calls_no_source_elsewhere(
    tmp_path: Path, nom: str, adresse: str, *, ici: bool
) -> None:
    source = "dgfip_situation_fiscale"
    ecrits = {source: {"url": SecretStr("http://127.0.0.1:9"), nom: SecretStr(adresse)}}
    settings = du_bac_a_sable(tmp_path).model_copy(update={"sources": ecrits})
    if ici:
        assert create_app(settings)
        return
    with pytest.raises(ReglageManquant, match="PARTICULIER_MODE=production") as refus:
        create_app(settings)
    assert f"PARTICULIER_SOURCES__{source}__{nom}".upper() in str(refus.value)
    assert not adresse or adresse not in str(refus.value)
