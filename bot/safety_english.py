"""English signs of danger that nobody could call oblique, read on `bot.safety_text.plain` text.

There: lower case, no apostrophes, `want to` = `wanna`, `going to` = `gonna`, `I am` = `im`. Oblique wording is heard by
`bot/danger.py`; these are the floor under it, which also holds through disguises and without a trained model.
`HARMLESS`, `LOSS` and `PAST` are struck out first. One sign a line, its reason beside it. Gaps are bounded, so none is slow.
"""

from __future__ import annotations

KIN = (
    r"(?:wife|husband|spouse|partner|boyfriend|girlfriend|bf|gf|fiancee?|son|daughter|kids?|child|children|teen\w*|toddler|baby"
    r"|brother|sister|bro|sis|mom|mum|mama|mother|dad|papa|father|parents?|step\w+|grand\w+|aunt|uncle|cousin|niece|nephew"
    r"|friends?|bff|buddy|roommate|neighbou?r|coworker|boss|student|client|patient|ex|caregiver)"
)
OTHER = (
    rf"(?:(?:my|our|his|her|the|a|this|best|old|little|older|younger|close) (?:\w+ )?{KIN}|{KIN} of mine"
    r"|someone (?:i|we) \w+|somebody i \w+|he|she|hes|shes|they|theyre|someone|somebody|him|her|them)"
)
OWN = r"(?:himself|herself|themselves|themself)"
AGO = (
    r"(?:(?:\d+|\w+|a few|a couple of|over a) (?:years?|yrs?|decades?) (?:ago|back|earlier)|(?:years|yrs|decades|ages|long|a long time) ago"
    r"|(?:back )?in (?:19|20)\d\d|in (?:high school|college|my (?:teens|twenties|thirties|past|youth|20s|30s))|as a (?:teen\w*|kid|child|young \w+)"
    r"|when i was (?:a |in |about |only )?(?:\w+teen|\d+|young\w*|little|teen\w*|kid|child|college|high school)|last year|back then|in the past|growing up|at (?:age )?(?:\w+teen|[12]\d)\b|(?:19|20)[012]\d$)"
)
DRUG = (
    r"(?:pills?|tablets?|capsules?|meds?|medications?|medicines?|prescriptions?|painkillers?|doses?|tylenol|advil|ibuprofen|aspirin"
    r"|benadryl|xanax|ativan|klonopin|valium|lithium|insulin|antidepressants?|opioids?|oxy\w*|fentanyl|heroin|zoloft|seroquel)"
)
POISON = r"(?:bleach|cleaner|cleaning \w+|detergent|antifreeze|poison|batter(?:y|ies)|drain opener|paint thinner|gasoline|ammonia|fumes)"
WEAPON = r"(?:gun|knife|weapon|rifle|pistol|machete|shotgun|bomb)"
HURT = r"(?:kill|hurt|harm|shoot|stab|strangle|choke|attack|murder|beat up|burn)"
VICTIM = (
    rf"(?:you|him|them|someone|somebody|people|everyone|every one|a person|(?:my|the|that|this|your|his) (?:\w+ )?"
    rf"(?:{KIN}|doctor|dr|nurse|receptionist|staff|therapist|supervisor|family|clinic|landlord))"
)

