"""What can go wrong while exchanging bytes with a source, before anything is understood.

PanneDeTransport
├── Injoignable            no connection: refused, no route, no such name            SOURCE_INJOIGNABLE
│   └── TlsRefuse          a connection, but not a secure one                        SOURCE_TLS
├── Interrompue            the connection died before a whole answer                 SOURCE_INTERROMPUE
├── NonConforme            the answer is not the HTTP that it announced              SOURCE_REPONSE_NON_CONFORME
│   ├── EncodageRefuse     compressed otherwise than asked, or badly                 SOURCE_ENCODAGE_REFUSE
│   └── TropGrosse         over the limit, on the wire or once decompressed          SOURCE_REPONSE_TROP_GROSSE
├── DelaiDepasse           the whole exchange outlived its deadline                  SOURCE_DELAI_DEPASSE
└── RequeteImpossible      our own request cannot be written as HTTP                 ADAPTATEUR

Nothing is carried but the class: no URL, no header, no value.
"""

from typing import ClassVar


class PanneDeTransport(Exception):  # noqa: N818 - the nouns of the domain are French, as in graph/errors.py
    """An exchange that gave no usable answer; `cause` is for the audit and the metrics alone."""

    cause: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.cause)


class Injoignable(PanneDeTransport):
    """No connection could be opened; nothing was sent."""

    cause = "SOURCE_INJOIGNABLE"


class TlsRefuse(Injoignable):
    """The other end did not prove who it is, or speaks no TLS that we accept."""

    cause = "SOURCE_TLS"


class Interrompue(PanneDeTransport):
    """The connection died; the source may or may not have worked on the request."""

    cause = "SOURCE_INTERROMPUE"


class NonConforme(PanneDeTransport):
    """The answer is not HTTP, is shorter than announced, or has an endless head."""

    cause = "SOURCE_REPONSE_NON_CONFORME"


class EncodageRefuse(NonConforme):
    """The body is neither plain nor whole gzip."""

    cause = "SOURCE_ENCODAGE_REFUSE"


class TropGrosse(NonConforme):
    """The body is over the limit."""

    cause = "SOURCE_REPONSE_TROP_GROSSE"


class DelaiDepasse(PanneDeTransport):
    """The exchange, body included, is longer than its deadline."""

    cause = "SOURCE_DELAI_DEPASSE"


class RequeteImpossible(PanneDeTransport):
    """A fault of ours: the method, the path or a header cannot go on the wire."""

    cause = "ADAPTATEUR"
