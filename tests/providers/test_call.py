import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from graph.circonstances import PARIS
from graph.demande import Demande
from graph.errors import (
    DonneeNonFiable,
    DossierAbsent,
    ErreurDeBloc,
    IdentifiantManquant,
    IdentiteIncoherente,
    NonEligible,
    ParametreRefuseParLaSource,
    SourceDelaiDepasse,
    SourceIndisponible,
    SourceMaintenance,
    SourceQuota,
    SourceReponseInvalide,
)
from graph.identite import INE, EtatCivil, Identite, IdentitePivot
from providers._call import SourceClient
from providers._maintenance import Fenetre
from providers._normal import decode
from providers._pannes import Injoignable, TlsRefuse, TropGrosse
from providers._source import ApiKey, Appel, ClientCredentials, Libre, Sceau, Source, UpstreamRequest, UpstreamResponse
from providers._transport import in_process

SECRET = "DUPONT-SECRET"  # noqa: S105 - a canary, looked for in errors and logs
DEMANDE = Demande(Identite(ine=SECRET), annee=2026)
APPEL = Appel(
    "13002526500013", "0f8fad5b-d9cb-469f-a165-70867728950e", "jeton", datetime(2026, 11, 23, 12, tzinfo=PARIS)
)
REGLAGES = {"client_id": "mairie", "client_secret": "cle", "cle_ine": "cle-ine", "abonnement": "abo"}
FICHE = UpstreamResponse(200, (), b'{"nom": "DUPONT-SECRET"}')
OAUTH = ClientCredentials(scope="QF")
CLE = ApiKey("x-cle", lambda request: f"cle_{request.params[0][0]}", ("cle_ine",))


class Fiche(msgspec.Struct):
    nom: str


def request(demande: Demande, _appel: Appel) -> UpstreamRequest:
    return UpstreamRequest("GET", "/fiche", (("ine", demande.identite.ine or ""),), (("x-propre", "1"),))


def read(reponse: UpstreamResponse, _demande: Demande, _appel: Appel) -> Fiche:
    if reponse.status == 404:
        raise DossierAbsent
    return decode(reponse.body, Fiche)


SOURCE = Source(
    nom="essai",
    libelle="Essai",
    fournisseur="Essai",
    fournit=Fiche,
    identifications=(INE,),
    auth=OAUTH,
    request=request,
    read=read,
    simulate=lambda _call, _personas: FICHE,
    lit=frozenset({200, 404}),
    entetes=(("x-abonnement", "abonnement"),),
)


class Administration:
    """A transport whose source answers what it is told, while time goes by as it is told."""

    def __init__(self, *reponses: UpstreamResponse | Exception, lenteur: float = 0) -> None:
        self.reponses = list(reponses)
        self.lenteur = lenteur
        self.maintenant = 100.0
        self.appels: list[UpstreamRequest] = []
        self.delivres = 0
        self.deadlines: list[float] = []
        self.ferme = False

    def horloge(self) -> float:
        return self.maintenant

    async def send(self, request: UpstreamRequest, *, deadline: float) -> UpstreamResponse:
        self.deadlines.append(deadline)
        self.maintenant += self.lenteur
        if request.path == "/token":
            self.delivres += 1
            corps = {"access_token": f"jeton-{self.delivres}", "expires_in": 3600}
            return UpstreamResponse(200, (), msgspec.json.encode(corps))
        self.appels.append(request)
        reponse = self.reponses.pop(0)
        if isinstance(reponse, Exception):
            raise reponse
        return reponse

    async def aclose(self) -> None:
        self.ferme = True


async def appeler(administration: Administration, source: Source[Fiche] = SOURCE, *, dans: float = 60) -> Fiche:
    client = SourceClient(source, administration, REGLAGES, administration.horloge)
    try:
        return (await client.call(DEMANDE, APPEL, echeance=administration.maintenant + dans)).bloc
    finally:
        await client.aclose()


