"""The one place where XML from outside is parsed: plain UTF-8, no DTD, no CDATA, small; and how XML is written.

What is refused is a drift of the source: nothing of it is quoted, and nothing is expanded, fetched or guessed.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from lxml import etree

from graph.errors import SourceReponseInvalide
from providers._normal import DERIVE

Element: TypeAlias = etree._Element  # noqa: SLF001 - the name that lxml gives to its type

#: Bytes, tags and levels. An answer about one vehicle takes some kilobytes.
TAILLE_MAX, BALISES_MAX, PROFONDEUR_MAX = 256 * 1024, 8_000, 32
#: A declaration of document type, of entity or a CDATA section: anything but a comment.
_DECLARATION = re.compile(rb"<!(?!--)")
_ENCODAGE = re.compile(rb"""\A\s*<\?xml[^>]*?\sencoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)


def parseur() -> etree.XMLParser:
    """Return a parser that expands nothing, fetches nothing, and drops comments and processing instructions."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def lire(corps: bytes) -> Element:
    """Parse a document. Raise SourceReponseInvalide for anything but the plain XML of a message."""
    if not _sobre(corps):
        raise SourceReponseInvalide(cause=DERIVE)
    try:
        racine = etree.fromstring(corps, parseur())
    except (etree.XMLSyntaxError, ValueError):
        # NOTE: the message of lxml may quote a value, hence `from None`.
        raise SourceReponseInvalide(cause=DERIVE) from None
    if racine.getroottree().docinfo.internalDTD is not None or not _plat(racine):
        raise SourceReponseInvalide(cause=DERIVE)
    return racine


def ecrire(element: Element) -> bytes:
    """Write a document in UTF-8."""
    return etree.tostring(element, encoding="utf-8", xml_declaration=True)


def objet(element: Element, espace: str) -> Any:
    """Return what an element holds: its text, None when blank, or its children by name, those repeated as a list.

    Raises:
        SourceReponseInvalide: text beside the children, or a child of another namespace.
    """
    enfants = list(element)
    if not enfants:
        return (element.text or "").strip() or None
    if any((texte or "").strip() for texte in (element.text, *(enfant.tail for enfant in enfants))):
        raise SourceReponseInvalide(cause=DERIVE)
    lus: dict[str, list[Any]] = {}
    for enfant in enfants:
        nom = etree.QName(enfant)
        if nom.namespace != espace:
            raise SourceReponseInvalide(cause=DERIVE)
        lus.setdefault(nom.localname, []).append(objet(enfant, espace))
    return {nom: valeurs if len(valeurs) > 1 else valeurs[0] for nom, valeurs in lus.items()}


def arbre(espace: str, nom: str, valeur: Any, prefixe: str) -> Element:
    """Return an element that holds a text, or a child per key of a mapping, repeated for a list; nulls are left out.

    Raises:
        ValueError: a character that XML does not allow.
    """
    element = etree.Element(etree.QName(espace, nom), nsmap={prefixe: espace})
    if isinstance(valeur, Mapping):
        for cle, contenu in valeur.items():
            for un in contenu if isinstance(contenu, list | tuple) else (contenu,):
                if un is not None:
                    element.append(arbre(espace, cle, un, prefixe))
    else:
        element.text = str(valeur)
    return element


def _sobre(corps: bytes) -> bool:
    """Tell, before any parsing, whether a document is small, in UTF-8, and declares nothing."""
    if len(corps) > TAILLE_MAX or corps.count(b"<") > BALISES_MAX or b"\0" in corps:
        return False
    if _DECLARATION.search(corps) or _ENCODAGE.match(corps):
        return False
    try:
        corps.decode()
    except UnicodeDecodeError:
        return False
    return True


def _plat(racine: Element) -> bool:
    """Tell whether nothing but elements is there, and none too deep."""
    profondeur = 0
    for evenement, noeud in etree.iterwalk(racine, events=("start", "end")):
        profondeur += 1 if evenement == "start" else -1
        if profondeur > PROFONDEUR_MAX or not isinstance(noeud.tag, str):
            return False
    return not any(True for _ in racine.iter(etree.Entity))
