"""Clauses of a message, and what each one's times are: wanted, the present appointment's, impossible for the patient, or past.

Roles: "new" (to search), "old" (the appointment to move away from), "cannot" (old or ruled out, decided when all is read),
"busy" (work, school, another doctor: said as a reason), "past" (history).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STARTER = (
    r"(?:so|because|since|though|although|however|then|therefore|cause|can|could|would|will|shall|may i|is|are|do you|does|"
    r"how|what|maybe|perhaps|any chance|please|pls|let me|lets|id|ill|im|ive|i|we|my|move|make it|make that|anything|something|which|"
    r"unless|if|when|need|want|looking|hoping|preferably|ideally|you have|you got|got any|is there|give me|put me|book|rebook|schedule|put|get|set|whats|prefer|cancel)"
)
_SPLIT = re.compile(
    r"(?<!\d)\.(?!\d)|\.(?=\s|$)|[?!]+|§(?= [.,])|(?<!\d)(?<!th)(?<!st)(?<!nd)(?<!rd)\s[-–:]\s(?!\d)"
    rf"|,\s+(?={_STARTER}\b)"
    r"|,\s+(?=(?:so|because|is|are|can|could|would|do you|how about|what about|since|please|may i)\b)"
    r"|,\s+(?=(?:and|or|so|but) (?:i|im|id|can|could|would|my|we|do|is|are)\b)"
    r"|\s+(?=(?:so (?:can|could|i|any|maybe|is|would|please|do|how|what|that|after|before|in the|monday|tuesday|wednesday|thursday|friday|the|next|this|tomorrow|we|maybe|how|\d+)|because|can (?:we|i|you|u|it|that|they)|could (?:we|i|you|u|it|that)|"
    r"would (?:you|it be|that|any)|how about|what about|is there|do you have|do u have|(?:u|you) got (?:any|some|a)|(?:and|or) (?:can|could|my|i|im|id|would|is|do|are|what|how|put|book|give|schedule|make)\b|"
    r"since (?:i|my|we|im|the|that)|when (?:i|we|my|traffic)|as (?:i|my) |if (?:i|you|u|not|there|possible|its|any|the|that)|text me|call me|let me|instead can|otherwise|failing that|or else|alternatively|"
    r"but (?:[a-z]+day (?:does|works?|would|is|might|could|will)\b|i|can|could|my|we|would|do|is|are|it|that|please|im|id|ill|what|how|maybe|the|now|something|got|have|need)\b|while (?:i|my)|after that|though)\b)"
)

_ALL_BUT = re.compile(r"\b(?:any|every|all|each|whole|anything|whenever)\b[^,]*$")
_REQUEST = re.compile(
    r"\b(?:can|could|would|please|pls|want|need|like|book|schedule|available|availability|openings?|open|anything|free|works?|prefer|"
    r"hoping|wondering|appointment for|any chance|possible|see me|come in|fit me|available|slots?|spots?|best|better|good|ok|okay|fine|suits?|how about|what about|do you have|looking for|ideal|perfect|easiest|great)\b"
)
_NOUN = r"(?:appointment|session|visit|consult|consultation|evaluation|eval|intake|mapping|treatment|booking|slot|spot|follow ?up|tms|checkup|check in|time|reservation|one)"
_PAST = re.compile(
    r"\b(?:paid|sent|bought|told|(?!want|ask|check|request|inquir|hop|plan|wonder|decid|learn|visit|need|sched|book|resched|interest|preferr|confirm|suppos|allow|requir|limit|tir|depress|open|clos|rush|flexib|bed|relax|stress|advis|fix|speed|exceed|proceed|succeed|indeed)[a-z]{3,}(?<!ee)ed|skipped|missed|felt|took|gave me|hurt|went|came|saw|fell|happened|woke|slept|began|diagnosed|tried|finished|"
    r"was (?!hoping|wondering|thinking|looking|trying|planning|going to|supposed|told|scheduled|booked|curious|set)|were (?!you|there|wondering|hoping)|"
    r"had (?!to\b|hoped|planned)|scored|got (?:my|the|your|approved|approval|a (?:call|text|letter|message|reminder))\b|got (?:a |an )?(?:sick|worse|better|headache|tms|an mri|my first|the first|a ct|hurt|dizzy)|used to|quit|stopped|did (?:my|the|a)|"
    r"started(?! ?(?:to|on|next|from))|(?:i|he|she|we|they|it|who|that|mom|dad|mother|father|wife|husband|son|daughter|sister|brother|friend|doctor|dr|psychiatrist|therapist|insurance|pharmacy|they) (?:just |already |finally |also )?(?!ask|check|request|inquir|decid|need|want|would|schedul|book|hop|wonder|plann|confirm|reschedul|prefer|lik|suppos|cancel)[a-z]{2,}(?:ed|died)|died|passed away|broke|(?:i|we|she|he) (?:lost|moved|met|left|ate|read|wrote|heard|knew|thought|said)|gave birth|got (?:married|divorced|approved|denied)|hasnt|have been|has been|ive been|been (?:depressed|sick|having|feeling|on))\b"
)
CANNOT = re.compile(
    r"\b(?:rather not (?:come|do|have|go|drive|travel|book|be)|prefer not to (?:come|do|have|go|drive|travel|book|be)|cant|can not|could not|couldnt|wont be able|not able|unable|wont|not going to|will not|wouldnt|im not free|not free|am not free|not available|unavailable|"
    r"doesnt work|dont work|does not work|do not work|isnt going to work|not work|no good|isnt good|is bad|are bad|is out|are out|isnt possible|not good|"
    r"wont work|doesnt suit|dont suit|are hard|is hard|are tough|is tough|is impossible|are impossible|are terrible|is no longer|no longer works|never works?|dont (?:do|want|like|have any free)|"
    r"hate|clash(?:es)?|conflicts?|too (?:early|late|soon|far)|crazy|packed|hectic|swamped|slammed|insane|full|something came up|came up|come up|falls? through|fell through|is not going|busy|tied up|out of town|on vacation|away|traveling|travelling|booked up|have to miss|going to miss|need to miss|will miss|not coming|not make)\b"
)
_FEAST = re.compile(
    r"(?:since |because |as |but )?(?:(?:next |this )?[a-z]+day|the \d+[a-z]*|tomorrow|today) (?:is|are) (?:a |an |my |our |the |his |her )?(?:thanksgiving|christmas|hanukkah|easter|new years|holiday|birthday|anniversary|wedding|funeral|memorial day|mlk)\b"
)
_TOO = re.compile(r"(?:so )?(?:is|are|would|will|wouldnt|isnt) .{0,40}\btoo (?:early|late|soon|far)\b")
_CANNOT_COME = re.compile(
    r"\b(?:make it|make|come|attend|keep|get there|be there|coming|do it|miss|clash|clashes|came up)\b"
)
_AWAY = re.compile(
    r"\b(?:out of town|on vacation|away|traveling|travelling|not here|gone|on a trip|(?:no|dont have a|without a|have no) (?:car|ride|childcare|sitter|transport)|holiday from|unavailable)\b|"
    r"\b(?:im|were|we are|i am|ill be|well be|he is|hes|shes) (?!(?:free|available|open|flexible|good|ok|okay|fine|around|able)\b)[a-z ]*\buntil\b"
)
_HAVE = re.compile(
    rf"\b(?:im|i am|we are|were|currently|was|i was) (?:already |currently |still )?(?:scheduled|booked|down|set up|set|supposed to (?:come|be|have)|slated|on the (?:schedule|books|calendar)|coming in|due)\b|"
    rf"\b(?:you|u) (?:have|had|got|put|booked|scheduled|gave|ve got) me\b|\b(?:youve|uve) got me\b|\bi(?:ve| have| got| had|ve got) (?:an? |my |the |a )?(?:\w+ )?{_NOUN}\b(?! (?:request|question))|\bhave me (?:down|on|at|for)\b|\bi have (?:the |an? |my )?\d\d?(?::\d\d|am|pm|st|nd|rd|th)\b|\bi (?:had |have |already |just )*(?:booked|scheduled|reserved) (?:the|for|on|a)\b|"
    rf"(?:^|\b(?:when|time|day|where|date) )is (?:(?:my|our) |the {_NOUN}\b)|\b(?:confirm|confirming|cancel|canceling|cancelling|skip) (?:(?:my|our) |the {_NOUN}\b)|\bam i (?:still )?(?:on|scheduled|booked|down)\b|\boriginally\b|\bcurrently (?!free|available|open)\b|\bcurrent(?:ly)? (?:appointment|time|slot|scheduled|booked)\b"
)
_CANCEL = re.compile(
    r"\b(?:cancel|cancelling|canceling|cancellation of|call off|wont be coming|take me off|remove my|drop my|cancle)\b"
)
_MY = re.compile(
    rf"\b(?:my|our) (?:\w+ ){{0,2}}?{_NOUN}(?:s)?(?: (?:is|was|on|at|for|from|of|this|the|thats|that is|scheduled|booked|set|i have|we have|currently|,))* *$"
)
_MY_TIME = re.compile(
    r"\b(?:my|our)(?: (?:original|current|existing|usual|regular|scheduled|old|first|next|upcoming))? *$"
)
_BOOKING = re.compile(
    rf"\b(?:book|schedule|set|set up|make|get|have|do|start|want|like|plan|take|arrange|put|need|put me|come|love|prefer|hold|reserve|want to have|can i have|works? for|works? 4|good for|perfect for|fine for) (?:in )?(?:for )?(?:my|our|the|a) (?:\w+ ){{0,2}}?{_NOUN}?"
)
_BUSY = re.compile(
    r"\b(?:i|he|she|we|they|my \w+|wife|husband|who) (?:usually |normally |always |only |also |still |do |have to |do have to )?(?:works?(?! (?:best|well|great|for|better|fine|perfectly))|teach|teaches|start work|starts? (?:my|a|at|work|school)|get off|gets off|get out|gets out|get home|finish|pick up|drop|have (?:a |an |my |to )?(?:class|classes|work|meeting|school|dialysis|therapy|church|exam|court|game|practice|shift|dentist|kids|another|lab|training|rehearsal|physical|pt|lecture|deadline|flight|standing|conference|call|trial|deposition|surgery)|has (?:a |an )?(?:class|school|dialysis|therapy|practice|work|appointment|game|chemo|soccer|preschool|daycare)|take|babysit|wake up|sleep|commute|drive|go to|leave work|leave for|am at|be at)\b|"
    r"\bmy (?:\w+ )?(?:shifts?|class|classes|job|meeting|meetings|flight|lunch|kids?|school|bus|train|ride|boss|workday|day) (?:is|are|ends?|starts?|begins?|runs?|goes|get|gets|leaves?|arrives?|lets? out|picks?)\b|"
    r"\b(?:im|i am|ill be) (?:at work|working|in class|in court|in meetings|in a meeting|teaching|at school|on shift|on call|off at|off work at)\b|\bgot (?:the |a |my )?(?:dentist|class|work|school|meeting|shift|game|another)|\bive got (?:the |a |my |an )?(?:dentist|class|work|school|meeting|shift|dr|doctor|eye|vet|another|kids)|"
    r"\b(?:school|work|class|daycare|the bus|store|bank|pharmacy) (?:ends|starts|lets out|gets out|closes|opens|is out|begins|is until|runs)\b|\bon (?:nights|days|swing|graveyard)(?= *$)|\b(?:i|we) (?:get back|return|arrive|land|fly|leave|go away|head out|travel)\b|\bstart a new job\b|\bhave (?:the )?(?:dentist|dialysis|chemo|court|work|class|school)\b"
)
# How somebody feels, sleeps or takes medicine is no wish for a time, unless the same clause asks for one.
_ASK = re.compile(
    r"\b(?:(?:id|ill|i would|i will|can i|could i|may i|lets|let me) (?:[a-z]+ )?take|"
    r"book|schedule|appointment|available|availability|openings?|open|slots?|spots?|come|coming|see|seen|anything|something|fit me|"
    r"prefer|free|works?|can (?:i|you|we) (?:do|get|have|make|fit|start)|could|please|how about|what about|want|need|like|id like|best for me)\b"
)
_LIFE = re.compile(
    r"\b(?:feel|feels|felt|feeling|cry|crying|sleep|sleeping|slept|wake|woke|waking|tired|exhausted|hurts?|headaches?|worse|worst|awful|"
    r"sick|(?:take|takes|taking|took) (?:my|the|a|it|them|§|lithium|pills?)|blood pressure|normal to|eat|drink|symptoms?|side effects?|panic attacks?|bill|bills|billed|invoice|charged?|statement|payment|receipt|claim|copay|deductible|rate)\b"
)
_ABOUT_TMS = re.compile(
    r"(?:is|are|does|do) (?:it|they|treatments?|sessions?|tms) (?:really |always |given |done |every|daily|on weekdays|have to)"
    r"|(?:so )?(?:is|are|does|do|will) (?:the |a |your )?(?:[a-z0-9§]+ ){0,3}(?:course|treatments?|sessions?|therapy|protocol|program|tms) "
    r"(?:includes?|happen|involves?|covers?|continues?|stops?|skips?|runs?)\b"
)
_ILLNESS = re.compile(
    r"\b(?:depression|depressed|anxiety|anxious|pain|mood|migraines?|ocd|ptsd|tinnitus|insomnia|sad)\b"
)
REASON = re.compile(
    r"(?:i have |have |got )?(?:my |the )?(?:dialysis|work|school|class|classes|therapy|chemo|court|pt|soccer|dentist|shifts?|kids|daycare|snow|storm|blizzard|jury duty|funeral|wedding|party|exam|exams|finals|surgery|flight|vacation|trip|conference|deposition|graduation|recital|big meeting|meeting) (?=tomorrow|today|this |next |[a-z]+day|[\d]|on |at )"
)
# "from thursday at 2 to friday at 3": a day with an hour on both sides is no stretch of days.
_WHEN = (
    r"(?:[a-z]+day|tomorrow|the \d+[a-z]*|[a-z]+ \d{1,2}(?:[a-z]{2})?|\d+/\d+),? (?:morning |afternoon )?(?:at )?"
    r"(?:noon|\d{1,2}(?::\d\d)?(?:am|pm)?)"
)
MOVE = re.compile(
    r"\b(?:skip to|moved?|moving|rescheduled?|rescheduling|changed?(?! of| my (?:mind|address|number|phone|insurance))|changing|switch(?:ing)?|swap(?:ping)?|push(?:ing)?|bump(?:ing)?|(?<!my )(?<!work )(?<!night )(?<!day )(?<!late )(?<!early )shift(?:ing)?(?! (?:ends|starts|is|at|work|from|until|goes|runs|on))|trade|exchange|"
    r"postpone|delay|transfer|slide|put off|bring forward|bring(?:ing)? (?:my|the|it)|pull)\b|\b(?:can|could|would|might|may) (?:my|our|the) .{3,40} be(?:come)?\b"
    r"|\b(?:turn(?:ing)?|make) .{3,40} into\b|\bmake (?:my|our|the|tomorrows?|todays?|[a-z]+days?)\b.{0,30}? an? (?:\d|noon)"
    r"|\bgo(?:ing)? from\b|\bfrom (?:the )?(?:mornings?|afternoons?|evenings?) to (?:the )?(?:mornings?|afternoons?|evenings?)\b"
    rf"|^(?:from )?{_WHEN} to {_WHEN}(?: (?:please|pls|if possible|instead))*$"
)


@dataclass(frozen=True)
class Clause:
    """`text` of the clause and whether it asks to move an appointment ("move X to Y")."""

    text: str
    moving: bool


def clauses(text: str) -> list[Clause]:
    """The clauses of a canonical, masked text, in order."""
    parts, start = [], 0
    for m in _SPLIT.finditer(text):
        if text.startswith("but ", m.end()) and _ALL_BUT.search(text[start : m.start()]):
            continue
        if m.end() > start:
            parts.append(text[start : m.start()])
            start = m.end()
    parts.append(text[start:])
    return [Clause(part.strip(" ,"), bool(MOVE.search(part))) for part in parts if part.strip(" ,§")]


def role(clause: Clause, first_item: int, part: bool = False) -> str:
    """The role of the clause's times, when nothing in the clause tells them apart. `first_item`: offset of its first time,
    `part`: whether that is a part of the day ("my mornings" are no appointment)."""
    text, before = clause.text, clause.text[:first_item]
    if _CANCEL.search(before):
        return "old"
    if (REASON.match(text) or _FEAST.match(text)) and not _REQUEST.search(text):
        return "busy"
    if _HAVE.search(text) and not _BUSY.search(before):
        return "old"
    if (_MY.search(before) or (_MY_TIME.search(before) and not part)) and not _BOOKING.search(before):
        return "old"
    reason = _BUSY.search(text)
    if (
        reason
        and first_item < reason.start()
        and reason[0].startswith(("i ", "we "))
        and f" {text[: reason.start()]}".endswith((" before ", " after "))
    ):
        reason = None  # "before i leave on the 9th" is a bound
    if reason and not re.search(r"\b(?:can|could|would|please|prefer|anything|book|schedule)\b", text):
        return "busy"
    if (CANNOT.search(text) and not _TOO.match(text)) or _AWAY.search(text):
        return "away" if _AWAY.search(text) else "come" if _CANNOT_COME.search(text) else "cannot"
    if _LIFE.search(text) and not _ASK.search(text):
        return "past"
    if _ABOUT_TMS.match(text) and not _ASK.search(text):
        return "past"
    if _ILLNESS.search(text) and not _ASK.search(text) and not re.search(rf"\b{_NOUN}\b", text):
        return "past"
    past = _PAST.search(text)
    if past and past.start() < first_item and not _REQUEST.search(text):
        return "past"
    return "new"


def marked_new(before: str) -> bool:
    """Whether the words right before a time say that an appointment should go there: "to", "until", "into"."""
    return bool(
        re.search(
            r"\b(?:to|until|into|onto|till|be|become)(?: (?:the|a|an|on|at|some time|any time|like|maybe|later|earlier|either|for|around|about|some|something|sometime|any|be|come|do|this))*\s*$",
            before,
        )
    )


def marked_for(before: str) -> bool:
    """The same for the words that a swap uses: "for", "with", "and"."""
    return bool(
        re.search(
            r"\b(?:for|with|on to)(?: (?:the|a|an|some|one on|something|either|any|anything|any time|some time))*\s*$",
            before,
        )
    )


def instead_of(before: str) -> bool:
    """Whether the time that follows is the one to leave: "instead of", "rather than", "from" (while moving)."""
    return bool(
        re.search(
            r"\b(?:instead of|rather than|rather (?:[a-z0-9:]+ ){1,4}than|in place of|in lieu of|not on|as opposed to)(?: (?:the|my|on|coming|this|at))*\s*$",
            before,
        )
    )
