"""What accesses are looked for by, in any index of a journal: a token and a day, a request, a pseudonym."""

from collections.abc import Collection, Iterator
from hashlib import blake2b

import msgspec

_JOUR = 86_400 * 10**6


class _Pseudonyme(msgspec.Struct):
    genre: str
    empreinte: str


class Corps(msgspec.Struct):
    """What is indexed of a record."""

    requete: str
    rang: int
    jeton: str | None = None
    """Of an intention alone."""
    pseudonymes: tuple[_Pseudonyme, ...] = ()


_LECTEUR = msgspec.json.Decoder(Corps)


def du_jeton(jeton: str, instant: int) -> str:
    """Return what finds the intentions of a token on the day of an instant, in microseconds since 1970."""
    return f"jeton|{jeton}|{instant // _JOUR}"


def jours(debut: int, fin: int) -> range:
    """Return an instant of each day of [debut, fin[."""
    return range(debut - debut % _JOUR, fin, _JOUR)


def de_la_requete(requete: str) -> str:
    """Return what finds the intentions of a request."""
    return f"requete|{requete}"


def du_pseudonyme(genre: str, empreinte: str) -> str:
    """Return what finds the intentions of the accesses that bear a pseudonym."""
    return f"pseudonyme|{genre}|{empreinte}"


def lire(corps: bytes) -> Corps:
    """Read what is indexed of a record."""
    return _LECTEUR.decode(corps)


def termes(trace: Corps, instant: int) -> Iterator[str]:
    """Yield what finds an access: the terms of an issue lead to its intention."""
    yield de_la_requete(trace.requete)
    if trace.jeton is not None:
        yield du_jeton(trace.jeton, instant)
    yield from _des_pseudonymes(trace.pseudonymes)


def _des_pseudonymes(pseudonymes: Collection[_Pseudonyme]) -> Iterator[str]:
    for pseudonyme in pseudonymes:
        yield du_pseudonyme(pseudonyme.genre, pseudonyme.empreinte)


def hache(terme: str) -> int:
    """Return how a term is written in an index."""
    return int.from_bytes(blake2b(terme.encode(), digest_size=8).digest(), signed=True)