async def echouer(administration: Administration, source: Source[Fiche] = SOURCE, *, dans: float = 60) -> ErreurDeBloc:
    """Call, and return the error after checking that it prints and chains nothing."""
    with pytest.raises(ErreurDeBloc) as refus:
        await appeler(administration, source, dans=dans)
    erreur = refus.value
    assert SECRET not in repr(erreur) + repr(vars(erreur))
    assert (erreur.__cause__, erreur.__context__) == (None, None)
    return erreur


# --- A sound call -----------------------------------------------------------------------------------------------------


async def test_a_call_carries_the_token_and_the_headers_of_the_settings() -> None:
    administration = Administration(FICHE)
    assert await appeler(administration) == Fiche(SECRET)
    (appel,) = administration.appels
    assert (appel.method, appel.path, appel.params) == ("GET", "/fiche", (("ine", SECRET),))
    assert dict(appel.headers) == {"x-propre": "1", "x-abonnement": "abo", "authorization": "Bearer jeton-1"}


async def test_a_call_carries_the_key_that_its_request_wants() -> None:
    administration = Administration(FICHE)
    await appeler(administration, replace(SOURCE, auth=CLE))
    assert dict(administration.appels[0].headers)["x-cle"] == "cle-ine"
    assert administration.delivres == 0


async def test_a_token_serves_every_call_of_a_client() -> None:
    administration = Administration(*[FICHE] * 20)
    client = SourceClient(SOURCE, administration, REGLAGES, administration.horloge)
    await asyncio.gather(*(client.call(DEMANDE, APPEL, echeance=999) for _ in range(20)))
    assert (len(administration.appels), administration.delivres) == (20, 1)
    await client.aclose()
    assert administration.ferme


async def test_a_status_that_the_source_reads_is_left_to_it() -> None:
    assert isinstance(await echouer(Administration(UpstreamResponse(404))), DossierAbsent)


async def test_a_person_that_the_source_cannot_identify_costs_no_call() -> None:
    administration = Administration(FICHE)
    client = SourceClient(SOURCE, administration, REGLAGES, administration.horloge)
    with pytest.raises(IdentifiantManquant) as refus:
        await client.call(Demande(Identite(numero_fiscal="1")), APPEL, echeance=999)
    assert refus.value.identifiants == ("ine",)
    assert administration.deadlines == []
    await client.aclose()


# --- Refused credentials ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_token_is_renewed_once(status: int) -> None:
    administration = Administration(UpstreamResponse(status), FICHE)
    assert await appeler(administration) == Fiche(SECRET)
    assert [dict(appel.headers)["authorization"] for appel in administration.appels] == [
        "Bearer jeton-1",
        "Bearer jeton-2",
    ]


@pytest.mark.parametrize("status", [401, 403])
async def test_credentials_refused_twice_are_not_tried_again(status: int) -> None:
    administration = Administration(UpstreamResponse(status), UpstreamResponse(status))
    erreur = await echouer(administration)
    assert (type(erreur), erreur.cause) == (SourceIndisponible, "HABILITATION_SOURCE")
    assert (len(administration.appels), administration.delivres) == (2, 2)


async def test_a_refusal_that_the_source_reads_renews_nothing() -> None:
    administration = Administration(UpstreamResponse(403, (), b'{"nom": "lu"}'))
    assert await appeler(administration, replace(SOURCE, lit=frozenset({200, 403}))) == Fiche("lu")
    assert administration.delivres == 1


async def test_a_refused_key_is_not_tried_again() -> None:
    administration = Administration(UpstreamResponse(401))
    erreur = await echouer(administration, replace(SOURCE, auth=CLE))
    assert (erreur.cause, len(administration.appels)) == ("HABILITATION_SOURCE", 1)


