from collections.abc import Mapping
from typing import Any

import pytest

from graph.errors import SourceReponseInvalide
from providers._xml import BALISES_MAX, PROFONDEUR_MAX, TAILLE_MAX, arbre, ecrire, lire, objet

ESPACE = "http://siv.mi.fr/DefinitionsServices/2007-06"
CANARI = "CANARI"


def refuser(corps: bytes) -> None:
    with pytest.raises(SourceReponseInvalide) as refus:
        lire(corps)
    erreur = refus.value
    assert erreur.__cause__ is None
    assert erreur.__suppress_context__ or erreur.__context__ is None
    assert CANARI not in f"{erreur!r} {erreur} {erreur.cause} {erreur.args}"


def bombe(niveaux: int, largeur: int) -> bytes:
    """Return nested entities, each `largeur` times the one before."""
    entites = "".join(f'<!ENTITY e{rang} "{f"&e{rang - 1};" * largeur}">' for rang in range(1, niveaux))
    return f'<!DOCTYPE a [<!ENTITY e0 "{CANARI}">{entites}]><a>&e{niveaux - 1};</a>'.encode()


def test_a_plain_message_is_read() -> None:
    racine = lire(f'<?xml version="1.0" encoding="UTF-8"?>\n<a xmlns="{ESPACE}"><b> é&amp;è </b><c/></a>'.encode())
    assert objet(racine, ESPACE) == {"b": "é&è", "c": None}


@pytest.mark.parametrize(
    "corps",
    [
        pytest.param(bombe(9, 10), id="billion laughs"),
        pytest.param(f'<!DOCTYPE a [<!ENTITY e "{"x" * 50_000}">]><a>{"&e;" * 5_000}</a>'.encode(), id="quadratic"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY a "&b;"><!ENTITY b "&a;">]><a>&a;</a>', id="recursive entities"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', id="file entity"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><a>&x;</a>', id="http entity"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x PUBLIC "x" "ftp://127.0.0.1/x">]><a>&x;</a>', id="public entity"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><a/>', id="parameter entity"),
        pytest.param(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', id="external DTD"),
        pytest.param(b'<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd"><a/>', id="public DTD"),
        pytest.param(b"<!DOCTYPE a><a/>", id="bare DOCTYPE"),
        pytest.param(
            b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ATTLIST a b CDATA "CANARI">]><a/>', id="default attribute"
        ),
        pytest.param(b"<a>&CANARI;</a>", id="undefined entity"),
    ],
)
def test_nothing_is_declared_expanded_or_fetched(corps: bytes) -> None:
    refuser(corps)


