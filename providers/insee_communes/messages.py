"""The words of INSEE's metadata API: the communes of a date whose name holds a text."""

import msgspec


class CommuneInsee(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One commune; `intitule` has its article, « La Rochette », and the other name has not."""

    code: str
    intitule: str
    intitule_sans_article: str
