"""The values of this package: the grant, the tokens that open it, and what a token presented gives access to."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum


class Modalite(StrEnum):
    """How an administration names a person, in DataPass's words."""

    PARAMETRES = "params"
    """Itself, by what it knows of her."""
    FRANCE_CONNECT = "france_connect"
    """She identifies herself."""
    FORMULAIRE_QF = "formulaire_qf"
    """On a form that another service hosts: nothing is asked under the administration's own token."""


class Etat(Enum):
    """Where a grant stands at an instant; ACTIVE alone lets questions through."""

    A_VENIR = "à venir"
    ACTIVE = "active"
    SUSPENDUE = "suspendue"
    TERMINEE = "terminée"


@dataclass(frozen=True, slots=True)
class Habilitation:
    """What an administration may ask, for whom, on which legal ground, and until when. Instants are in UTC."""

    id: str
    intitule: str
    sirets: tuple[str, ...]
    """The recipients covered, in the order of the grant."""
    scopes: frozenset[str]
    cadre_juridique: str
    debut: datetime
    fin: datetime | None
    """First instant when it is over; None for an open-ended grant."""
    personnes_par_requete: int = 1
    """How many distinct persons one request may name."""
    suspendue_le: datetime | None = None
    bac_a_sable: bool = False
    """Made for fictitious data: production refuses to start beside such a grant."""
    external_id: str | None = None
    """Identifier of the request in DataPass; None for a grant recorded by an operator."""
    public_id: str | None = None
    """The one that DataPass shows to people."""
    volume_annuel: int | None = None
    """Persons that the administration declared to consult in a year; None when it declared nothing."""
    modalites: tuple[str, ...] = ()
    """How it names a person, each a `Modalite` or what DataPass adds to them one day; empty for any way."""
    plages_ip: tuple[str, ...] = ()
    """Addresses that may use it, in CIDR notation; empty for any (`adresses.adresse_autorisee`)."""
    etat_datapass: str | None = None
    """What DataPass last said of the request; it decides nothing here."""
    editeur_id: str | None = None
    """The editor whose own grant it is: such a grant opens nothing but the delegations."""
    franceconnect_client_id: str | None = None
    """The client of FranceConnect whose users' tokens it accepts; None for none, but in the sandbox."""

    @property
    def designe(self) -> bool:
        """Whether its caller may name persons itself: signed for another modality alone, FranceConnect names them."""
        return not self.modalites or Modalite.PARAMETRES in self.modalites

    def etat(self, instant: datetime) -> Etat:
        """Return where the grant stands at `instant` (aware). An end outweighs a suspension."""
        if self.fin is not None and self.fin <= instant:
            return Etat.TERMINEE
        if self.suspendue_le is not None:
            return Etat.SUSPENDUE
        return Etat.ACTIVE if self.debut <= instant else Etat.A_VENIR


@dataclass(frozen=True, slots=True)
class Jeton:
    """What is known of a token: everything but its text. Instants are in UTC."""

    id: str
    habilitation_id: str
    emis_le: datetime
    expire_le: datetime
    revoque_le: datetime | None
    """From when it is refused as revoked; in the future while its successor takes over."""
    succede_a: str | None
    """The token that this one renews."""
    a_retirer: bool = False
    """Promised to DataPass, and still without a text: `jeton emettre` gives it one."""
    suspendu_le: datetime | None = None
    """Since when it is refused for an abnormal use, until an operator restores it."""

    @property
    def fin(self) -> datetime:
        """First instant when it opens nothing more."""
        return self.expire_le if self.revoque_le is None else min(self.expire_le, self.revoque_le)


@dataclass(frozen=True, slots=True)
class JetonEmis:
    """A token at the only moment when its text exists on our side."""

    texte: str = field(repr=False)
    jeton: Jeton


@dataclass(frozen=True, slots=True)
class Acces:
    """What a token just presented opens, as the database said at that request."""

    jeton_id: str
    """Names the token in traces; never the token."""
    expire: datetime
    """First instant when the token opens nothing more, renewal included."""
    habilitation: Habilitation
    """The grant that the request is judged by: for an editor, the one delegated, never a mix."""
    editeur_id: str | None = None
    """The editor that presented the token, if it is one's."""
    delegation_id: str | None = None
    """What lets this editor use this grant."""


@dataclass(frozen=True, slots=True)
class Editeur:
    """A software company that questions on behalf of administrations."""

    id: str
    nom: str
    siret: str
    cree_le: datetime
    habilitation_id: str
    """Its own grant, from which its tokens are issued."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """An administration lets an editor use its grant."""

    id: str
    editeur_id: str
    habilitation_id: str
    creee_le: datetime
    revoquee_le: datetime | None


@dataclass(frozen=True, slots=True)
class Deleguee:
    """A grant that an editor may use now, and by which delegation."""

    delegation_id: str
    habilitation: Habilitation