HARMLESS = (
    r"\b(?:kill(?:ed|ing)?|hurt|cut|burn(?:ed|t)?|injured) myself (?:laughing|working|trying|cooking|shaving|lifting|running|at (?:work|the gym|home)|while|with work|on (?:the|a|my))\b",  # everyday accidents and effort
    r"\b\w+ myself in the foot\b|\bkick(?:ing)? myself\b|\b(?:(?:take|took|taking) (?:the|a|some) )?(?:day|time|week|hour|morning|afternoon) off myself\b",  # idioms
    r"\b(?:will|am|are|is|do|does) (?:i|you|we|people|patients?)(?: be| get)? (?:unconscious|asleep|faint)\b",  # a question about the treatment
    r"\bbefore (?:the |this )?(?:treatment|tms)\b[^.]{0,40}\b(?:die|live|suicidal|myself)\b",  # over, thanks to treatment
    r"\b(?:wanna|rather|scared to|could|almost|nearly) die (?:of|from|laughing|for|than (?:call|wait|sit|do|go|use|drive|fill|get|try))\b",  # idioms
    r"\b(?:not|wasnt|isnt|didnt do (?:it|this|that)|never) (?:\w+ )?on purpose\b",  # denied
    r"\b(?:not|dont|no longer|never) (?:gonna |wanna )(?:die|kill myself|hurt myself|hurt anyone)\b",  # denied
    r"\b(?:no|not|never|nor|without|zero|denies|havent had|dont have|not (?:feeling|been|actively)|never (?:felt|been|had|tried to)|not thinking of)(?: any| been| having)? (?:suicid\w+(?: (?:thoughts|ideation|plans))?|(?:hurt|harm|kill)(?:ing)? myself|thoughts of (?:suicide|hurting myself|harming myself)|selfharm|weapons?|chest pains?|seizures?|violence)\b(?! but)",  # denied
    r"\bsuicid\w+ (?:risk|rates?|statistics|stud(?:y|ies)|research|prevention|hotlines?|lifeline|awareness|questions?|form|screen\w*|warnings?|squad|squeeze|patients?|people|teens|inpatients|doors?)\b",  # the subject, not the act
    r"\b(?:career|social|political|financial) suicide\b|\bsuicide to\b",  # idioms
    r"\b(?:accept|take|treat|see|help) (?:\w+ )?(?:people|patients|someone|anyone|those) (?:who|with|that)\b[^.]{0,40}\b(?:suicid\w+|selfharm\w*|abus\w+)",  # who is treated
    r"\b(?:driving|drives?) (?:me|us) (?:crazy|nuts|up)\b|\b(?:fear|afraid|scared) of (?:death|dying)\b|\bam i gonna die\b",  # worries and idioms
    r"\b(?:cut|hurt|nicked) myself (?:while |when )?(?:shaving|cooking)\b|\b(?:family )?history of suicide\b",  # everyday, family
    r"\b(?:can|does|could|will|is) (?:tms|it|this|treatment)\b[^.]{0,30}\bsuicid\w+ (?:thoughts?|ideation|feelings?)\b(?! (?:because|i |my))",  # can treatment help
    r"\bwhat (?:do you|does the clinic|happens|would you)(?: do)? (?:if|when) (?:a |the )?(?:patient|person|somebody|someone)\b[^.]{0,40}\b(?:suicid\w+|seizure)",  # what staff do
    r"\b(?:risk|chance|odds|cause|causes|causing|increase|raise|worsen|lead to|side effects?|warning)\b[^.]{0,40}?\b(?:suicid\w+|seizures?|strokes?|heart attacks?|die|death|chest pains?)\b",  # a question about a risk
    r"\b(?:what if|what happens if|in case|ever had|anyone|has any\w+|could|can|will|might|afraid of|scared of|worried about|history of|prone to)\b[^.]{0,40}?\b(?:a |an )?(?:seizures?|strokes?|heart attacks?)\b(?! (?:right )?now)",  # a question about a risk
    r"\b(?:seizure|stroke|heart attack) (?:disorder|history|recovery|survivors?|rehab\w*|patients?|meds?|threshold|protocol|free)\b",  # the subject
    r"\b(?:had|have|gave me|having|given|almost|nearly)(?: me| had)? a (?:heart attack|stroke|fit) (?:when|seeing|over|looking|at the (?:price|bill))\b",  # idioms
    r"\b(?:overdos\w+|od) on (?:coffee|caffeine|sugar|chocolate|tms|magnets?|news|netflix|information)\b|\bsee overdos\w+",  # idioms, jobs
    r"\b(?:food|lead) poisoning\b|\bpoison ivy\b|\bbath bomb\b|\bphoto ?bomb",  # other things
    r"\b(?:can|could|does|is|will|would) (?:you|it|tms|this|i|we|people|the \w+)\b[^.]{0,20}\b(?<!to )(?<!if i )(?<!if i just )(?:kill|killed|die|died|deadly|fatal|lethal)\b(?! (?:me|myself|a person|a human|someone|in my sleep))",  # is it dangerous
    r"\b(?:wife|husband|mom|mother|dad|boss|partner|she|he|landlord)(?: is)? (?:gonna |will |would |might )(?:kill|murder|strangle) me (?:if|when|for|over)\b",  # idioms
    r"\b(?:could|would|id) (?:kill|murder) (?:for|a|an|some|my (?:alarm|phone|printer|insurance))\b",  # idioms
    r"\b(?:im|literally|lowkey) (?:so )?(?:dead|ded|deceased|dying) (?:lol|lmf?ao|rofl|ha(?:ha)+|omg)\b(?! (?:not|jk|but|i wish|soon))|\b(?:lol|lmf?ao|rofl|ha(?:ha)+|omg) (?:im )?(?:so )?(?:dead|ded|deceased|dying)\b(?! (?:inside|soon|tonight))",  # laughter
)  # fmt: skip

