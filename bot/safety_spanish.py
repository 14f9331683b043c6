"""Spanish signs of danger that nobody could call oblique, read on `bot.safety_text.plain` text: lower case, no accents, no ñ.

See `bot/safety_english.py`; the names mean the same.
"""

from __future__ import annotations

KIN = (
    r"(?:espos[oa]|marido|mujer|pareja|novi[oa]|hij[oa]s?|nin[oa]s?|bebe|herman[oa]s?|mama|madre|papa|padre|padres|abuel[oa]s?|ti[oa]s?"
    r"|prim[oa]s?|sobrin[oa]s?|niet[oa]s?|amig[oa]s?|companer[oa]s?|vecin[oa]s?|ex|suegr[oa]|padrastro|madrastra|jefe|alumn[oa])"
)
OTHER = rf"(?:(?:mi|mis|su|un|una|la|el|nuestr[oa]) (?:\w+ )?{KIN}|ella|alguien|ellos)"
AGO = (
    r"(?:hace (?:\w+ ){0,2}(?:anos|decadas|tiempo)|hace (?:un|mucho) (?:ano|tiempo)|en (?:19|20)\d\d|cuando (?:era|tenia|fui)(?: \w+){0,3}"
    r"|de (?:nin[oa]|joven|adolescente|chic[oa])|en (?:mi|la) (?:juventud|adolescencia|infancia|ninez)|en el pasado|el ano pasado|anos atras)"
)
DRUG = r"(?:pastillas?|pildoras?|tabletas?|medicamentos?|medicinas?|frascos?|bote|somniferos|dosis|antidepresivos?|clonazepam|insulina)"
POISON = (
    r"(?:cloro|lejia|veneno|raticida|detergente|limpiador|gasolina|anticongelante|pilas?|insecticida|amoniaco|thinner)"
)
WEAPON = r"(?:arma|pistola|cuchillo|navaja|machete|rifle)"

HARMLESS = (
    r"\bme (?:muero|moria|mori) (?:de|por)\b|\bmuert[oa]s? de (?:hambre|sueno|risa|miedo|frio|cansancio)\b",  # idioms
    r"\b(?:me (?:mata|matan|esta matando)|mataria por|me va a matar si|quiere matar del?)\b|\bme puedo morir (?:con|por|de)\b",  # idioms
    r"\bno (?:fue|era|lo hice) (?:a proposito|adrede|queriendo)\b",  # denied
    r"\b(?:no|nunca|ya no|jamas)(?: \w+){0,3} (?:suicida|suicidarme|pensamientos suicidas|ideas suicidas|hacerme dano)\b",  # denied
    r"\b(?:riesgo|riesgos|causa|causar|provoca|aumenta|da|puede|pueden)(?: \w+){0,4} (?:suicidio|convulsion(?:es)?|derrame|infarto)\b",  # a question about a risk
    r"\b(?:ayuda|ayudan|sirve|sirven|funciona|trata|quita|reduce)(?: \w+){0,3} (?:pensamientos|ideas) suicidas\b(?! porque)",  # can treatment help
    r"\b(?:terminar|acabar) (?:con )?(?:mi|el) (?:tratamiento|curso)\b|\bno quiero mas (?:pastillas|medicinas|mensajes)\b",  # the treatment, not life
    r"\b(?:atienden|aceptan|tratan)\b[^.]{0,40}\b(?:suicid\w+)\b",  # who is treated
    r"\b(?:cortarme|cortar) (?:el (?:pelo|cabello)|las unas)\b|\b(?:cocinando|en el (?:trabajo|gimnasio))\b",  # everyday
)  # fmt: skip

LOSS = (
    rf"\b{OTHER}\b[^.]{{0,30}}\b(?:se suicido|se mato|se quito la vida|(?:murio|fallecio) (?:por|de) (?:suicidio|sobredosis)|se ahorco|se disparo|se colgo)\b",  # a death by suicide
    rf"\b(?:suicidio|muerte por suicidio) de (?:mi|su|un|una) (?:\w+ )?{KIN}\b|\bperdi a (?:\w+ ){{0,4}}(?:por|al) (?:suicidio|sobredosis)\b|\bfamiliares de suicidio\b|\bduelo(?: \w+){{0,4}} suicidio\b",  # a death by suicide
    rf"\b(?:{OTHER}|perr[oa]|gat[oa])\b(?: \w+)? (?:murio|fallecio|se murio|ha muerto)\b|\bperdi a mi \w+\b|\b(?:de|por el|mi) (?:luto|duelo)\b|\bviud[oa]\b",  # a death
)  # fmt: skip