@pytest.mark.parametrize(
    "corps",
    [
        pytest.param(b'<?xml version="1.0" encoding="UTF-7"?><a>+ADw-CANARI+AD4-</a>', id="declared UTF-7"),
        pytest.param(b"<?xml version='1.0' encoding='utf-7' standalone='no'?><a/>", id="UTF-7 in quotes"),
        pytest.param("<a>CANARI</a>".encode("utf-16"), id="UTF-16 with a mark"),
        pytest.param("<a>CANARI</a>".encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".encode("utf-16-be"), id="DTD hidden in UTF-16"),
        pytest.param("<a>CANARI</a>".encode("utf-32"), id="UTF-32"),
        pytest.param(b'<?xml version="1.0" encoding="ISO-8859-1"?><a>CANARI\xe9</a>', id="declared Latin-1"),
        pytest.param(b'<?xml version="1.0" encoding="UTF-16"?><a>CANARI</a>', id="UTF-16 that is not"),
        pytest.param(b'<?xml version="1.0" encoding="EBCDIC-CP-FR"?><a/>', id="EBCDIC"),
        pytest.param("<a>CANARIé</a>".encode("latin-1"), id="Latin-1"),
        pytest.param(b"<a>CANARI\xc3</a>", id="cut character"),
        pytest.param(b"<a>CANARI\xc0\xbc</a>", id="overlong character"),
        pytest.param(b"<a>CANARI\xed\xa0\x80</a>", id="surrogate"),
        pytest.param(b"<a>CANARI\0</a>", id="NUL"),
        pytest.param(b"<a>CANARI\x08</a>", id="control character"),
        pytest.param(b"<a>&#0;&#xD800;</a>", id="forbidden reference"),
    ],
)
def test_what_is_not_utf8_is_refused(corps: bytes) -> None:
    refuser(corps)


@pytest.mark.parametrize(
    "corps",
    [
        pytest.param(b"<a>" * 5_000 + b"</a>" * 5_000, id="5,000 levels"),
        pytest.param(b"<a>" * 5_000, id="5,000 levels left open"),
        pytest.param(b"<a>" * (PROFONDEUR_MAX + 1) + b"</a>" * (PROFONDEUR_MAX + 1), id="one level too many"),
        pytest.param(b"<a>" + b"<b/>" * BALISES_MAX + b"</a>", id="too many elements"),
        pytest.param(b"<a>" + b" " * TAILLE_MAX + b"</a>", id="too large"),
        pytest.param(b"<a" + b"".join(b" x%d='CANARI'" % rang for rang in range(50_000)) + b"/>", id="attributes"),
        pytest.param(b"<a>" + b"<!-- -->" * BALISES_MAX + b"</a>", id="comments"),
    ],
)
def test_what_is_large_or_deep_is_refused(corps: bytes) -> None:
    refuser(corps)


@pytest.mark.parametrize(
    "corps",
    [
        b"",
        b"CANARI",
        b"{}",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a b='1' b='CANARI'/>",
        b"<x:a/>",
        b"<a><![CDATA[CANARI]]></a>",
        b"<a><![CDATA[<b>]]></a>",
        b"<a xmlns:x='u' xmlns:y='u' x:b='1' y:b='CANARI'/>",
        b"<!-- -- --><a/>",
        b"<html><br></html>",
    ],
)
def test_what_is_not_a_message_is_refused(corps: bytes) -> None:
    refuser(corps)


def test_comments_and_instructions_change_no_value() -> None:
    racine = lire(f'<a xmlns="{ESPACE}"><b>DUP<!-- x -->ONT</b><?php x?><c>1</c></a>'.encode())
    assert objet(racine, ESPACE) == {"b": "DUPONT", "c": "1"}


@pytest.mark.parametrize(
    "corps",
    [
        pytest.param(f'<a xmlns="{ESPACE}"><b xmlns="urn:autre">CANARI</b></a>', id="another namespace"),
        pytest.param(f'<a xmlns="{ESPACE}"><b xmlns="">CANARI</b></a>', id="no namespace"),
        pytest.param(f'<s:a xmlns:s="{ESPACE}"><b>CANARI</b></s:a>', id="no prefix"),
        pytest.param(f'<s:a xmlns:s="{ESPACE}"><s:b xmlns:s="{ESPACE}/">x</s:b></s:a>', id="prefix taken over"),
        pytest.param(f'<a xmlns="{ESPACE}">CANARI<b>x</b></a>', id="text before a child"),
        pytest.param(f'<a xmlns="{ESPACE}"><b>x</b>CANARI</a>', id="text after a child"),
    ],
)
def test_what_stands_beside_the_words_of_the_source_is_refused(corps: str) -> None:
    with pytest.raises(SourceReponseInvalide):
        objet(lire(corps.encode()), ESPACE)


def test_what_is_repeated_is_a_list() -> None:
    assert objet(lire(f'<a xmlns="{ESPACE}"><b>1</b><b>2</b></a>'.encode()), ESPACE) == {"b": ["1", "2"]}


@pytest.mark.parametrize(
    "valeur",
    [
        {"b": "<c>&amp;</c>", "d": {"e": "]]>", "f": ['"', "'"]}},
        {"b": "]]><b>x</b>"},
        {"b": "&lt;!DOCTYPE a&gt;"},
    ],
)
def test_a_value_never_becomes_markup(valeur: Mapping[str, Any]) -> None:
    assert objet(lire(ecrire(arbre(ESPACE, "a", valeur, "siv"))), ESPACE) == valeur


def test_a_value_that_xml_does_not_allow_is_not_written() -> None:
    with pytest.raises(ValueError, match="XML compatible"):
        arbre(ESPACE, "a", {"b": "\0"}, "siv")