LOSS = (
    rf"\b(?:{OTHER}|classmate|people)\b[^.]{{0,30}}\b(?:died (?:by|from|of|to)|death by|passed (?:away )?(?:by(?= suicide| an overdose| overdose)|from|to)|committed|took (?:his|her|their) (?:own )?li(?:fe|ves)|ended (?:his|her|their) (?:own )?life|(?:killed|hung|hanged|shot) {OWN})(?: (?:suicide|an overdose|overdose))?",  # a death by suicide
    rf"\blost (?:\w+ ){{0,4}}(?:{KIN}|someone|somebody|people|him|her) (?:to|by|from) (?:suicide|an overdose|overdose)\b|\bdied by suicide\b",  # a death by suicide
    rf"\b(?:{KIN}s?|his|her|their) suicide\b(?! (?:note|attempt|plan|threat|thoughts))|\b(?:since|after|history of|griev\w+)(?: \w+){{0,2}} suicide\b(?! attempt)",  # a death by suicide
    rf"\b(?:{OTHER}|{KIN}|dog|cat)\b(?: \w+)? (?:just |recently |suddenly |has |had )?(?:died|passed away|passed(?! (?:out|by|down|through|around|him|her|me|us|my|his|the|an?|it|this|that|gas)\b)|was killed)\b|\b(?:lost|buried|mourning|grieving|widowed)(?: \w+){{0,3}} {KIN}\b|\b(?:widow|widower|bereave\w*|grief)\b",  # a death
)  # fmt: skip

PAST = (
    rf"\b(?:tried|attempt\w*|wanted|thought|felt|was|were|had|survived|hospitalized|overdosed|cut|selfharm\w*|used to|took|raped|abused|assaulted|beaten|hit|suicid\w+)\b[^.]{{0,60}}\b{AGO}",  # dated long ago
    rf"\b{AGO}\b[^.]{{0,25}}\b(?:tried|attempt\w*|wanted|thought|felt|was|had|survived|overdosed|cut|selfharm\w*|took|i did try)\b[^.]{{0,40}}\b(?:myself|suicid\w+|die|my life|overdos\w+|selfharm\w*|seizures?|stroke|raped|abused|pills)\b",  # dated long ago
    r"\b(?:history of|past|previous|prior|old|childhood|survivor of|survived)(?: \w+){0,2} (?:suicid\w+(?: (?:attempts?|ideation|thoughts?))?|attempts?|selfharm\w*|overdoses?|abuse|assault|rape|domestic (?:violence|abuse)|violence)\b",  # named as history
    rf"\b(?:first|former|ex|late) {KIN} (?:used to )?(?:beat|hit|abused|hurt) me\b(?! (?:last|today|tonight|yesterday|again|now))",  # over
    r"\bused to (?:be|feel|have|think|cut|wanna|selfharm|hit|beat)\b[^.]{0,50}\b(?:suicid\w+|myself|die|selfharm\w*|me)\b",  # used to
    r"\b(?:trauma|ptsd|flashbacks)(?: \w+){0,3} (?:from|after|because of)(?: \w+){0,4} (?:abuse|assault|rape|raped|violence|attack|shooting|war)\b|\babusive (?:childhood|upbringing|parents)\b",  # told as a cause
)  # fmt: skip

BACK_AGAIN = r"\b(?:thoughts?|feelings?|feel(?:ing)? (?:that|the same|like that)(?: way)?|urges?|plans?|it|theyre)\b[^.]{0,25}\b(?:again|back|coming back|returning|stronger|worse)\b|\b(?:might|may|will|gonna|wanna|could) (?:try|do it) (?:it )?again\b"
"""After a past attempt: the thoughts are back. Counts as suicidal only beside a PAST match."""
JOIN_THEM = r"\b(?:wanna|wish i could|gonna|need to|ready to|id like to|time to)(?: just)? (?:join|follow|be with|go be with|see) (?:him|her|them|mom|dad|my \w+)\b"
"""To be with the dead. Counts as suicidal only beside a death."""