PAST = (
    rf"\b(?:intente|trate de|quise|pense en|queria|tuve|intento|intentos|intentaron|me corte|me cortaba|sobrevivi|tome|abusaron|violaron|me pegaba|suicid\w+)\b[^.]{{0,60}}\b{AGO}",  # dated long ago
    rf"\b{AGO}\b[^.]{{0,25}}\b(?:intente|trate de|quise|pense en|queria|tuve|me corte|sobrevivi|tome|abusaron|me violaron)\b[^.]{{0,40}}\b(?:matarme|suicid\w+|morir\w*|quitarme la vida|pastillas|cortarme|violaron)?\b",  # dated long ago
    r"\b(?:antecedentes|historial|historia)(?: \w+){0,2} (?:de )?(?:intentos?|suicid\w+|autolesion\w*|abuso)(?: (?:de )?suicid\w+)?\b|\bintentos? (?:previos?|anteriores?|pasados?)(?: de suicidio)?\b|\btuve (?:un |una )(?:infarto|derrame|convulsion)\b(?! (?:hoy|hace un|ahora|anoche|despues))|\babuso(?: \w+){0,2} (?:en la|de la|en mi) (?:infancia|ninez)\b",  # named as history
)  # fmt: skip

BACK_AGAIN = r"\b(?:otra vez|de nuevo|volvieron|han vuelto|regresaron|ha vuelto|nuevamente)\b"
JOIN_THEM = r"\b(?:quiero|quisiera|ojala pudiera|voy a|necesito)(?: \w+)? ?(?:irme con|estar con|reunirme con|seguir(?:lo|la)|alcanzar(?:lo|la))\b"

SUICIDAL = (
    r"\bme (?:mato|matare|suicido|suicidare)\b|\b(?:matar|suicidar|ahorcar|colgar|lastimar|envenenar|autolesionar)me\b|\bhacerme dano\b",  # names the act on oneself
    r"\bme (?:quiero|voy a|kiero|pienso|puedo|gustaria) (?:a )?(?:matar|suicidar|ahorcar|colgar|lastimar|quitar la vida|hacer dano|morir|tirar de|aventar de)\b",  # names the act on oneself
    r"\b(?:quiero|quisiera|kiero|prefiero|deseo|ganas de|ojala me|merezco|pienso en) (?:ya )?(?:morir(?:me)?|muriera|estar muert[oa]|la muerte|desaparecer para siempre)\b|\bmejor muert[oa]\b",  # wishes to be dead
    r"\b(?:no|sin) (?:quiero|kiero|puedo|deseo|ganas de|tengo ganas de) (?:seguir )?(?:vivir|viviendo|existir|despertar(?:me)?)\b(?! (?:en|con|sola|solo|lejos))",  # wishes not to live
    r"\b(?:no merezco vivir|no voy a (?:estar|seguir) viv[oa]|quitarme la vida|quitarme de en medio|acabar con (?:mi vida|todo)|terminar con (?:mi vida|todo)|terminar mi vida)\b",  # names the act
    r"\b(?:pensamientos|ideas|pensando en|pienso en)(?: \w+)? (?:suicid\w+|el suicidio|matarme)\b|\b(?:soy|estoy|siento) (?:muy )?suicida\b|^suicid\w+$",  # says so
    r"\b(?:nunca|no) (?:hubiera|haber) nacido\b|\bdormir(?:me)? (?:para siempre|y (?:ya )?no despertar)\b",  # wishes not to be
    r"\bno (?:tengo|hay|encuentro) (?:razon(?:es)?|motivos?)(?: \w+)? (?:vivir|seguir vivi\w+)\b|\bcansad[oa] de vivir\b|\bhart[oa] de vivir\b|\bla vida (?:ya )?no vale la pena\b",  # no reason to live
    r"\bestarian? mejor sin mi\b|\bsoy una carga\b",  # burden
    r"\b(?:me corto|me estoy cortando|me corte) (?:los brazos|las piernas|las venas|las munecas|la piel|otra vez|de nuevo)\b",  # self-harm now
    rf"\b(?:me )?(?:tome|trague) (?:tod[oa]s? (?:las|mis|el|los)|un monton de|muchas|[2-9]\d)(?: \w+)? ?{DRUG}\b|\bsobredosis a proposito\b",  # an overdose that does not look accidental
    r"\bcuant[oa]s?\b[^.]{0,40}\b(?:para morir|morirme|matarme|no despertar|letal(?:es)?|mortal(?:es)?)\b|\bdosis (?:mortal|letal)\b|\bmorir sin dolor\b",  # asks for a lethal amount, a method
    r"\b(?:(?:tir|avent|lanz|arroj)arme|me (?:tiro|aviento|lanzo|arrojo)|(?:voy a|quiero|pienso|ganas de) (?:saltar|brincar)) (?:del?|desde|al?|frente al?)(?: (?:un|una|el|la|las|lo alto del?))? (?:puente|azotea|edificio|balcon|techo|ventana|tren|metro|vias|carros?|camion)\b",  # a method
    r"\b(?:carta|nota) de (?:despedida|suicidio)\b|\bdespedirme (?:de todos|para siempre)\b|\badios (?:para siempre|mundo)\b",  # farewell
    r"\b(?:tengo|compre|consegui|prepare)(?: ya)? (?:la|una|mi) (?:soga\b|cuerda (?:lista|preparada)\b)",  # the means at hand
    r"\bantes de (?:que )?(?:haga|hacer|cometa|cometer) (?:una (?:tonteria|locura|estupidez|barbaridad)|algo malo)\b",  # fears what one may do
    r"\bpara (?:morirme|matarme|no despertar|quitarme la vida|acabar con mi vida)\b(?! de\b)",  # says what for
)  # fmt: skip