# --- Refusals and faults ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reponse", "attendue", "cause", "delai"),
    [
        (UpstreamResponse(429, (("retry-after", "7"),)), SourceQuota, "SOURCE_QUOTA", 7_000),
        (UpstreamResponse(503, (("retry-after", "90"),)), SourceIndisponible, "SOURCE_SURCHARGE", 60_000),
        (UpstreamResponse(500), SourceIndisponible, "SOURCE_ERREUR", None),
        (UpstreamResponse(302), SourceReponseInvalide, "SOURCE_REDIRECTION", None),
        (UpstreamResponse(418), SourceReponseInvalide, "SOURCE_STATUT_INATTENDU", None),
        (UpstreamResponse(200, (), SECRET.encode()), SourceReponseInvalide, "SOURCE_DERIVE", None),
        (UpstreamResponse(200, (), b'{"nom": 12}'), SourceReponseInvalide, "SOURCE_DERIVE", None),
        (Injoignable(), SourceIndisponible, "SOURCE_INJOIGNABLE", None),
        (TlsRefuse(), SourceIndisponible, "SOURCE_TLS", None),
        (TropGrosse(), SourceReponseInvalide, "SOURCE_REPONSE_TROP_GROSSE", None),
        (RuntimeError(SECRET), SourceIndisponible, "TRANSPORT", None),
    ],
)
async def test_whatever_the_source_does_is_one_of_our_errors(
    reponse: UpstreamResponse | Exception, attendue: type[ErreurDeBloc], cause: str, delai: int | None
) -> None:
    erreur = await echouer(Administration(reponse))
    assert (type(erreur), erreur.cause, erreur.retry_after_ms) == (attendue, cause, delai)


def lever(faute: Exception) -> Callable[..., Any]:
    def fonction(*_arguments: object) -> Any:
        raise faute

    return fonction


FAUTES = [
    ValueError(SECRET),
    KeyError(SECRET),
    RecursionError(SECRET),
    msgspec.ValidationError(SECRET),
    ExceptionGroup(SECRET, [ValueError(SECRET)]),
]


@pytest.mark.parametrize("faute", FAUTES)
async def test_a_fault_of_reading_is_a_drift_told_by_the_name_of_its_class(faute: Exception) -> None:
    with capture_logs() as journal:
        erreur = await echouer(Administration(FICHE), replace(SOURCE, read=lever(faute)))
    assert (type(erreur), erreur.cause) == (SourceReponseInvalide, "SOURCE_DERIVE")
    assert [(ligne["source"], ligne["etape"], ligne["exception"]) for ligne in journal] == [
        ("essai", "read", type(faute).__name__)
    ]
    assert SECRET not in repr(journal)


@pytest.mark.parametrize("faute", FAUTES)
async def test_a_fault_of_asking_sends_nothing(faute: Exception) -> None:
    administration = Administration(FICHE)
    with capture_logs() as journal:
        erreur = await echouer(administration, replace(SOURCE, request=lever(faute)))
    assert (type(erreur), erreur.cause) == (SourceIndisponible, "ADAPTATEUR")
    assert administration.deadlines == []
    assert [ligne["etape"] for ligne in journal] == ["request"]
    assert SECRET not in repr(journal)


async def test_the_adapter_may_refuse_a_parameter_by_itself() -> None:
    administration = Administration(FICHE)
    source = replace(SOURCE, request=lever(ParametreRefuseParLaSource()))
    assert isinstance(await echouer(administration, source), ParametreRefuseParLaSource)
    assert administration.deadlines == []


async def test_a_setting_that_is_missing_sends_nothing() -> None:
    administration = Administration(FICHE)
    erreur = await echouer(administration, replace(SOURCE, entetes=(("x-abonnement", "inconnu"),)))
    assert (erreur.cause, administration.deadlines) == ("ADAPTATEUR", [])


# --- Time -------------------------------------------------------------------------------------------------------------


async def test_the_token_and_the_call_share_one_deadline() -> None:
    administration = Administration(FICHE, lenteur=4)
    await appeler(administration)
    assert administration.deadlines == [10, 6]