SUICIDAL = (
    r"\b(?:kill|hang|shoot|drown|hurt|harm|stab|poison|strangle|starve|off|end|unalive)(?:ing)? myself\b",  # names the act on oneself
    r"(?:^|(?<!if )(?<!when )(?<!after )(?<!since )(?<!time )(?<!day )\b(?:i|ive) )(?:just |have )?overdosed\b(?![^.]{0,40}\b(?:accident\w*|mistake)\b)",  # names an overdose as done
    r"\b(?:killed|shot|hanged|drowned|poisoned|strangled|unalived) myself\b(?! (?:an?|up|some|over)\b)",  # names it as done
    r"\b(?:tried|attempted) to (?:kill|hang|drown|strangle|hurt|harm|end|off|shoot)\b(?= (?:myself|it|things|my life))",  # a fresh attempt
    r"\b(?:wanna|wish i (?:was|were|could)|id rather|would rather|rather|ready to|deserve to|might as well|hope i|better off|gonna)(?: just| be| to)* (?:die|dead)\b",  # wishes to be dead
    r"\bwanna (?:\w+ )?die\b|\bthink(?:ing)? (?:a lot )?(?:about|of) (?:dying|killing|ending (?:it|my life|everything))\b",  # wishes to be dead
    r"\b(?:dont|not|never|no longer|didnt) (?:really |even )?wanna (?:live|be alive|exist|wake up|be here anymore|keep (?:on )?living)\b(?! (?:in|near|at|so early|early|with))",  # wishes not to live
    r"\b(?:end|ending|take|taking) (?:my (?:own )?(?:life|existence)|it all)\b|\b(?:gonna|ready to|wanna|about to) end it\b(?! (?:early|after))",  # names the act
    r"\b(?:im|feel|feeling|been|still|am|so|and|actively) (?:really |very |kinda |so )?suicidal\b(?! (?:patients|people|teens))",  # says so
    r"\b(?:i|im|ive|my|mine|having|get|getting|these|strong|constant) (?:\w+ ){0,2}(?:suicidal (?:thoughts?|ideation|feelings?|urges?)|thoughts? (?:of|about) (?:suicide|ending my life))\b|(?:^|\. )suicidal (?:thoughts|ideation|feelings)(?! as\b)",  # says so
    r"\b(?:commit|committing|considering|contemplating|thinking (?:of|about|abt)|thoughts of|planning|plan|attempted) (?:my )?suicide\b|^suicide(?: note)?$",  # names the act
    r"(?:^|\. )suicid\w*(?: and)?(?: \w+)?(?= \.|$)",  # one word is enough
    r"\b(?:kms|ctb|unalive)\b(?<!\d kms)",  # names the act, online
    r"\b(?:wish|wishing) i (?:was|were|had|d)? ?never (?:been )?born\b|\bnever wake up\b(?! (?:on|in) time)",  # wishes not to be
    r"\b(?:slit|slash|cut)(?:ting)? (?:\w+ )?(?:my|both) (?:wrists?|throat|veins|arms?|legs?)\b|\b(?:keep|started|cant stop|been|im) (?:on )?(?:cutting|burning) (?:myself|again)\b|\burges? to (?:selfharm|cut|hurt myself)\b|\bselfharming\b",  # self-harm now
    rf"\b(?:took|swallowed|downed|ate|overdosed)\b[^.]{{0,40}}\b(?:on purpose|to die|wanna die|to end it)\b|(?:\bi (?:just )?|^|\. )(?:took|swallowed|downed) (?:all (?:of )?my|the whole|a whole|every|a (?:whole )?bunch of|[2-9]\d) (?:\w+ ){{0,2}}{DRUG}\b",  # an overdose that does not look accidental
    r"\bhow (?:many|much)\b[^.]{0,40}\b(?:to (?:die|kill|od|overdose|be lethal)|lethal|fatal|deadly|kill (?:me|you|a person)|does it take to die)\b|\b(?:lethal|fatal|deadly) (?:dose|amount)\b",  # asks for a lethal amount
    r"\b(?:easiest|painless|best|quickest|fastest) (?:way|method) to (?:die|go|end it|kill)\b",  # asks for a method
    r"\b(?:better|happier) off?(?: \w+)? (?:without me|if i (?:was|were) (?:dead|gone))\b",  # burden
    r"\b(?:no|any|a|one) reason to (?:live|go on living|be alive|stay alive|keep living)\b|\bnothing (?:left )?to live for\b|\blife (?:is not|isnt|not) worth (?:living|it)\b",  # no reason to live
    r"\b(?:tired|sick|done|fed up) (?:of|with) (?:living|being alive|existing|life)\b|\bgive up on life\b|\bno point (?:in|to) (?:living|life|going on)\b",  # no wish to live
    r"\b(?:wont|not) be alive\b|\bill be dead\b|\bwont be around much longer\b|\bwont be (?:a|any) (?:next week|tomorrow|future) for me\b",  # will not be alive
    r"\b(?:jump(?:ing)?|leap) (?:off|from) (?:a|the|that|my) (?:\w+ )?(?:bridge|roof|building|balcony|ledge|ramp)\b",  # a method
    rf"\b(?:have|got|holding|bought)(?: \w+)? (?:{WEAPON}|rope|noose|razor)\b[^.]{{0,30}}\b(?:dont wanna|ready|to my head|use it on myself)\b",  # the means at hand
    r"\b(?:before|scared|afraid|worried|in case|so(?: that)?) (?:i|ill|im|id) (?:dont |wont |end up |will |might |may |gonna )?(?:do|doing) (?:something|anything) (?:stupid|bad|crazy|awful|terrible|drastic|to myself|i(?:ll| will| might)? regret)\b",  # fears what one may do
)  # fmt: skip

