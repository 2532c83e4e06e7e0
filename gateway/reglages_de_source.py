"""The settings of each source: those of the environment, or of its simulator; every one that is missing is named."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from gateway.settings import ReglageManquant, Settings
from providers._source import Source

#: Our TLS certificate and its key, for a source that wants to know who calls.
TLS = ("certificat_tls", "cle_tls")


class ReglagesSimules(Protocol):
    """What gives a setting that is not set: the sandbox's simulators."""

    def reglage(self, source: Source[Any], nom: str) -> str:
        """Return the value that the simulator expects of a setting."""


def read_settings(
    settings: Settings, sources: Iterable[Source[Any]], simulated: ReglagesSimules | None
) -> Mapping[str, Mapping[str, str]]:
    """Return the settings of each source, by its name. Raise ReglageManquant, in one line."""
    lus = {source.nom: _read(settings, source, simulated) for source in sources}
    if simulated is None:
        manquants = [
            _variable(source, nom)
            for source in sources
            for nom in ("url", *required(source))
            if nom not in lus[source.nom]
        ]
        if manquants:
            raise ReglageManquant(f"Réglages de sources manquants : {', '.join(manquants)}.")
    else:
        _refuse_elsewhere(sources, lus)
    return lus


def required(source: Source[Any]) -> tuple[str, ...]:
    """Return the settings that a source needs besides its URL."""
    return (*source.auth.reglages, *(reglage for _, reglage in source.entetes), *(TLS if source.mtls else ()))


def _refuse_elsewhere(sources: Iterable[Source[Any]], lus: Mapping[str, Mapping[str, str]]) -> None:
    """Keep the sandbox, whose tokens are anybody's, from a real source: forgetting the mode must not open it."""
    ailleurs = [
        _variable(source, nom)
        for source in sources
        for nom in ("url", "url_jeton")
        if nom in lus[source.nom] and not _here(lus[source.nom][nom])
    ]
    if ailleurs:
        raise ReglageManquant(
            "Le bac à sable donne des jetons à tous : il n'appelle que des sources de cette machine. "
            f"Réglez PARTICULIER_MODE=production, ou retirez {', '.join(ailleurs)}."
        )


def _here(adresse: str) -> bool:
    """Tell whether an address is of this machine."""
    try:
        hote = urlsplit(adresse).hostname or ""
        return hote == "localhost" or ip_address(hote).is_loopback
    except ValueError:
        return False


def _read(settings: Settings, source: Source[Any], simulated: ReglagesSimules | None) -> Mapping[str, str]:
    ecrits = settings.sources.get(source.nom, {})
    lus = {nom: _value(source, nom, valeur.get_secret_value()) for nom, valeur in ecrits.items()}
    return {nom: simulated.reglage(source, nom) for nom in required(source)} | lus if simulated else lus


def _value(source: Source[Any], nom: str, ecrite: str) -> str:
    """Return the value of a setting: the content of a file, when it is written `@path`."""
    if not ecrite.startswith("@"):
        return ecrite
    try:
        return Path(ecrite[1:]).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise ReglageManquant(
            f"Fichier illisible pour la source {source.libelle} : {_variable(source, nom)}."
        ) from None


def _variable(source: Source[Any], nom: str) -> str:
    return f"PARTICULIER_SOURCES__{source.nom}__{nom}".upper()
