"""Is this English? Other languages are not judged.

Words that English cannot do without settle nearly every draft in microseconds;
only where they are missing is py3langid (a well-kept language identifier) asked.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_ENGLISH = frozenset(
    """
    the and you your i i'm i've my me we our us to of for that this with it its is are was were be been have
    has had not from on at as by would could will can about if but or an so what which who when any all please
    thank thanks hello hi dear no yes do did does don't am there here out up get got just know let
    """.split()
)
# Ordinary mail has 45 to 60 words in 100 of these; telegram style still has 20.
_CERTAIN = 0.2
# So few words prove nothing; a short draft in Latin letters is taken for English.
_FEW = 6
_READ = 20_000


def is_english(text: str) -> bool:
    """Say whether the text is to be judged; an empty one is."""
    words = [w.replace("\u2019", "'").lower() for w in _WORD.findall(text[:_READ])]
    if not words:
        return True
    letters = [c for w in words for c in w]
    if sum(c < "\u0250" for c in letters) < len(letters) * 0.5:
        return False
    if sum(w in _ENGLISH for w in words) >= _CERTAIN * len(words):
        return True
    if len(words) < _FEW:
        return True
    import py3langid

    language, _ = py3langid.classify(text[:_READ])
    return bool(language == "en")