SUICIDAL_OTHER = (
    rf"\b(?:kill|hurt|harm|hang|shoot|cut|unalive|end|drown)(?:ing|s)? {OWN}\b",  # names the act
    rf"\b{OTHER}\b[^.]{{0,45}}\b(?:suicidal|wanna die|wants to die|wanted to die|dont wanna live|doesnt wanna live|doesnt want to live|ready to die|be dead|no reason to live|talking about suicide)\b",  # says so
    rf"\b{OTHER}\b[^.]{{0,45}}\b(?:end|take|ending|taking|took) (?:his|her|their) (?:own )?li(?:fe|ves)\b",  # names the act
    rf"\b{OTHER}\b[^.]{{0,30}}\b(?:took|swallowed|overdosed)\b[^.]{{0,40}}\bon purpose\b",  # an overdose that was meant
    rf"\b{OTHER}\b[^.]{{0,45}}\bcant go on(?! (?:\w+day|the|a|to|with|for|until|at|in|vacation|trips?)\b)",  # no strength left, said by another
    rf"\b(?:better off|happier) without {OTHER}\b",  # burden, said by another
    rf"\b{OTHER}\b[^.]{{0,30}}\b(?:is|was|keeps|been) cutting\b(?! (?:down|back|out|corners|class))",  # self-harm
    rf"\b(?:suicide|goodbye) (?:note|letter) (?:in|from|by|of|on)\b[^.]{{0,15}}\b{OTHER}",  # a letter
)  # fmt: skip

MEDICAL = (
    r"\b(?:ive|have|having|got|get|feel|feeling|severe|bad|crushing|sharp|this|sudden) (?:\w+ )?chest pains?\b|\bchest pains? (?:right now|now|and|since|help)\b|^chest pains?$",  # heart
    r"\bchest (?:really )?(?:hurts?|is hurting|(?:is|feels) (?:tight|crush\w*|pounding|squeez\w+))\b(?! when)",  # heart
    r"\b(?:having|have) a (?:heart attack|stroke)\b",  # heart, stroke
    r"\bcant (?:breathe?|catch my breath|get (?:any |enough )?air)\b|\b(?:trouble|hard|struggling|difficulty) (?:to )?breath(?:e|ing)\b",  # breathing
    r"\b(?:not|isnt|stopped|barely) breathing\b|\bturning blue\b|\b(?:lips|face)(?: \w+){1,2} (?:blue|purple|gr[ae]y)\b",  # breathing
    r"\b(?:face|mouth|smile)(?: \w+){0,3} (?:droop\w*|crooked|numb|hang\w*)\b|\bhalf (?:of )?(?:my|his|her) (?:face|body)\b|\bslurr(?:ed|ing)\b",  # stroke
    r"\bcant (?:move|feel|lift) (?:my|his|her|one) (?:\w+ )?(?:arms?|legs?|side|face|hand)\b|\bsuddenly (?:cant|\w+ cant) (?:see|speak|talk|walk)\b",  # stroke
    r"\bworst headache of (?:my|his|her) life\b",  # bleeding in the head
    r"\b(?:throat|tongue|lips?|face)(?: \w+){0,3} (?:swell\w*|swollen|clos(?:ing|ed))\b|\b(?:severe|bad|having an) allergic reaction\b",  # allergy
    r"\b(?:unconscious|isnt waking up|wont wake up|cant wake (?:him|her|them|my \w+)|not responding|unresponsive)\b",  # unconscious
    rf"\b{OTHER} (?:just |has |suddenly )?(?:passed out|blacked out|collapsed|lost consciousness)\b(?![^.]{{0,25}}\b(?:years?|months?|weeks?|ago|once|drunk|asleep|laughing|when)\b)",  # unconscious
    r"\b(?:fainted|passed out|collapsed|fell)\b[^.]{0,25}\b(?:hit (?:my|his|her) head|bleeding|head is|isnt|wont)\b",  # fainting with injury
    r"\bbleeding (?:a lot|heavily|badly|out|everywhere|and (?:it )?wont stop|from (?:my|his|her) head)\b|\b(?:cough|vomit|throw)ing up blood\b|\bvomiting blood\b",  # bleeding
    r"\b(?:need|send|call)(?: me| us| him| her)? (?:an |a )?(?:ambulance|paramedics?)\b|\b(?:this|it|its)(?: is)? an? (?:medical )?emergency\b(?! (?:contact|number))",  # asks for help
)  # fmt: skip

