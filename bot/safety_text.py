"""What a message looks like to the safety rules: one line of plain lower-case words.

`plain("I can’t go on, s.u.i.c.i.d.e… k1ll myself 12/3")` gives `"i cant go on suicide . kill myself 12 3"`:
no accents, no apostrophes, contractions and texting shorthand in one form, letters spelled with spaces, dots, digits or
asterisks put back together, common typos of the words that matter mended. A sentence break stays as ` . `, so a rule can
stay inside one sentence with `[^.]`. Never raises, whatever the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

LONGEST = 20_000
"""Characters that are looked at. The gateway sends at most 1,000; `POST /safety` may get more."""

WORDS = frozenset(
    [
        "suicide",
        "suicidal",
        "overdose",
        "overdosed",
        "overdosing",
        "seizure",
        "seizures",
        "myself",
        "himself",
        "herself",
        "themselves",
        "breathing",
        "breathe",
        "goodbye",
        "anymore",
        "killing",
        "hopeless",
        "unconscious",
        "convulsing",
        "convulsion",
        "swallowed",
        "strangling",
        "unalive",
        "disappear",
        "allergic",
        "kill",
        "die",
        "dead",
        "dying",
        "pills",
        "hurt",
        "harm",
        "hang",
        "shoot",
        "murder",
        "death",
        "stab",
        "wrist",
        "suicidio",
        "suicidarme",
        "suicidar",
        "matarme",
        "quitarme",
        "sobredosis",
        "convulsionando",
        "convulsiones",
        "respirar",
        "morirme",
    ]
)
"""The words a disguise or a typo is mended to."""

SHORT = frozenset(
    [
        "want",
        "wanna",
        "live",
        "life",
        "living",
        "alive",
        "end",
        "jump",
        "gun",
        "quiero",
        "vivir",
        "morir",
        "muerto",
        "matar",
    ]
)
"""Words mended from digits and repeated letters only: one slip away from them lie too many real words."""

REAL = frozenset(
    [
        "loving",
        "lining",
        "liking",
        "suicido",
        "suicida",
        "suicidas",
        "suicidan",
        "overdone",
        "overdoes",
        "overdue",
        "override",
        "myselfs",
        "breather",
        "breathed",
        "sizure",
        "filling",
        "hung",
        "hand",
        "hart",
        "hurts",
        "hears",
        "matarte",
        "matarle",
        "quitarle",
        "quitarte",
        "quitarse",
        "respira",
        "respiro",
        "morirse",
        "swallower",
        "killings",
        "kinds",
        "skilling",
        "pill",
        "polls",
        "piles",
        "pulls",
        "wrists",
        "dear",
        "deal",
        "deaf",
        "head",
        "read",
        "lead",
        "die",
        "did",
        "dice",
    ]
)
"""Words that look like a slip of one of WORDS and are none."""

SLIPS = {
    "sry": "sorry",
    "luv": "love",
    "neva": "never",
    "jus": "just",
    "shuld": "should",
    "alot": "a lot",
    "nt": "not",
    "bein": "being",
    "comin": "coming",
    "thinkin": "thinking",
    "bout": "about",
    "xmas": "christmas",
    "kil": "kill", "kll": "kill", "kiil": "kill", "klil": "kill", "killl": "kill", "killin": "killing", "kils": "kills",
    "mysef": "myself", "myslef": "myself", "mself": "myself", "myelf": "myself", "mylself": "myself", "meself": "myself",
    "dieing": "dying", "dyin": "dying", "sucide": "suicide", "suiside": "suicide", "suacide": "suicide", "sueside": "suicide",
    "suside": "suicide", "suicied": "suicide", "suisidal": "suicidal", "suicidle": "suicidal", "suicidel": "suicidal",
    "susidal": "suicidal", "sucidal": "suicidal", "siezure": "seizure", "siezures": "seizures", "seisure": "seizure",
    "seziure": "seizure", "ceasure": "seizure", "siezing": "seizing", "breeth": "breathe", "breth": "breathe", "brethe": "breathe",
    "breethe": "breathe", "breath": "breath", "pilss": "pills", "pils": "pills", "overdos": "overdose",
    "oded": "overdosed", "od": "overdose", "ods": "overdose", "oding": "overdosing", "anymor": "anymore",
    "nemore": "anymore", "anymre": "anymore", "nomore": "no more", "wana": "wanna", "wnna": "wanna", "wannna": "wanna",
    "wnat": "want", "wnt": "want", "wan": "want", "waht": "what", "gona": "gonna", "gunna": "gonna", "gna": "gonna",
    "finna": "gonna", "tryna": "trying to", "boutta": "about to", "dnt": "dont", "dunt": "dont", "cnt": "cant", "cannot": "cant",
    "iam": "im", "ima": "im gonna", "imma": "im gonna", "u": "you", "ur": "your", "r": "are", "b": "be", "n": "and",
    "wo": "without", "rn": "right now", "bc": "because", "cuz": "because", "liv": "live", "livin": "living",
    "lyfe": "life", "lief": "life", "tmrw": "tomorrow", "tmr": "tomorrow", "2day": "today", "2nite": "tonight", "tonite": "tonight",
    "2moro": "tomorrow", "evry1": "everyone", "every1": "everyone", "no1": "no one", "some1": "someone", "noone": "no one",
    "goodbyes": "goodbyes", "gudbye": "goodbye", "goodby": "goodbye", "bye4ever": "goodbye forever", "4ever": "forever",
    "hart": "heart", "chst": "chest", "chets": "chest", "xq": "porque", "pq": "porque", "k": "que", "q": "que", "kiero": "quiero",
    "qiero": "quiero", "kero": "quiero", "quero": "quiero", "suisidio": "suicidio", "suisidarme": "suicidarme",
    "suicidarce": "suicidarse", "matarm": "matarme", "morirm": "morirme", "bibir": "vivir", "vivr": "vivir", "tabien": "tambien",
}  # fmt: skip

LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "$": "s", "@": "a", "!": "i", "|": "l"}
)
LEET_L = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "$": "s", "@": "a", "!": "l", "|": "l"}
)

SIGNED = (
    (re.compile(r"\bo\.?d\.?[’‘`´ʼ']e?d\b"), "overdosed"),
    (re.compile(r"\bw/o\b"), "without"),
    (re.compile(r"[’‘`´ʼ']"), ""),
)
"""Words that are known by their signs, before the signs go."""

ONE_FORM = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"\b(want|need|going|ready|have|like|try|trying|how|reason|wish|about|got|used|plan) 2\b", r"\1 to"),
        (r"\bways 2\b", "ways to"),
        (r"\b2 (not|die|live|kill|end|go|be|hurt|much|many)\b", r"to \1"),
        (r"\bto (much|many) (pills|meds|tylenol|medicine|tablets|advil)\b", r"too \1 \2"),
        (r"\b4 (ever|me|you)\b", r"for \1"),
        (r"\bmy self\b", "myself"),
        (r"\bher self\b", "herself"),
        (r"\bhim self\b", "himself"),
        (r"\b(their|them) ?sel(f|ves)\b", "themselves"),
        (r"\bany more\b", "anymore"),
        (r"\bgood ?by(e)?\b", "goodbye"),
        (r"\bi m\b|\bi am\b", "im"),
        (r"\bi ve\b|\bi have\b", "ive"),
        (r"\bhe is\b|\bhe s\b", "hes"),
        (r"\bshe is\b|\bshe s\b", "shes"),
        (r"\bthey are\b|\bthey re\b", "theyre"),
        (r"\b(do|does|did|is|are|was|were|would|should|could|have|has|had) not\b", r"\1nt"),
        (r"\b(don|doesn|didn|isn|aren|wasn|weren|wouldn|shouldn|couldn|haven|hasn|ain) t\b", r"\1t"),
        (r"\bcan not\b|\bcan t\b", "cant"),
        (r"\bwill not\b|\bwon t\b", "wont"),
        (r"\bcouldnt\b", "cant"),
        (r"\b(want|wanting) to\b|\bwant 2\b|\bwanna to\b|\bwant too\b", "wanna"),
        (r"\bgoing to\b|\bgoin to\b", "gonna"),
        (r"\bover ?dos", "overdos"),
        (r"\bself harm|\bself injur\w*", "selfharm"),
        (r"\bwont wanna\b", "dont wanna"),
        (r"\bkillmyself\b", "kill myself"),
        (r"\bwan+a?die\b|\bwannadie\b", "wanna die"),
        (r"\bkillme\b", "kill me"),
        (r"\bendit\b", "end it"),
        (r"\bendmylife\b", "end my life"),
        (r"\bendit(all)?\b", "end it all"),
    )
)


@lru_cache(32)
def plain(text: str) -> str:
    """The message as the rules read it: words of a–z and digits, single spaces, ` . ` between sentences."""
    text = unicodedata.normalize("NFKD", text[:LONGEST]).lower()
    text = "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Cf", "Cs", "Me"})
    for pattern, form in SIGNED:
        text = pattern.sub(form, text)
    text = re.sub(r"\b(?:\w(?!\. )[ .\-_*]{1,2}){2,}\w\b|\b(?:\w\. ){2,}\w\b", _joined, text)
    tokens = [_mended(token) for token in re.findall(r"[^\s,;:()\[\]{}\"“”<>/\\#=+~^…—–]+|[;…\n]", text)]
    line = re.sub(r"[^a-z0-9. ]", " ", " ".join(tokens))
    line = re.sub(r"(?<=\d)\.(?=\d)", " ", line)
    line = re.sub(r"[ .]*\.[ .]*", " . ", line)
    line = re.sub(r" +", " ", line).strip(" .")
    for pattern, form in ONE_FORM:
        line = pattern.sub(form, line)
    return line


def _joined(match: re.Match[str]) -> str:
    """`k i l l`, `s.u.i.c.i.d.e` in one word; runs of digits (dates, phone numbers) stay as they are."""
    run = match.group()
    return run if re.search(r"\d", run) else re.sub(r"[ .\-_*]", "", run)


def _mended(token: str) -> str:
    if token in {";", "…", "\n"}:
        return "."
    number = re.fullmatch(r"\d{1,2}[.!?]+", token)  # of a list, or a half of a time
    end = "." if token[-1] in ".!?" and not number else ""
    word = token.strip(".!?-_&%|")
    if not word:
        return end
    if word in SLIPS:
        return f"{SLIPS[word]} {end}"
    if word in WORDS or word.isdigit():
        return f"{word} {end}"
    for letters in (word, word.translate(LEET), word.translate(LEET_L)) if re.search(r"[a-z]", word) else ():
        known = _known(letters)
        if known:
            return f"{known} {end}"
    return f"{word} {end}"


@cache
def _known(word: str) -> str | None:
    """The word of WORDS that `word` disguises (repeated letters, asterisks) or misspells by one slip, or None."""
    if len(word) > 24:
        return None
    if word in WORDS or word in SHORT:
        return word
    for squeezed in (re.sub(r"(.)\1{2,}", r"\1\1", word), re.sub(r"(.)\1+", r"\1", word)):
        if (squeezed in WORDS or squeezed in SHORT) and re.search(r"(.)\1{2,}", word):
            return squeezed
    if "*" in word and re.fullmatch(r"[a-z*]{3,}", word) and word.count("*") <= 3 and word[0] != "*":
        shape = re.compile(word.replace("*", "[a-z]"))
        return next((known for known in sorted(WORDS) if shape.fullmatch(known)), None)
    if word in REAL or len(word) < 6 or not word.isalpha():
        return None
    return next((k for k in sorted(WORDS) if len(k) >= 6 and k[0] == word[0] and _one_slip(word, k)), None)


def _one_slip(a: str, b: str) -> bool:
    """One letter missing, added, changed, or two neighbours swapped."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))  # noqa: B905
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        return rest_a[1:] == rest_b[1:] or (rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:])
    return rest_a[1:] == rest_b or rest_a == rest_b[1:]
