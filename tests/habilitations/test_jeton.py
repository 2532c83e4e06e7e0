import re
import secrets
import string

from habilitations.jeton import bien_forme, empreinte, generer

BASE62 = string.digits + string.ascii_letters


def test_a_token_is_a_prefix_and_36_letters_or_digits() -> None:
    assert all(re.fullmatch(r"apg_[0-9A-Za-z]{36}", generer()) for _ in range(200))


def test_a_fresh_token_is_well_formed() -> None:
    assert all(bien_forme(generer()) for _ in range(200))


def test_tokens_are_never_the_same() -> None:
    assert len({generer() for _ in range(1000)}) == 1000


def test_any_single_changed_character_is_detected() -> None:
    jeton = generer()
    for rang, present in enumerate(jeton):
        for autre in set(BASE62 + "_-é ") - {present}:
            assert not bien_forme(jeton[:rang] + autre + jeton[rang + 1 :])


def test_random_text_of_the_right_shape_is_not_taken_for_a_token() -> None:
    au_hasard = ("apg_" + "".join(secrets.choice(BASE62) for _ in range(36)) for _ in range(2_000))
    assert not any(bien_forme(texte) for texte in au_hasard)


def test_text_around_a_token_is_refused() -> None:
    jeton = generer()
    for texte in ("", "apg_", jeton[:-1], jeton + "a", jeton + "\n", " " + jeton, jeton * 2, jeton.upper()):
        assert not bien_forme(texte)


def test_digits_of_other_alphabets_are_refused() -> None:
    assert not bien_forme("apg_" + "٣" * 36)


def test_the_hash_has_32_bytes_and_depends_on_every_character() -> None:
    jeton = generer()
    empreintes = {empreinte(jeton[:rang] + "_" + jeton[rang + 1 :]) for rang in range(4, 40)} | {empreinte(jeton)}
    assert len(empreintes) == 37
    assert {len(octets) for octets in empreintes} == {32}