SEIZURE = (
    r"\b(?:im|is|hes|shes|are|he|she|they|now|just|still|started|i am) (?:having (?:a |another |an epileptic )?(?:\w+ )?(?:seizures?|convulsions?|fit)|seizing|convulsing)\b",  # now
    r"\b(?:had|have had) (?:a |an |another |my first |his first |her first |two )?(?:\w+ )?(?:seizures?|convulsions?)\b[^.]{0,25}\b(?:today|tonight|this (?:morning|afternoon)|last night|yesterday|now|ago|after (?:\w+ ){0,2}(?:treatment|session|tms|appointment))\b",  # a moment ago
    r"\b(?:just|think i|think he|think she) (?:just )?had (?:a |an |another )?(?:seizure|convulsion)\b",  # a moment ago
    r"\bseizure (?:happening|started|right now|now)\b|\bpatient seizing\b|\bstop shaking\b[^.]{0,40}\b(?:eyes|seizure)\b",  # now
)  # fmt: skip

POISONING = (
    rf"\b(?:drank|swallow(?:ed|s)?|ate|inhaled|breathed(?: it)? in|got into|put)\b[^.]{{0,30}}\b{POISON}\b|\b{POISON}\b[^.]{{0,20}}\bbreathed\b",  # poison
    rf"\b(?:took|taken|swallowed|gave)\b[^.]{{0,40}}\b(?:too (?:many|much)|twice|double|wrong|extra)\b[^.]{{0,25}}\b(?:{DRUG}|by (?:accident|mistake))\b",  # too much, or twice
    rf"\b(?:accidentally|by (?:accident|mistake))\b[^.]{{0,30}}\b(?:took|swallowed|doubled|gave)\b[^.]{{0,30}}\b(?:{DRUG}|twice)\b|\b(?:took|swallowed)\b[^.]{{0,40}}\b(?:accidentally|by (?:accident|mistake))\b",  # by accident
    rf"\b(?:{KIN}|baby|dog)\b[^.]{{0,15}}\b(?:ate|swallowed|got into|drank|took (?:all|a bottle|a handful|too many))\b[^.]{{0,25}}\b(?:{DRUG}|{POISON})\b",  # a child, a parent
    rf"\b{OTHER} (?:just |has |accidentally )?overdosed\b|\baccidental overdose\b|\bbeen poisoned\b|\bcarbon monoxide\b[^.]{{0,30}}\b(?:going off|sick|dizzy|headache)\b",  # an overdose not said to be meant
)  # fmt: skip

