"""An attestation proves an answer, offline: whoever changes one value of it, or its reasons, is found out."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import msgspec
import orjson
import pytest
import typer
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey
from typer.testing import CliRunner

from gateway._jws_attestation import CONTENU_MAX, JWKS_MAX, AttestationRefusee, sign
from gateway.attestation import FICHIER_MAX, BlocAtteste, Constat, Preuve, attester, demandee, verifier
from gateway.attestation_blocs import blocs_attestes
from gateway.circonstance import Circonstance
from gateway.cle_attestation import CleAttestation, lire_ou_creer
from gateway.cli_attestation import attestation
from gateway.jwks import build_router
from gateway.jwks import jwks as publier
from graph.context import Chemin
from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    EtatSource,
    RequeteInvalide,
    RequeteTropCouteuse,
    SourceIndisponible,
)
from graph.schema import build_schema
from providers._catalogue import sources
from resolvers.cost import Limites
from resolvers.planner import Planner
from resolvers.projection import Fournisseur
from tests.application import application

INSTANT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
CONSTAT = Constat(
    emetteur="https://particulier.test",
    instant=INSTANT,
    requete="7a0f1c0e-8f5e-4a53-9a55-0a8a34b0a001",
    destinataire="13002526500013",
    operation="ab" * 32,
    blocs=(BlocAtteste("particulier.situationFiscale", "dgfip_situation_fiscale", EtatSource.OBTENU, INSTANT),),
)
GROS = "123456789012345678901234567890"
DATA = f'{{"particulier":{{"z":"Zoé \\u0001😀","rfr":1250.5,"gros":{GROS},"a":[true,null,{{}}]}}}}'.encode()
ERRORS = b'[{"message":"Absent.","path":["particulier","b"],"extensions":{"code":"DOSSIER_ABSENT"}}]'

app = typer.Typer()
app.add_typer(attestation, name="attestation")


@pytest.fixture(scope="module")
def cle(tmp_path_factory: pytest.TempPathFactory) -> CleAttestation:
    return lire_ou_creer(tmp_path_factory.mktemp("cles") / "attestation.pem")


@pytest.fixture(scope="module")
def jwks(cle: CleAttestation) -> bytes:
    return publier(cle)


def reponse(cle: CleAttestation, data: bytes = DATA, errors: bytes | None = ERRORS) -> bytes:
    """Write an answer as the server does: what is signed is what is sent."""
    corps: dict[str, Any] = {} if errors is None else {"errors": orjson.Fragment(errors)}
    corps["data"] = orjson.Fragment(data)
    return orjson.dumps(corps | {"extensions": {"attestation": attester(CONSTAT, cle, data, errors)}})


def refus(fichier: bytes, jwks: bytes) -> str:
    with pytest.raises(AttestationRefusee) as refusee:
        verifier(fichier, jwks)
    return str(refusee.value)


def changer(fichier: bytes, avant: str, apres: str) -> bytes:
    """Change the answer, its attestation left as it was."""
    assert fichier.count(avant.encode()) == 1
    return fichier.replace(avant.encode(), apres.encode())


# --- What is signed -----------------------------------------------------------------------------------------------


def test_a_whole_answer_or_its_attestation_alone_is_proved(cle: CleAttestation, jwks: bytes) -> None:
    assert verifier(reponse(cle), jwks) == Preuve(CONSTAT, reponse=True)
    seule = attester(CONSTAT, cle, DATA, ERRORS)
    assert verifier(f"{seule}\n".encode(), jwks) == Preuve(CONSTAT, reponse=False)


def test_what_is_signed_is_what_the_contract_says_and_bears_the_bytes_of_the_answer(cle: CleAttestation) -> None:
    objet = jws.deserialize_compact(attester(CONSTAT, cle, DATA, ERRORS), cle.publiques[0], algorithms=["Ed25519"])
    assert objet.protected == {"alg": "Ed25519", "typ": "attestation+jwt", "kid": cle.publiques[0].thumbprint()}
    charge = msgspec.json.decode(objet.payload, type=dict[str, msgspec.Raw])
    assert (bytes(charge.pop("data")), bytes(charge.pop("errors"))) == (DATA, ERRORS)
    assert {nom: json.loads(bytes(brut)) for nom, brut in charge.items()} == {
        "iss": "https://particulier.test",
        "iat": 1795429800,
        "jti": CONSTAT.requete,
        "destinataire": "13002526500013",
        "operation": "ab" * 32,
        "blocs": [
            {
                "chemin": "particulier.situationFiscale",
                "source": "dgfip_situation_fiscale",
                "etat": "OBTENU",
                "reponduLe": "2026-11-23T10:30:00Z",
            }
        ],
    }


@pytest.mark.parametrize("data", [b"{}", b"null", b'{"particulier":null}', b'{"particulier":{}}'])
def test_an_answer_that_says_nothing_is_proved_as_well(cle: CleAttestation, jwks: bytes, data: bytes) -> None:
    fichier = reponse(cle, data, None)
    assert verifier(fichier, jwks).reponse
    assert "errors" not in json.loads(fichier)


def test_an_attestation_is_asked_for_by_one_word() -> None:
    assert demandee({"x-attestation": "jws"})
    assert not demandee({})
    for autre in ("", "JWS", "jws,pdf", "pdf", "true"):
        with pytest.raises(RequeteInvalide, match="REQUETE_INVALIDE"):
            demandee({"x-attestation": autre})


def test_an_answer_too_big_to_be_attested_is_refused_rather_than_sent_without(cle: CleAttestation, jwks: bytes) -> None:
    reste = CONTENU_MAX - len(_contenu(attester(CONSTAT, cle, b'""')))
    assert verifier(reponse(cle, b'"%s"' % (b"x" * reste), None), jwks).reponse
    with pytest.raises(RequeteTropCouteuse):
        attester(CONSTAT, cle, b'"%s"' % (b"x" * (reste + 1)))
    assert "dépasse 16 Mio" in refus(b"{" + b" " * FICHIER_MAX, jwks)
    assert "mal formée" in refus(b"a" * (CONTENU_MAX * 2), jwks)
    assert "JWKS" in refus(reponse(cle), jwks + b" " * JWKS_MAX)


def _contenu(compact: str) -> bytes:
    return jws.extract_compact(compact.encode()).payload


# --- What is found out --------------------------------------------------------------------------------------------


def test_every_single_byte_changed_is_found_out(cle: CleAttestation, jwks: bytes) -> None:
    fichier = reponse(cle)
    assert verifier(fichier, jwks).reponse
    for rang, octet in enumerate(fichier):
        change = bytes([octet ^ 1])
        refus(fichier[:rang] + change + fichier[rang + 1 :], jwks)


def test_every_single_byte_removed_is_found_out(cle: CleAttestation, jwks: bytes) -> None:
    fichier = reponse(cle)
    assert verifier(fichier, jwks).reponse
    for rang in range(len(fichier)):
        refus(fichier[:rang] + fichier[rang + 1 :], jwks)


@pytest.mark.parametrize(
    ("avant", "apres", "chemin"),
    [
        ("1250.5", "1250.50000000000001", "data.particulier.rfr"),
        ("1250.5", '"1250.5"', "data.particulier.rfr"),
        (GROS, "123456789012345678901234567891", "data.particulier.gros"),
        (GROS, "1.2345678901234568e29", "data.particulier.gros"),
        ("[true,", "[1,", "data.particulier.a.0"),
        ("null,{}", "null", "data.particulier.a.2"),
        ("null,{}", "null,{},{}", "data.particulier.a.3"),
        ("null,{}", 'null,{"b":null}', "data.particulier.a.2.b"),
        ("null,{}", "{},null", "data.particulier.a.1"),
        ("Zoé", "Zoe\u0301", "data.particulier.z"),
        ('"z":', '"é à l\\u001b":', "data.particulier.z"),
        ('"rfr":', '"x\\u001b[2J":1,"rfr":', 'data.particulier."x\\u001b[2J"'),
        ("DOSSIER_ABSENT", "NON_HABILITE", "errors.0.extensions.code"),
        ('"errors":', '"erreurs":', "errors"),
        ('"data":', '"note":"vu","data":', "note"),
    ],
)
def test_the_first_difference_is_named_and_its_value_never(
    cle: CleAttestation, jwks: bytes, avant: str, apres: str, chemin: str
) -> None:
    dit = refus(changer(reponse(cle), avant, apres), jwks)
    assert dit == (
        "La signature est valable, mais la réponse n'est pas celle qui a été signée : "
        f"première différence à « {chemin} »."
    )


def test_errors_taken_away_are_found_out(cle: CleAttestation, jwks: bytes) -> None:
    entiere = json.loads(reponse(cle))
    del entiere["errors"]
    assert "« errors »" in refus(json.dumps(entiere).encode(), jwks)


@pytest.mark.parametrize(
    "intrus",
    [
        '"data":{},',
        '"extensions":{},',
        '"errors":NaN,',
        '"errors":Infinity,',
        '"errors":1e99999999999999999999,',
        f'"errors":{"[" * 100_000}',
        '"errors":"\udcff",',
    ],
)
def test_json_that_two_readers_may_understand_differently_is_refused(
    cle: CleAttestation, jwks: bytes, intrus: str
) -> None:
    fichier = b"{" + intrus.encode(errors="surrogateescape") + reponse(cle, errors=None)[1:]
    assert refus(fichier, jwks).startswith("Le fichier n'est pas du JSON lisible")


@pytest.mark.parametrize(
    "autrement",
    [
        lambda lu: json.dumps(lu, indent=2, sort_keys=True),
        lambda lu: json.dumps(lu, ensure_ascii=False),
        lambda lu: f"\n {json.dumps({**lu, 'extensions': {**lu['extensions'], 'cout': 3}})}\r\n",
    ],
)
def test_an_answer_saved_with_another_layout_is_still_proved(cle: CleAttestation, jwks: bytes, autrement: Any) -> None:
    assert verifier(autrement(json.loads(reponse(cle))).encode(), jwks) == Preuve(CONSTAT, reponse=True)


def test_what_a_browser_writes_of_a_number_is_still_that_number(cle: CleAttestation, jwks: bytes) -> None:
    fichier = reponse(cle, b'{"a":1500.0,"b":1e16}', None)
    assert verifier(changer(fichier, '"a":1500.0,"b":1e16', '"b":10000000000000000,"a":1500'), jwks).reponse


@pytest.mark.parametrize(
    "fichier", [b"", b"{", b"{}", b"[]", b"..", b"a.b.c", b"\xff", b'{"data":{}}', b'{"extensions":{"attestation":1}}']
)
def test_what_is_no_attested_answer_is_refused(jwks: bytes, fichier: bytes) -> None:
    assert refus(fichier, jwks)


# --- Keys and headers ---------------------------------------------------------------------------------------------


def test_another_key_proves_nothing(cle: CleAttestation, jwks: bytes, tmp_path: Path) -> None:
    autre = lire_ou_creer(tmp_path / "autre.pem")
    assert "ne porte pas la clé" in refus(reponse(autre), jwks)
    usurpee = replace(autre, kid=cle.kid)
    assert "La signature n'est pas valable" in refus(reponse(usurpee), jwks)


def test_the_name_that_a_set_gives_to_a_key_is_not_believed(cle: CleAttestation, jwks: bytes, tmp_path: Path) -> None:
    autre = lire_ou_creer(tmp_path / "autre.pem")
    mensonge = publier(autre).replace(autre.kid.encode(), cle.kid.encode())
    assert "ne porte pas la clé" in refus(reponse(cle), mensonge)
    assert verifier(reponse(cle), jwks.replace(cle.kid.encode(), b"x")).reponse


def test_former_keys_still_prove_what_they_signed(cle: CleAttestation, tmp_path: Path) -> None:
    chemin = tmp_path / "attestation.pem"
    nouvelle = lire_ou_creer(chemin)
    chemin.write_bytes(chemin.read_bytes() + cle.publiques[0].as_pem(private=False))
    tournee = lire_ou_creer(chemin)
    assert tournee.kid == nouvelle.kid
    for signataire in (cle, nouvelle):
        assert verifier(reponse(signataire), publier(tournee)).reponse


SECRET = OctKey.import_key({"kty": "oct", "k": "c2VjcmV0LXBhcnRhZ8OpLWRlLTMyLW9jdGV0cy1hdS1tb2lucw"})


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_the_header_does_not_choose_the_algorithm(cle: CleAttestation, jwks: bytes, alg: str) -> None:
    publique = cle.publiques[0].as_pem(private=False)
    entete = _entete({"alg": alg, "typ": "attestation+jwt", "kid": cle.kid})
    contenu = attester(CONSTAT, cle, DATA).split(".")[1]
    signature = "" if alg == "none" else _hmac(f"{entete}.{contenu}", publique)
    assert "n'est pas un JWS Ed25519" in refus(f"{entete}.{contenu}.{signature}".encode(), jwks)


def _entete(entete: Any) -> str:
    return _b64(json.dumps(entete).encode())


def _hmac(texte: str, publique: bytes) -> str:
    """Sign with what everybody knows, as if it were a shared secret."""
    return _b64(hmac.digest(publique, texte.encode(), "sha256"))


def _b64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "entete",
    [
        {"alg": "EdDSA"},
        {"typ": "JWT"},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}},
        {"jku": "https://ailleurs.test/jwks.json"},
        {"crit": ["b64"], "b64": False},
        {"kid": 1},
    ],
)
def test_a_header_that_says_anything_else_is_refused(
    cle: CleAttestation, jwks: bytes, entete: Mapping[str, Any]
) -> None:
    _, contenu, _ = attester(CONSTAT, cle, DATA).split(".")
    texte = f"{_entete({'alg': 'Ed25519', 'typ': 'attestation+jwt', 'kid': cle.kid, **entete})}.{contenu}"
    signature = jws.JWSRegistry.algorithms["Ed25519"].sign(texte.encode(), cle.privee)
    assert "n'est pas un JWS Ed25519" in refus(f"{texte}.{_b64(signature)}".encode(), jwks)


@pytest.mark.parametrize("entete", ["alg", "alg b64", 1, None, [], ["alg"], {}])
def test_a_header_that_is_no_object_is_refused(jwks: bytes, entete: Any) -> None:
    assert "mal formée" in refus(f"{_entete(entete)}.e30.e30".encode(), jwks)


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        (b'"iat":1795429800', b'"iat":"1795429800"'),
        (b'"iat":1795429800', b'"iat":-1'),
        (b'"iat":1795429800', b'"iat":1e300'),
        (b'"iat":1795429800,', b""),
        (b'"reponduLe":"2026-11-23T10:30:00Z"', b'"reponduLe":"2026-11-23T10:30:00"'),
        (b'"etat":"OBTENU"', b'"etat":"PEUT_ETRE"'),
        (b'"iss":', b'"exp":1,"iss":'),
        (b'"data":', b'"donnees":'),
    ],
)
def test_what_the_key_signed_for_another_use_proves_nothing(
    cle: CleAttestation, jwks: bytes, avant: bytes, apres: bytes
) -> None:
    contenu = _contenu(attester(CONSTAT, cle, DATA))
    assert avant in contenu
    assert "n'est pas celle d'une attestation" in refus(sign(contenu.replace(avant, apres), cle).encode(), jwks)


@pytest.mark.parametrize(
    "illisible",
    [b"", b"{}", b"[]", b'{"x":' * 10_000, b'{"keys":1}', b'{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}'],
)
def test_a_set_of_keys_that_cannot_be_read_is_refused(cle: CleAttestation, illisible: bytes) -> None:
    assert "jeu de clés publiques" in refus(reponse(cle), illisible)


def test_keys_of_other_kinds_are_left_alone(cle: CleAttestation, jwks: bytes) -> None:
    autres = [SECRET.as_dict(private=True), OKPKey.generate_key("X25519", private=False).as_dict(), {"kty": "AKP"}]
    ensemble = {"keys": autres + json.loads(jwks)["keys"]}
    assert verifier(reponse(cle), json.dumps(ensemble).encode()).reponse
    assert "ne porte pas la clé" in refus(reponse(cle), json.dumps({"keys": autres}).encode())


async def test_the_public_keys_are_published_and_may_be_cached(cle: CleAttestation) -> None:
    asgi = FastAPI()
    asgi.include_router(build_router(cle))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url="http://cles.test") as client:
        publiees = await client.get("/.well-known/jwks.json")
    assert publiees.headers["content-type"] == "application/jwk-set+json"
    assert publiees.headers["cache-control"] == "public, max-age=3600"
    (une,) = publiees.json()["keys"]
    assert set(une) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert (une["kid"], une["alg"], une["use"]) == (cle.kid, "Ed25519", "sig")
    assert verifier(reponse(cle), publiees.content).reponse


# --- Any data -----------------------------------------------------------------------------------------------------

MOTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALEURS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | MOTS,
    lambda dessous: st.lists(dessous, max_size=4) | st.dictionaries(MOTS, dessous, max_size=4),
    max_leaves=12,
)


def sens(valeur: Any) -> Any:
    """Say what a JSON value means, so that equal is equal: another way than that of the verifier."""
    if isinstance(valeur, dict):
        return "objet", frozenset((cle, sens(une)) for cle, une in valeur.items())
    if isinstance(valeur, list):
        return "liste", tuple(sens(une) for une in valeur)
    if isinstance(valeur, int | float) and not isinstance(valeur, bool):
        # What is written is what counts, not the double that comes nearest.
        return "nombre", Fraction(repr(valeur))
    return type(valeur).__name__, valeur


MISES_EN_PAGE = st.fixed_dictionaries(
    {"indent": st.sampled_from([None, 1]), "sort_keys": st.booleans(), "ensure_ascii": st.booleans()}
)


@settings(deadline=None)
@given(data=VALEURS, mise_en_page=MISES_EN_PAGE)
def test_whatever_the_data_they_are_proved_however_they_are_saved(
    cle: CleAttestation, jwks: bytes, data: Any, mise_en_page: Mapping[str, Any]
) -> None:
    envoyee = json.loads(reponse(cle, json.dumps(data, ensure_ascii=False).encode(), None))
    assert sens(envoyee["data"]) == sens(data)
    assert verifier(json.dumps(envoyee, **mise_en_page).encode(), jwks).reponse


@settings(deadline=None)
@given(signees=VALEURS, montrees=VALEURS)
def test_an_attestation_proves_no_other_data(cle: CleAttestation, jwks: bytes, signees: Any, montrees: Any) -> None:
    compact = attester(CONSTAT, cle, json.dumps(signees).encode())
    fichier = json.dumps({"data": montrees, "extensions": {"attestation": compact}}).encode()
    if sens(signees) == sens(montrees):
        assert verifier(fichier, jwks).reponse
    else:
        assert "« data" in refus(fichier, jwks)


@settings(deadline=None)
@given(data=VALEURS, rang=st.integers(0, 10_000), octet=st.integers(0, 255))
def test_a_byte_changed_anywhere_is_found_out_unless_it_says_the_same(
    cle: CleAttestation, jwks: bytes, data: Any, rang: int, octet: int
) -> None:
    fichier = bytearray(reponse(cle, json.dumps(data).encode(), None))
    fichier[rang % len(fichier)] = octet
    try:
        verifier(bytes(fichier), jwks)
    except AttestationRefusee:
        return
    assert sens(json.loads(fichier)["data"]) == sens(data)


# --- The blocs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Venue:
    """What came of a bloc, as the loaders will tell it."""

    erreur: ErreurDeBloc | None
    instant: datetime | None


def test_each_bloc_has_its_source_its_state_and_its_freshness() -> None:
    query = """query($ine: Ine!) { particulier(identite: {ine: $ine}) {
        a: statutEtudiant { identite { prenom } }  bourseEtudiante { ine }  serviceNational { __typename }
        demandeurEmploi { __typename identifiant }  b: statutEtudiant { identite { prenom } }  sources { etat } } }"""
    scopes = frozenset({"mesri_identite", "cnous_ine"})
    circonstance = Circonstance(scopes=scopes, aujourdhui=date(2026, 11, 23))
    plan = Planner(build_schema(), Limites()).plan(query, None, {"ine": "1234567890G"}, circonstance).plan
    prevus = [bloc for personne in plan.personnes for bloc in personne.blocs]
    venues: dict[Chemin, Venue] = {
        ("particulier", "a"): Venue(None, INSTANT.astimezone()),
        ("particulier", "bourseEtudiante"): Venue(DossierAbsent(), INSTANT),
        ("particulier", "b"): Venue(SourceIndisponible(), INSTANT),
    }
    fournisseurs = {une.fournit: Fournisseur(une.nom, une.fournisseur) for une in sources()}
    blocs = blocs_attestes(plan, venues, fournisseurs)
    assert [bloc.garde for bloc in prevus] == [True, True, False, False, True]
    assert [(bloc.chemin, bloc.source, bloc.etat.name, bloc.repondu_le) for bloc in blocs] == [
        ("particulier.a", "mesri_statut_etudiant", "OBTENU", INSTANT),
        ("particulier.bourseEtudiante", "cnous_bourse_etudiante", "ABSENT", INSTANT),
        ("particulier.serviceNational", "dsnj_service_national", "OBTENU", None),
        ("particulier.demandeurEmploi", "france_travail_demandeur_emploi", "NON_HABILITE", None),
        ("particulier.b", "mesri_statut_etudiant", "INDISPONIBLE", None),
    ]


async def test_a_partial_answer_of_the_server_is_proved_with_its_reasons(
    cle: CleAttestation, jwks: bytes, tmp_path: Path
) -> None:
    query = "query($identite: IdentiteInput!) { particulier(identite: $identite) {%s} }"
    champs = "statutEtudiant { identite { nomNaissance prenom } } bourseEtudiante { ine } sources { etat dureeMs }"
    async with application(tmp_path) as app:
        personne = (await app.personnes())["dubois-angela"]["identite"]
        jeton = await app.jeton({"mesri_identite"})
        corps = (await app.demander(query % champs, {"identite": personne}, jeton)).content
    brutes = msgspec.json.decode(corps, type=dict[str, msgspec.Raw])
    fichier = reponse(cle, bytes(brutes["data"]), bytes(brutes["errors"]))
    assert fichier.startswith(corps[:-1])
    assert verifier(fichier, jwks).reponse
    assert "errors.0.extensions.code" in refus(changer(fichier, '"NON_HABILITE","etat"', '"ABSENT","etat"'), jwks)


# --- The command --------------------------------------------------------------------------------------------------


def lancer(*mots: str | Path, code: int = 0) -> tuple[str, str]:
    resultat = CliRunner().invoke(app, ["attestation", "verifier", *map(str, mots)])
    assert resultat.exit_code == code, resultat.output
    return resultat.stdout, resultat.stderr


@pytest.fixture
def dossier(cle: CleAttestation, jwks: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "reponse.json").write_bytes(reponse(cle))
    (tmp_path / "seule.jws").write_text(attester(CONSTAT, cle, DATA, ERRORS))
    (tmp_path / "fausse.json").write_bytes(changer(reponse(cle), "1250.5", "9"))
    (tmp_path / "jwks.json").write_bytes(jwks)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_says_who_attested_what_and_when(dossier: Path) -> None:
    dit, erreur = lancer("reponse.json", "--jwks", dossier / "jwks.json")
    assert erreur == ""
    assert dit.splitlines() == [
        "Attestation valable : la signature tient, et la réponse est celle qui a été signée.",
        "Émise le 23/11/2026 à 11:30:00 (Paris) par https://particulier.test,",
        "pour le SIRET 13002526500013, en réponse à la requête 7a0f1c0e-8f5e-4a53-9a55-0a8a34b0a001.",
        "  particulier.situationFiscale : OBTENU (dgfip_situation_fiscale, le 23/11/2026 à 11:30:00)",
    ]
    assert "aucune réponse ne l'accompagne" in lancer("seule.jws")[0]


@pytest.mark.usefixtures("dossier")
@pytest.mark.parametrize(
    ("mots", "code", "phrase"),
    [
        (["fausse.json"], 1, "première différence à « data.particulier.rfr »"),
        (["absente.json"], 1, "Fichier illisible : absente.json"),
        (["."], 1, "Fichier illisible"),
        (["reponse.json", "--jwks", "absent.json"], 1, "Fichier illisible : absent.json"),
        (["reponse.json", "--jwks", "reponse.json"], 1, "jeu de clés publiques"),
        ([], 2, "Valeur absente ou refusée"),
        (["reponse.json", "--cle", "x"], 2, "Option ou commande inconnue"),
    ],
)
def test_the_command_refuses_in_one_french_line(mots: list[str], code: int, phrase: str) -> None:
    dit, erreur = lancer(*mots, code=code)
    assert dit == ""
    assert phrase in erreur
    assert erreur.count("\n") == 1
    assert "1250" not in erreur


def test_the_words_of_a_forger_do_not_command_the_terminal(cle: CleAttestation, dossier: Path) -> None:
    (dossier / "piege.jws").write_text(attester(replace(CONSTAT, emetteur="\x1b[2J\nValable"), cle, DATA))
    dit, _ = lancer("piege.jws")
    assert "\x1b" not in dit
    assert "?[2J?Valable" in dit
