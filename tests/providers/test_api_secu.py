import msgspec
import pytest

from graph.demande import Demande
from graph.enums import Sexe
from graph.errors import (
    DossierAbsent,
    ErreurDeBloc,
    IdentiteNonReconnue,
    ParametreRefuseParLaSource,
    SourceIndisponible,
    SourceReponseInvalide,
)
from graph.identite import DateNaissance, EtatCivil, Identite, IdentitePivot
from providers._api_secu import Caisse, caisse, correspond, nom_compare, refus, translitterer
from providers._source import Paires, UpstreamResponse

#: The identity, then the period, refused by the input control.
PARAMETRES = (40002, 40003, 40011, 40013, 40014, 40015, 40016, 40019, 40026, 40031, 40029)


def refusee(status: int, code: int, regime: str | None = None) -> ErreurDeBloc:
    headers: Paires = (("x-apisecu-fd", regime),) if regime else ()
    return refus(UpstreamResponse(status, headers, msgspec.json.encode({"errorCode": code, "error": "texte"})))


@pytest.mark.parametrize(
    ("tel_que_saisi", "envoye"),
    [
        ("DUPRÉ", "DUPRE"),
        ("Mélissandre", "Melissandre"),
        ("ANO'NYMOS-LONS", "ANO'NYMOS-LONS"),
        ("Œdipe Ælfric", "OEdipe AElfric"),
        ("Nuñez çelik ÿ", "Nunez celik y"),
        ("Øresund Ðorður Þór weiß", "Oresund Dordur Thor weiss"),
    ],
)
def test_names_lose_their_accents_and_keep_the_rest(tel_que_saisi: str, envoye: str) -> None:
    assert translitterer(tel_que_saisi) == envoye


def test_every_letter_that_a_caller_may_write_becomes_ascii() -> None:
    lettres = [chr(code) for code in (*range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x100))] + list("ŒœŸ")
    assert all(translitterer(lettre).isascii() and translitterer(lettre).isalpha() for lettre in lettres)


def test_names_are_compared_without_case_accents_nor_separators() -> None:
    assert nom_compare("Trois-Dupré") == nom_compare("TROIS DUPRE")
    assert nom_compare("D'Œuvre") == "D OEUVRE"


@pytest.mark.parametrize(
    ("status", "code", "regime", "attendue"),
    [
        (404, 40409, None, IdentiteNonReconnue),
        (404, 40409, "00810011", IdentiteNonReconnue),
        (404, 40406, None, DossierAbsent),
        (404, 40412, None, DossierAbsent),
        (404, 40404, "00810011", DossierAbsent),
        (404, 40404, "00171001", DossierAbsent),
        (404, 40404, "99430000", DossierAbsent),
        (404, 40404, None, SourceReponseInvalide),
        (404, 40404, "12345678", SourceReponseInvalide),
        (404, 40401, None, SourceReponseInvalide),
        (400, 40000, None, SourceIndisponible),
        (400, 40024, "00810011", SourceIndisponible),
        *((400, code, None, ParametreRefuseParLaSource) for code in PARAMETRES),
        (400, 50001, None, SourceReponseInvalide),
    ],
)
def test_each_refusal_has_one_meaning(status: int, code: int, regime: str | None, attendue: type[ErreurDeBloc]) -> None:
    assert type(refusee(status, code, regime)) is attendue


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"errorCode": "40409"}', b'{"errorCode": null}', b"[]"])
def test_a_refusal_that_cannot_be_read_says_nothing_of_the_person(status: int, body: bytes) -> None:
    with pytest.raises(SourceReponseInvalide):
        refus(UpstreamResponse(status, (("x-apisecu-fd", "00810011"),), body))


def test_the_header_names_who_answered() -> None:
    assert caisse(UpstreamResponse(200, (("x-apisecu-fd", " 00171001 "),))) is Caisse.MSA
    assert caisse(UpstreamResponse(200, (("x-apisecu-fd", ""),))) is None
    assert caisse(UpstreamResponse(200)) is None


@pytest.mark.parametrize(
    ("etat_civil", "attendu"),
    [
        (EtatCivil("TROIS-DUPRE", ("MELISSANDRE", "ANNE"), "1987-06-12"), True),
        (EtatCivil("TROIS-DUPRE", ("MELISSANDRE",), "1987-06-00"), True),
        (EtatCivil("TROIS-DUPRE", ("MARC",), "1987-06-12"), False),
        (EtatCivil("TROIS-DUPRE", (), "1987-06-12"), False),
        (EtatCivil("AUTRE", ("MELISSANDRE",), "1987-06-12"), False),
        (EtatCivil("TROIS-DUPRE", ("MELISSANDRE",), "1987-07-12"), False),
        (EtatCivil("TROIS-DUPRE", ("MELISSANDRE",), "0000-00-00"), False),
    ],
)
def test_the_person_asked_about_is_known_by_name_and_known_date_parts(etat_civil: EtatCivil, attendu: bool) -> None:  # noqa: FBT001 - a table of cases
    pivot = IdentitePivot(
        "Trois-Dupré", ("Mélissandre",), DateNaissance(1987, 6), sexe=Sexe.F, code_pays="99100", code_commune="08480"
    )
    assert correspond(etat_civil, Demande(Identite(pivot=pivot))) is attendu