SUICIDAL_OTHER = (
    rf"\b{OTHER}\b[^.]{{0,40}}\b(?:se quiere (?:matar|morir|suicidar)|(?:quiere|piensa|habla de|intento|quiso|va a) (?:matarse|suicidarse|morirse|morir|quitarse la vida)|no quiere (?:seguir )?vivi\w+|se corta|no vale la pena vivir)\b",  # says so
    rf"\b{OTHER}\b[^.]{{0,30}}\b(?:se esta despidiendo|mensaje de despedida|nota de despedida)\b",  # farewell
    r"\b(?:miedo|temo|preocupa)(?: \w+){0,8} se (?:haga dano|mate|suicide|quite la vida)\b",  # fear for somebody
)  # fmt: skip

MEDICAL = (
    r"\b(?:me|le) (?:duele|aprieta|oprime)(?: \w+){0,3} (?:el )?(?:pecho|corazon)\b|\b(?:dolor|presion|opresion)(?: \w+){0,3} (?:en|de|del) (?:el |mi )?pecho\b",  # heart
    r"\b(?:dando|teniendo|tengo|tiene|dio) un (?:infarto|derrame|ataque (?:al corazon|cardiaco))\b(?! (?:hace|en))",  # heart, stroke
    r"\bno (?:puedo|puede|esta) respira(?:r|ndo)\b|\b(?:me|le) (?:falta|cuesta)(?: \w+){0,2} (?:aire|respirar)\b",  # breathing
    r"\bse (?:me|le) (?:cayo|durmio|torcio|paralizo|hincho|hincharon|cerro|cierra|esta (?:cerrando|hinchando))(?: \w+){0,3} (?:cara|boca|brazo|lado|lengua|garganta|labios)\b|\bno (?:puedo|puede) mover\b",  # stroke, allergy
    r"\b(?:no respira|dejo de respirar)\b(?![^.]{0,20}\b(?:noches?|dorm\w+|duerm\w+|nariz))|\blabios(?: \w+){0,2} (?:azul(?:es)?|morados?)\b|\b(?:azules|morados) los labios\b",  # breathing
    r"\b(?:esta inconsciente|no (?:despierta|responde|reacciona)|se desmayo (?:y|en))\b|\bperdi(?:o|do)? (?:el conocimiento|la conciencia)\b(?! (?:hace|en|cuando|una vez))",  # unconscious
    r"\bno (?:para|deja) de sangrar\b|\bsangrando mucho\b|\bvomit\w+ sangre\b",  # bleeding
    r"\b(?:llamen|llame|manden|necesito|necesitamos) (?:a )?(?:una |al )?(?:ambulancia|911)\b|(?:^|\. )es una emergencia\b|\bayuda\w*\b[^.]{0,20}\bme estoy muriendo\b(?! de)|\bme estoy muriendo\b(?! de)[^.]{0,20}\bayud",  # asks for help
)  # fmt: skip