async def test_the_deadline_of_the_request_wins_when_it_is_sooner() -> None:
    administration = Administration(FICHE, lenteur=1)
    await appeler(administration, replace(SOURCE, auth=CLE), dans=2.5)
    assert administration.deadlines == [2.5]


async def test_a_call_that_nobody_waits_for_is_not_started() -> None:
    administration = Administration(FICHE)
    erreur = await echouer(administration, dans=0)
    assert (type(erreur), erreur.cause, administration.deadlines) == (SourceDelaiDepasse, "DELAI_EPUISE", [])


async def test_a_token_that_took_all_the_time_starts_no_call() -> None:
    administration = Administration(FICHE, lenteur=10)
    erreur = await echouer(administration)
    assert (type(erreur), erreur.cause, administration.appels) == (SourceDelaiDepasse, "DELAI_EPUISE", [])


@pytest.mark.parametrize("chemin", ["/token", "/fiche"])
async def test_a_source_that_hangs_is_left_at_the_deadline(chemin: str) -> None:
    async def answer(call: UpstreamRequest) -> UpstreamResponse:
        if call.path == chemin:
            await asyncio.Event().wait()
        return UpstreamResponse(200, (), b'{"access_token": "jeton"}')

    client = SourceClient(SOURCE, in_process(answer), REGLAGES, asyncio.get_running_loop().time)
    with pytest.raises(SourceDelaiDepasse) as refus:
        await client.call(DEMANDE, APPEL, echeance=asyncio.get_running_loop().time() + 0.1)
    assert refus.value.cause == "SOURCE_DELAI_DEPASSE"
    await client.aclose()


async def test_a_caller_that_leaves_is_not_answered() -> None:
    arrivee = asyncio.Event()

    async def answer(_call: UpstreamRequest) -> UpstreamResponse:
        arrivee.set()
        await asyncio.Event().wait()
        raise AssertionError

    client = SourceClient(SOURCE, in_process(answer), REGLAGES, asyncio.get_running_loop().time)
    appel = asyncio.create_task(client.call(DEMANDE, APPEL, echeance=asyncio.get_running_loop().time() + 60))
    await arrivee.wait()
    appel.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appel
    await client.aclose()


# --- What may spare a call, and what is made of an answer -------------------------------------------------------------

NUIT = Fenetre(time(23), time(2))
A_MINUIT = replace(APPEL, instant=datetime(2026, 11, 24, 0, 30, tzinfo=PARIS))


async def test_a_source_in_maintenance_is_not_called_and_says_when_to_come_back() -> None:
    administration = Administration(FICHE)
    client = SourceClient(replace(SOURCE, maintenances=(NUIT,)), administration, REGLAGES, administration.horloge)
    with pytest.raises(SourceMaintenance) as refus:
        await client.call(DEMANDE, A_MINUIT, echeance=200)
    assert refus.value.retry_after_ms == 90 * 60 * 1000
    assert refus.value.appelee is False
    assert administration.deadlines == []
    assert (await client.call(DEMANDE, APPEL, echeance=200)).bloc.nom == SECRET


async def test_a_rule_of_the_source_spares_the_call() -> None:
    def refuser(_demande: Demande, _appel: Appel) -> UpstreamRequest:
        raise NonEligible

    administration = Administration(FICHE)
    refus = await echouer(administration, replace(SOURCE, request=refuser))
    assert (refus.code, refus.appelee) == ("NON_ELIGIBLE", False)
    assert administration.deadlines == []


async def test_an_error_of_the_source_is_told_from_one_that_came_before() -> None:
    assert (await echouer(Administration(UpstreamResponse(404)))).appelee is True


@dataclass
class Avis:
    nom: str | None
    montant: int | None


