import pytest

from tone_check.language import is_english


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Noted.",
        "Dear Ms Ruiz, thank you for the call on Tuesday, I have attached the form.",
        "Short status question. Take-home sent 8 April. Receipt confirmed. Next step please?",
        "pls lmk asap m8 been waiting ages 4 ur reply lol",
        "12345 67890",
        "Kindly revert, sir. I remain available for the same.",
    ],
)
def test_english_is_judged(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sehr geehrte Frau Ruiz, vielen Dank für das Gespräch am Dienstag, ich habe mich sehr darüber gefreut.",
        "Bonjour Madame, je vous remercie de votre réponse et je reste à votre disposition pour la suite.",
        "お世話になっております。先日の面接の件でご連絡いたしました。",
        "Добрый день, спасибо за ваше письмо, я буду ждать ответа.",
        "Estimada señora, le escribo para saber si hay alguna novedad sobre el puesto de analista.",
    ],
)
def test_other_languages_are_not(text: str) -> None:
    assert not is_english(text)