VIOLENCE = (
    rf"\b(?:im gonna|gonna|wanna|i will|ill|about to|urges? to|afraid ill|scared ill|afraid i might|im) (?:\w+ )?{HURT}(?:ing)? {VICTIM}\b(?! (?:a|an|off|over|up|down|the) )",  # a threat, or fear of doing it
    rf"\b(?:(?:coming|come|be there|show(?:ing)? up)\b[^.]{{0,25}}\bwith|bring(?:ing)?) (?:a|my|the) {WEAPON}\b",  # a threat
    r"\b(?:shoot|burn|blow)(?:ing)? (?:up |down )?(?:the|your|this|that) (?:place|office|clinic|building)\b|\bthere is a bomb\b",  # a threat
    rf"\b(?:{OTHER}|a man|a guy|a woman|who) (?:\w+ )?(?:has|with|held|pulled|pointing|got|waving) (?:a |an |his |her )?{WEAPON}\b|\bthreaten\w* (?:me|us|to (?:kill|hurt|shoot))\b",  # somebody armed or threatening
    rf"\b(?:{OTHER}|{KIN}) (?:said |says |is |will |has )?(?:\w+ ){{0,2}}(?:gonna |trying to |wants to |will |wanna |said he would )(?:kill|shoot|stab|murder) (?:me|us|my \w+|the kids)\b",  # somebody threatening
    r"\b(?:im|was|been|being) (?:being )?(?:attacked|stalked|chased|stabbed|kidnapped|followed (?:and|by))\b(?! (?:by a dog|years))|\bbreaking into my (?:house|home|apartment)\b|\b(?:someone|somebody) is shooting\b",  # an attack
)  # fmt: skip

ABUSE = (
    rf"\b(?:{OTHER}|{KIN}|caregiver) (?:just |also |always |still |keeps? )?(?:hits?|beats?|chokes?|choked|punch(?:es|ed)|slaps?|kicks?|hurts|abuses|abused|raped|rapes|molests?|hit|hitting|beating)(?: me| us| my (?:mom|mother|brother|sister|kids))\b(?! (?:up with|for (?:a|the|my) (?:ride|loan)|to (?:it|the)|with a (?:huge |big )?(?:bill|fee)))",  # violence at home
    r"\bi(?: was| am|m| got| have been| ve been|ve been) (?:just )?(?:being )?(?:raped|abused|assaulted|sexually assaulted|molested|beaten)\b(?! (?:as|when|in|by) (?:a |i was |19|20|my childhood))",  # abuse told
    r"\b(?:afraid|scared|terrified) (?:of (?:my|him)|to go home|to be (?:at )?home)(?: (?:husband|wife|partner|boyfriend|dad|father|stepdad|ex))?\b(?<!of my)",  # fear at home
    r"\b(?:not|dont feel|isnt|never feel) safe at home\b|\b(?:in an )abusive (?:relationship|marriage)\b|\bdomestic (?:violence|abuse)\b(?= (?:i |help|now|need|at home))",  # fear at home
    rf"\b(?:{KIN}|he|she) touche[sd] (?:me|my (?:private|body))\b|\btouched (?:me )?without my consent\b|\bwont let me leave (?:the )?(?:house|home|apartment)\b",  # sexual abuse, being held
)  # fmt: skip

SWALLOWED = (
    rf"\b(?:took|taken|swallowed|downed|drank|ate|drunk|injected|chewed|popped|snorted|emptied)\b[^.]{{0,40}}\b(?:{DRUG}|{POISON}|them all|(?:whole|entire) (?:bottle|pack|box|thing)|(?:handful|fistful) of|all of (?:it|them)|overdose)\b",  # names what
    rf"\b(?:{DRUG}|bottle)\b[^.]{{0,25}}\b(?:i|he|she|they) (?:just )?(?:took|swallowed|drank|downed)\b",  # names what, first
    r"\b(?:took|swallowed) (?:too?|2|way too) (?:much|many)\b|\b(?:took|swallowed|drank|overdosed) (?:\w+ ){0,4}on purpos\w*",  # too much
    r"\b(?:i|ive|he|she|they|just|has|have|hes|shes) (?:\w+ )?overdosed?\b(?! (?:myself|again if))|^overdosed\b",  # says so
)  # fmt: skip
"""Something was taken, not only thought of."""
NOT_YET = (
    r"\b(?:almost|nearly|never|not|didnt|havent|hasnt|if (?:i|ive|he|she|they|someone|somebody)|(?:could|should|would) have|wish (?:i|id))(?: (?:had|just|ever|even|really|actually))* "
    r"(?:took|taken|swallowed|drank|drunk|injected|overdosed?)\b|\b(?:wanna|gonna|will|could|might|may|would|should) overdose\b"
)  # fmt: skip
"""Struck out before SWALLOWED is looked for: only thought of, or denied. What else the message says was swallowed still counts."""
