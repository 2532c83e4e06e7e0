"""Fictitious keys and self-signed certificates of the sandbox: made when first needed, kept by the process alone."""

import re
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

#: The settings that hold a PEM: a pair is a certificate and its key, ours or, `_source`, the source's own.
_REGLAGE = re.compile(r"(certificat|cle)((?:_source|_tls)?)")
#: Wide enough for every clock of the tests: this certificate proves nothing.
_DEBUT, _FIN = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def pem(source: str, reglage: str) -> str | None:
    """Return the PEM that the sandbox gives to a setting; None when it is not one of those."""
    trouve = _REGLAGE.fullmatch(reglage)
    if trouve is None:
        return None
    certificat, cle = _paire(source, trouve[2])
    return certificat if trouve[1] == "certificat" else cle


@cache
def _paire(source: str, cote: str) -> tuple[str, str]:
    cle = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    nom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"bac-a-sable {source}{cote}")])
    certificat = (
        x509.CertificateBuilder()
        .subject_name(nom)
        .issuer_name(nom)
        .public_key(cle.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_DEBUT)
        .not_valid_after(_FIN)
        .sign(cle, hashes.SHA256())
    )
    privee = cle.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificat.public_bytes(serialization.Encoding.PEM).decode(), privee.decode()
