"""TLS of the transports: which servers are trusted, and the certificate by which a source knows us, if it wants one."""

import ssl
from dataclasses import dataclass, field
from tempfile import NamedTemporaryFile


@dataclass(frozen=True, slots=True)
class IdentiteTls:
    """Our certificate (its chain may follow) and its private key without a password, in PEM."""

    certificat: str = field(repr=False)
    cle: str = field(repr=False)

    @property
    def pem(self) -> bytes:
        """Both, in one file."""
        return f"{self.cle.strip()}\n{self.certificat.strip()}\n".encode()


def contexte(autorites: str | None, identite: IdentiteTls | None) -> ssl.SSLContext:
    """Return what a client needs: TLS 1.2 at least, the authorities of the system and these.

    Raises:
        ValueError: an identity that cannot be used.
    """
    tls = ssl.create_default_context()
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    if autorites:
        tls.load_verify_locations(cadata=autorites)
    if identite:
        _presenter(tls, identite)
    return tls


def identite_inutilisable() -> ValueError:
    """Return the error of an identity that cannot be used, which quotes nothing of it."""
    return ValueError("Certificat ou clé TLS inutilisable : attendus en PEM, de la même paire, sans mot de passe.")


def _presenter(tls: ssl.SSLContext, identite: IdentiteTls) -> None:
    """Load an identity through a file, since OpenSSL takes nothing else here: for an instant, and for us alone."""
    with NamedTemporaryFile() as fichier:
        fichier.write(identite.pem)
        fichier.flush()
        try:
            # NOTE: without a password, OpenSSL would ask for one on the terminal.
            tls.load_cert_chain(fichier.name, password="")
        except (ssl.SSLError, ValueError):
            raise identite_inutilisable() from None