SEIZURE = (
    r"\bconvulsionando\b|\b(?:tiene|teniendo|con) convulsiones\b(?! (?:hace|de nin))",  # now
    r"\b(?:acaba de|acabo de)(?: \w+)? (?:dar una |tener una )?convulsi\w+\b|\b(?:tuve|tuvo|le dio|me dio) (?:una |un )?(?:convulsion|ataque epileptico)\b[^.]{0,25}\b(?:hoy|ahora|anoche|minutos|un rato|despues de)\b",  # a moment ago
)  # fmt: skip

POISONING = (
    rf"\b(?:bebi\w*|tomo|tome|trag\w+|comio|comi|inhal\w+|metio)\b[^.]{{0,20}}\b{POISON}\b",  # poison
    rf"\b(?:nin[oa]|bebe|hij[oa]|niet[oa]) se (?:tomo|trago|comio|metio)\b[^.]{{0,25}}\b{DRUG}\b",  # a child
    rf"\b(?:tome|tomo|tomado)\b[^.]{{0,20}}\b(?:demasiad[oa]s?|doble|dos veces|de mas)\b[^.]{{0,30}}(?:{DRUG}|por error|sin querer|por accidente)?",  # too much, or twice
    rf"\b{OTHER}\b[^.]{{0,20}}\bsobredosis\b|\bme envenene\b",  # an overdose not said to be meant
)  # fmt: skip

VIOLENCE = (
    r"\ble voy a (?:partir|romper|reventar|quebrar) (?:la|las|el|los) (?:cabeza|cara|madre|boca|piernas|brazos?|huesos)\b",  # a threat in other words
    rf"\b(?:voy a|quiero|ganas de|miedo de|te voy a) (?:matar|lastimar|apunalar|acuchillar|ahorcar|golpear|hacerle dano)(?:lo|la|los|las)? (?:a )?(?:\w+ )?(?:{KIN}|alguien|todos|doctora?|enfermera|recepcionista|jefe|gente)\b|\b(?:lo|la|los) (?:voy a|quiero) matar\b",  # a threat, or fear of doing it
    rf"\bvoy a (?:ir|llegar|llevar|entrar)(?: \w+)? (?:con )?(?:un |una |mi )?{WEAPON}\b",  # a threat
    rf"\b(?:tiene|trae|saco|con) (?:un |una )?{WEAPON}\b|\bme (?:amenaza|amenazo|quieren matar|quiere matar|va a matar hoy)\b",  # somebody armed or threatening
    r"\b(?:quiere|quieren|esta|estan) (?:entrar|entrando|meterse) (?:a|en) mi casa\b|\b(?:balazos|balacera|disparos) (?:afuera|aqui)\b|\bme estan siguiendo\b",  # an attack
)  # fmt: skip

ABUSE = (
    rf"\b(?:{OTHER}|{KIN})\b[^.]{{0,30}}\b(?:me|nos|le) (?:pega|pego|golpea|golpeo|maltrata|viola|violo|ahorca|ahorco|toca|obliga|avienta|avento|empuja|empujo|patea|pateo|cachetea|jalonea)\b",  # violence at home
    r"\bme (?:violaron|violo|abusaron|golpearon|tienen encerrad[oa])\b|\bfui violad[oa]\b",  # abuse told
    r"\bmiedo (?:de|a) (?:mi (?:esposo|marido|pareja|novio|ex|padrastro|papa))\b|\bno (?:estoy|me siento) segur[oa] en (?:mi )?casa\b|\bviolencia domestica\b|\bno me deja salir\b",  # fear at home
)  # fmt: skip

SWALLOWED = (
    rf"\b(?:tome|tomo|tomado|trague|trago|bebi|bebio|ingeri|ingirio|inyecte|comi|acab[oa] de (?:tomar|tragar|beber|ingerir)\w*)\b[^.]{{0,40}}\b(?:{DRUG}|{POISON}|caja|sobredosis)\b",  # names what
    r"\b(?:tuve|tuvo|hizo|hice) una sobredosis\b",  # says so
)  # fmt: skip
NOT_YET = r"\b(?:casi|nunca|no|si(?= me (?:tomo|trago)))(?: (?:me|se|la|lo|las|los|he|ha))* (?:tome|tomo|tomado|trague|trago)\b|\bque pasa si (?:\w+ ){0,2}(?:tomo|trago)\b"