async def test_what_the_source_does_not_vouch_for_is_not_even_held() -> None:
    def reserver(bloc: Avis, _demande: Demande, _appel: Appel) -> dict[str, ErreurDeBloc]:
        return {"montant": DonneeNonFiable()} if bloc.montant == 7 else {}

    generale: Source[Any] = SOURCE
    source = replace(generale, auth=Libre(), entetes=(), read=lambda *_: Avis("DUPONT", 7), reserves=reserver)
    administration = Administration(FICHE)
    lecture = await SourceClient(source, administration, {}, administration.horloge).call(DEMANDE, APPEL, echeance=200)
    assert lecture.bloc == Avis("DUPONT", None)
    assert [refus.code for refus in lecture.reserves.values()] == ["DONNEE_NON_FIABLE"]


async def test_the_place_of_birth_is_found_before_the_source_is_asked() -> None:
    async def situer(demande: Demande, _appel: Appel, echeance: float) -> Demande:
        assert echeance == 110
        return Demande(replace(demande.identite, ine="75107"), **dict(demande.arguments))

    administration = Administration(FICHE, FICHE)
    for source in (replace(SOURCE, situe=True), SOURCE):
        client = SourceClient(source, administration, REGLAGES, administration.horloge, situer=situer)
        await client.call(DEMANDE, APPEL, echeance=200)
    assert [appel.params for appel in administration.appels] == [(("ine", "75107"),), (("ine", SECRET),)]


async def test_a_place_that_nobody_knows_refuses_the_bloc_without_a_call() -> None:
    async def situer(*_: object) -> Demande:
        raise ParametreRefuseParLaSource

    administration = Administration(FICHE)
    client = SourceClient(replace(SOURCE, situe=True), administration, REGLAGES, administration.horloge, situer=situer)
    with pytest.raises(ParametreRefuseParLaSource):
        await client.call(DEMANDE, APPEL, echeance=200)
    assert administration.appels == []


async def test_messages_are_sealed_and_opened_with_the_settings() -> None:
    def sceller(request: UpstreamRequest, appel: Appel, reglages: Any) -> UpstreamRequest:
        return replace(request, body=f"{reglages['abonnement']} {appel.instant:%H:%M}".encode())

    def ouvrir(reponse: UpstreamResponse, reglages: Any, instant: datetime) -> UpstreamResponse:
        if reponse.header("x-sceau") != reglages["abonnement"] or instant != APPEL.instant:
            raise SourceReponseInvalide(cause="SCEAU")
        return reponse

    source: Source[Any] = replace(SOURCE, auth=Sceau(sceller, ouvrir, ("abonnement",)), entetes=())
    scellee = replace(FICHE, headers=(("x-sceau", "abo"),))
    administration = Administration(scellee)
    assert (await appeler(administration, source)).nom == SECRET
    assert administration.appels[0].body == b"abo 12:00"
    assert (await echouer(Administration(FICHE), source)).cause == "SCEAU"


async def test_a_key_may_be_announced_as_a_bearer() -> None:
    source = replace(SOURCE, auth=replace(CLE, header="authorization", prefixe="Bearer "))
    administration = Administration(FICHE)
    await appeler(administration, source)
    assert ("authorization", "Bearer cle-ine") in administration.appels[0].headers


@pytest.mark.parametrize(("nom", "erreur"), [("DUPONT", NonEligible), ("DURAND", IdentiteIncoherente)])
async def test_whom_the_source_is_for_is_told_of_the_person_asked_about_alone(
    nom: str, erreur: type[ErreurDeBloc]
) -> None:
    source: Source[Any] = replace(
        SOURCE,
        identifications=(INE,),
        etats_civils=lambda _bloc: (EtatCivil(nom, (), ""),),
        eligible=lambda _bloc, _appel: False,
    )
    identite = replace(DEMANDE.identite, pivot=IdentitePivot("Dupont", ("Anne",)))
    administration = Administration(FICHE)
    client = SourceClient(source, administration, REGLAGES, administration.horloge)
    with pytest.raises(erreur):
        await client.call(Demande(identite, annee=2026), APPEL, echeance=200)
