"""Tells a message in a language that we do not answer in, so that it hears so instead of a guess.

A script other than Latin tells by itself; for the languages that are read most often beside English and Spanish at
clinics in the United States, two of their function words do. "TMS", a name or one borrowed word never do.
"""

from __future__ import annotations

import unicodedata

from bot.ngrams import LONGEST, tokens
from bot.spanish import ENGLISH, SPANISH


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDS = _words(
    # French, Haitian Creole, Portuguese, German, Somali, Hmong, Vietnamese (without marks), Tagalog, Italian, Polish
    """je vous nous est-ce suis voudrais avez pas avec pour bonjour merci rendez aujourd'hui j'ai c'est l'assurance
    combien coute traitement quand comment quel quelle votre peux puis
    mwen ou ki pou kijan bonjou randevou eske nan konbyen kob sa tretman
    voce nao obrigado obrigada quero uma consulta tenho preciso ola sao muito quanto custa tratamento quando posso
    ich und nicht ist der das mit habe guten einen termin danke bitte kostet wie viel wann kann behandlung
    waxaan miyaad iyo ballan baahanahay mahadsanid fadlan waa haa ma maya ku meeqa imisa sidee kacaysaa ayey
    kuv koj tsis nyob zoo thiab ua tsaug xav puas yuav kws teem pes tsawg nqi
    toi khong muon chao lich xin dat cam bao nhieu gia
    ako po ba ang mga hindi gusto salamat kumusta ko magkano paano kailan saan bayad
    vorrei sono grazie buongiorno appuntamento ciao quanto costa trattamento posso
    ile kosztuje leczenie wizyta prosze dziekuje dzien dobry chce nie czy kiedy"""
) - (ENGLISH | SPANISH)


def foreign(text: str) -> bool:
    """Whether most letters are of another script, or two words are of a language that is neither English nor Spanish."""
    letters = [letter for letter in text[:LONGEST] if letter.isalpha()]
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters)
    if len(letters) > 1 and latin * 2 < len(letters):
        return True
    words = set(tokens(text))
    others = len(words & WORDS)
    return others >= 2 and others > len(words & ENGLISH) and others >= len(words & SPANISH)
