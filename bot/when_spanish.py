"""Spanish time words said in English, so that one set of rules serves both languages.

Only words about times, appointments and reasons are put over; the rest stays as it is. `english("el martes que viene por la
mañana, después de las 9 y media")` is `"doubtful tuesday morning, after 9:30"`. Days come before months ("3/12" is taken for
the third of December) unless only the other order is a date.
"""

from __future__ import annotations

import re
import unicodedata

from bot.when_words import distance, ordinal

_WEEKDAYS = {
    "lunes": "monday", "martes": "tuesday", "miercoles": "wednesday", "jueves": "thursday", "viernes": "friday",
    "sabado": "saturday", "domingo": "sunday",
}  # fmt: skip
_MONTHS = {
    "enero": "january", "febrero": "february", "marzo": "march", "abril": "april", "mayo": "maymonth", "junio": "june",
    "julio": "july", "agosto": "august", "septiembre": "september", "setiembre": "september", "octubre": "october",
    "noviembre": "november", "diciembre": "december",
}  # fmt: skip
_NUMBERS = {
    "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17,
    "dieciocho": 18, "diecinueve": 19, "veinte": 20, "veintiuno": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24,
    "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29, "treinta y uno": 31,
    "treinta": 30, "cuarenta": 40, "cincuenta": 50, "primero": 1,
}  # fmt: skip
_WD, _MO = "|".join(_WEEKDAYS), "|".join(_MONTHS)
_N = r"(\d{1,2})"
_H = r"(\d{1,2}(?::\d\d)?(?:am|pm)?|noon)"
SIGNS = re.compile(
    rf"\b(?:{_WD}|{_MO}|manana|mananas|pasado|semanas?|proxim[oa]s?|citas?|despues|antes de|tardes?|noches?|hoy|ayer|dias?|mes(?:es)?|ano|"
    r"quiero|quisiera|puedo|puede|pueden|tienen|necesito|consulta|sesion(?:es)?|mediodia|navidad|nochebuena|las \d|a las|hasta las|para el|por la|"
    r"disponible|cuanto antes|lo antes|nacimiento|gracias|tengo|fecha|cuando|cualquier|desde|hace|anos|cambiar|mover|lo mas)\b"
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"(?<=\w),? ?¿", " . "),
        (r"[¿¡]", " "),
        (r"\bbuen[oa]s? (?:dias?|tardes?|noches?)\b|\bfeliz (?:dia|tarde|noche|navidad|ano nuevo)\b", " hi "),
        (r"\ba\.? ?m\.?(?=\W|$)", "am"),
        (r"\bp\.? ?m\.?(?=\W|$)", "pm"),
        (r"\b(\d{1,2})[.:](\d\d)(?: ?(?:h|hs|hrs|horas)\b|\b)", r"\1:\2"),
        (r"\b(\d{1,2}) ?(?:h|hs|hrs|horas)\b(?! de| al| antes| por)", r"\1:00"),
        (r"\blun\b\.?", "lunes"),
        (r"\bmar\b\.?(?= (?:a|por|x|de|en|\d))", "martes"),
        (r"\b(?:mie|mier|mierc)\b\.?", "miercoles"),
        (r"\bjue\b\.?", "jueves"),
        (r"\bvie\b\.?", "viernes"),
        (r"\bsab\b\.?", "sabado"),
        (r"\bdom\b\.?", "domingo"),
        (r"\b(?:en|dentro de) (?:unos|como|mas o menos) (?=\d)", "en "),
        (r"(?<!cualquier )\b(?:el )?dia (?=antes|despues)", "day "),
        (r"\bfines de semana\b", "weekends"),
        # clock
        (rf"\b{_N} y media\b", r"\1:30"),
        (rf"\b{_N} y cuarto\b", r"\1:15"),
        (rf"\b{_N} y (10|20|40|45|50)\b", r"\1:\2"),
        (rf"\b{_N} menos cuarto\b", r"quarter to \1"),
        (r"\b(\d{1,2}(?::\d\d)?) en punto\b", r"\1 oclock"),
        (r"\b(?:al|el|a|del|de|por el|hacia el) ?medio ?dia\b", "noon"),
        (r"\bmedio ?dia\b", "noon"),
        (
            rf"\b(?:a partir de|desde|despues de|pasadas|luego de|de) las? {_H} (?:en adelante|para adelante)",
            r"after \1",
        ),
        (
            rf"\b(?:a partir de|despues de|pasadas|luego de|mas tarde de|desp de|dsp de|no antes de) las? {_H}",
            r"after \1",
        ),
        (r"\b(?:a partir del|despues del|pasado el) noon", "after noon"),
        (rf"\b(?:antes de|no mas tarde de|a mas tardar a|no despues de|max(?:imo)? a) las? {_H}", r"before \1"),
        (r"\bantes del? noon", "before noon"),
        (rf"\bhasta las? {_H}", r"until \1"),
        (
            rf"\b((?:cambi|mov|muev|pas|reprogram|reagend)[a-z]+ [^.?,]{{0,30}}?)de las? {_H} a las? {_H}",
            r"\1 \2 to \3",
        ),
        (rf"\bentre las? {_H} y (?:las? )?{_H}", r"between \1 and \2"),
        (rf"\b(?:de|desde) (?:las? )?{_H} (?:a|hasta) (?:las? )?{_H}", r"between \1 and \2"),
        (
            rf"\b(?:como|a eso de|alrededor de|cerca de|sobre|mas o menos|aproximadamente|tipo|hacia)(?: a)? las? {_H}",
            r"around \1",
        ),
        (rf"\b(?:a|para|pa|por)? ?las? {_H}(?! ?(?:sesion|semana|cita|vez|veces|pastilla))", r" at \1"),
        (r"\b(\d{1,2}(?::\d\d)?) de la manana", r"\1am"),
        (r"\b((?:at|around|after|before|until|and|or) \d{1,2}(?::\d\d)?) (?:por|en) la manana", r"\1am"),
        (r"\b(\d{1,2}(?::\d\d)?) de la tarde", r"\1pm"),
        (r"\b((?:at|around|after|before|until|and|or) \d{1,2}(?::\d\d)?) (?:por|en) la tarde", r"\1pm"),
        (r"\b(\d{1,2}(?::\d\d)?) de la noche", r"\1pm"),
        (r"\b((?:at|around|after|before|until|and|or) \d{1,2}(?::\d\d)?) (?:por|en) la noche", r"\1pm"),
        # parts of the day
        (r"\bpasado manana\b", "day after tomorrow"),
        (r"\bmanana (?:(?:por|en|a|de) )?(?:la )?manana\b", "tomorrow morning"),
        (r"\bmanana (?:a primera hora|temprano|tempranito)\b", "tomorrow first thing"),
        (r"\b(?:a )?primera hora(?: de la manana)?\b(?! disponible)", "first thing"),
        (
            r"\b(?:temprano|tempranito|muy temprano) (?:(?:en|por|de) la )?manana\b|\bmuy de manana\b|\btemprano por las mananas\b",
            "early morning",
        ),
        (r"\b(?:cada|todas las) mananas?\b", "every morning"),
        (r"\b(?:cada|todas las) tardes?\b", "every afternoon"),
        (r"\b(?:cada|todas las) noches?\b", "every evening"),
        (rf"\b({_MO}) del? (\d{{4}})\b", r"\1 \2"),
        (r"\bdel? 1 al 10\b,?", "scale of 1 to 10 "),
        (r"\bcualquier manana\b", "any morning"),
        (r"\bcualquier tarde\b", "any afternoon"),
        (r"\besta manana\b", "today morning"),
        (r"\besta tarde\b", "today afternoon"),
        (r"\besta noche\b", "today evening"),
        (r"\b(?:a )?media manana\b", "mid morning"),
        (r"\b(?:a )?media tarde\b", "mid afternoon"),
        (
            r"\b(?:al |el )?(?:final|fin|finales) de la tarde\b|\btarde en la tarde\b|\ba ultima hora(?: de la tarde)?\b|\bultima hora(?: de la tarde)?\b",
            "late afternoon",
        ),
        (r"\b(?:al |el )?(?:final|fin|finales) de la manana\b", "late morning"),
        (r"\b(?:al )?(?:principio|inicio|comienzo) de la tarde\b|\btemprano (?:en|por) la tarde\b", "early afternoon"),
        (
            r"\b(?:por|en|de|a|x) las? mananas?\b|\blas mananas\b|\bmananas\b|\bla manana(?= del? )|\bla manana\b",
            "morning",
        ),
        (r"\bmas tarde\b", "later"),
        (r"\b(?:por|en|de|a|x) las? tardes?\b|\blas? tardes?\b|\btardes\b", "afternoon"),
        (r"\b(?:por|en|de|a|x) las? noches?\b|\blas? noches?\b|\bnoches\b", "evening"),
        (rf"\b({_WD}) manana\b", r"\1 morning"),
        (rf"\b({_WD}) tarde\b", r"\1 afternoon"),
        (rf"\b({_WD}) noche\b", r"\1 evening"),
        (r"\bmanana\b", "tomorrow"),
        (r"\bhora (?:de|del) (?:almuerzo|comida|lunch)\b|\ba la hora de comer\b", "lunchtime"),
        (r"\bantes (?:de comer|del almuerzo|de almorzar)\b", "before lunch"),
        (r"\bdespues (?:de comer|del almuerzo|de almorzar)\b", "after lunch"),
        (r"\bdespues del trabajo\b|\bsaliendo del trabajo\b", "after work"),
        (r"\bantes del trabajo\b", "before work"),
        (r"\bhoy en dia\b", " "),
        (r"\bde hoy en 8\b|\ben 8 dias\b", "in 1 week"),
        (r"\bde hoy en 15\b|\ben 15 dias\b", "in 2 weeks"),
        (r"\bhoy\b", "today"),
        (r"\b(?:ayer|anteayer|anoche)\b", "yesterday"),
        # weeks
        (r"\besta misma semana\b|\besta semana\b|\ben la semana\b(?= ?[,.?!]|$)", "this week"),
        (r"\b(?:lo que queda|resto|lo que resta) de (?:this week|la semana)\b", "rest of the week"),
        (
            r"\bla semana (?:despues de la (?:proxima|que viene|siguiente|entrante)|subsiguiente|siguiente a la proxima)\b|\ben la subsiguiente\b",
            "week after next",
        ),
        (
            r"\b(?:la |el |de la |en la )?(?:proxima semana|semana proxima|semana que viene|semana entrante|semana siguiente|otra semana|semana q viene|sem que viene|prox semana|siguiente semana)\b",
            "next week",
        ),
        (r"\b(?:la |el )?(?:semana|mes|ano) (?:pasad[oa]|anterior)\b", "last week"),
        (rf"\b(?:el |los )?({_WD}|{_MO}) pasados?\b", "last week"),
        (r"\b(?:este|el) (?:proximo )?fin de semana\b(?! que viene| proximo)", "this weekend"),
        (r"\b(?:el |al )?(?:proximo fin de semana|fin de semana (?:que viene|proximo|entrante))\b", "next weekend"),
        (r"\bfin de semana\b", "weekend"),
        (r"\b(?:a |al )?(?:principios?|inicios?|comienzos?) de (?:la |esta )?(semana|next week)\b", r"beginning of \1"),
        (r"\b(?:a )?(?:mediados|mitad) de (?:la |esta )?(semana|next week)\b", r"middle of \1"),
        (r"\b(?:a |al )?(?:fin|fines|final|finales) de (?:la |esta )?(semana|next week)\b", r"end of \1"),
        (r"\bof semana\b", "of the week"),
        (rf"\b(?:(?:en|de|para) )?(?:la )?semana del? (?:dia )?{_N}\b(?! de|/)", r"week of the \1TH"),
        (r"\b(?:(?:en|de|para) )?(?:la )?semana del? (?:dia )?(?=\d)", "week of "),
        (rf"\b(?:el |los )?primer ({_WD}) (?:de|del)\b", r"1st \1 of"),
        (rf"\b(?:el )?segundo ({_WD}) (?:de|del)\b", r"2nd \1 of"),
        (rf"\b(?:el )?tercer ({_WD}) (?:de|del)\b", r"3rd \1 of"),
        (rf"\b(?:el )?cuarto ({_WD}) (?:de|del)\b", r"4th \1 of"),
        (rf"\b(?:el )?ultimo ({_WD}) (?:de|del)\b", r"last \1 of"),
        (r"\b(?:la )?semana de(?:l)? (?=christmas|navidad|thanksgiving|accion)", "week of "),
        (r"\b(?:entre semana|dias? (?:de semana|laborables|habiles|entre semana))\b", "weekdays"),
        # months
        (rf"\b(?:a |hacia |para )?(?:el )?(?:fin|fines|final|finales) de ({_MO})\b", r"late \1"),
        (rf"\b(?:a |hacia |para )?(?:principios?|inicios?|comienzos?) de ({_MO})\b", r"early \1"),
        (rf"\b(?:a |hacia |para )?(?:mediados|mitad) de ({_MO})\b", r"mid \1"),
        (rf"\b(?:la )?primera (?:semana|quincena) de ({_MO})\b", r"first week of \1"),
        (rf"\b(?:la )?(?:ultima semana) de ({_MO})\b", r"last week of \1"),
        (rf"\b(?:la )?segunda semana de ({_MO})\b", r"2nd week of \1"),
        (rf"\b(?:la )?tercera semana de ({_MO})\b", r"3rd week of \1"),
        *(
            (rf"\b(?:la |el )?{order} (?:semana|quincena)\b(?! disponible)", f"{number} week")
            for order, number in (("primera", "first"), ("segunda", "2nd"), ("tercera", "3rd"), ("ultima", "last"))
        ),
        (
            r"\bantes de (?:que (?:acabe|termine|se acabe) )?(?:el )?(?:fin(?:al|es)? de )?(ano|mes)\b",
            r"before the end of \1",
        ),
        (
            r"\b(?:a |al |para |hacia )?(?:el )?(?:fin|fines|final|finales) (?:de|del) mes\b(?! que| proximo)",
            "end of month",
        ),
        (
            r"\b(?:a )?(?:principios?|inicios?) (?:de|del) (?:mes que viene|proximo mes|mes proximo|mes)\b",
            "early next month",
        ),
        (r"\b(?:a )?mediados (?:de|del) mes\b(?! que| proximo)", "mid month"),
        (
            r"\b(?:a )?(?:fin|fines|final|finales) (?:de|del) (?:proximo mes|mes que viene|mes proximo)\b",
            "end of next month",
        ),
        (
            r"\b(?:el |del )?(?:proximo mes|mes que viene|mes proximo|mes entrante|otro mes|siguiente mes)\b",
            "next month",
        ),
        (r"\beste mes\b", "this month"),
        (r"\b(?:a |al )?(?:fin|fines|final|finales) (?:de|del) ano\b", "end of year"),
        (r"\bof ano\b", "of the year"),
        (r"\bof mes\b", "of the month"),
        # named days
        (r"\bnoche ?buena\b", "christmas eve"),
        (r"\bvispera de navidad\b", "christmas eve"),
        (r"\b(?:la )?navidad(?:es)?\b", "christmas"),
        (r"\b(?:noche ?vieja|fin de ano|vispera de ano nuevo)\b", "new years eve"),
        (r"\b(?:el )?ano nuevo\b", "new years day"),
        (r"\b(?:el )?(?:dia de )?accion de gracias\b", "thanksgiving"),
        (r"\b(?:el )?dia de (?:los )?reyes\b|\breyes(?: magos)?\b", "january 6"),
        (r"\b(?:el )?dia de san valentin\b|\bsan valentin\b", "valentines day"),
        (r"\bdias? festivos?\b|\blas fiestas\b", "the holidays"),
        # weekdays
        (rf"\b(?:el |este |los |del |al |para el )?(?:proximo|este proximo) ({_WD})\b", r"doubtful \1"),
        (
            rf"\b(?:el |del |al |para el )?({_WD}) (?:que viene|proximo|q viene|entrante|siguiente|prox)\b",
            r"doubtful \1",
        ),
        (rf"\b(?:el )?({_WD}) de (?:la )?next week\b", r"\1 next week"),
        (rf"\beste ({_WD})\b", r"this \1"),
        (rf"\b(?:todos los|cada) ({_WD})\b", r"every \1"),
        (r"\btodos los dias\b|\bdiario\b|\bdiariamente\b|\bcada dia\b", "every day"),
        (r"\bcualquier (?:dia|fecha)\b|\bel dia que sea\b", "any day"),
        (rf"\b(?:cualquier|algun) ({_WD})\b", r"any \1"),
        (r"\blos (lunes|martes|miercoles|jueves|viernes)(?= (?:y|o) )", r"\1"),
        (rf"\blos ({_WD})s?\b", r"\1PLURAL"),
        (rf"\b(?:de|desde el|del) ({_WD}) (?:a|al|hasta el) ({_WD})\b", r"\1 to \2"),
        (rf"\b({_WD}) (?:a|al) ({_WD})\b", r"\1 to \2"),
        # dates
        (rf"\b(?:el |del )?(?:dia )?{_N} al? {_N} de ({_MO})\b", r"from \3 \1 to \3 \2"),
        (
            rf"\b(?:del|desde el|entre el) (?:dia )?{_N} (?:de ({_MO}) )?(?:al|hasta el|y el) (?:dia )?{_N} de ({_MO})\b",
            r"from \4 \1 to \4 \3",
        ),
        (rf"\b{_N}(?:ro|o)?,? (?:o|y) (?:el )?{_N} de ({_MO})\b", r"\3 \1 or \3 \2"),
        (rf"\b(?:el |al )?(?:dia )?{_N}(?:ro|o|°|º)? (?:de |del )?({_MO})(?: (?:de|del) (\d{{4}}))?\b", r"\2 \1 \3"),
        (
            rf"\b(?:del|desde el|entre el) (?:dia )?{_N} (?:al|hasta el|y el) (?:dia )?{_N}\b(?!/)",
            r"from the \1TH to the \2TH",
        ),
        (rf"\b(?:el|del|al) (?:dia )?{_N}\b(?![:/]|am|pm| ?%)", r"the \1TH"),
        (rf"\bdia {_N}\b(?![:/])", r"the \1TH"),
        (rf"\b({_WD}) {_N}\b(?![:/\d]| ?am| ?pm)", r"\1 \2TH"),
        (rf"\b(the \d+TH) (?:o|y) (?:the )?{_N}\b(?![:/\w])", r"\1 or the \2TH"),
        (r"\b(?:dentro de|en) (\d+|unos|unas|un par de|unos cuantos) dias\b", r"in \1 days"),
        (r"\b(?:dentro de|en) (\d+|unas|un par de) semanas?\b", r"in \1 weeks"),
        (r"\b(?:dentro de|en) (\d+) mes(?:es)?\b", r"in \1 months"),
        (r"\b(?:en )?(?:los )?proximos (\d+) dias\b", r"next \1 days"),
        (r"\b(?:en )?(?:las )?proximas (\d+) semanas\b", r"next \1 weeks"),
        (r"\bin un(?:o|a)s? ", "in a few "),
        (r"\bin un par de ", "in a couple of "),
        (
            r"\bhace (?:como )?(\d+|un|una|unos|unas|mucho|muchos) ?(?:dias?|semanas?|mes(?:es)?|anos?|tiempo)?",
            "3 years ago",
        ),
        (r"\b(?:durante|por) (?:las )?(?:proximas )?(\d+) semanas?\b", r"for \1 weeks"),
        (r"\b(\d+) semanas\b", r"\1 weeks"),
        (r"\b(\d+) dias\b", r"\1 days"),
        (r"\b(\d+) mes(?:es)?\b", r"\1 months"),
        (r"\btengo (\d+) anos\b", r"im \1 years old"),
        (r"\b(\d+) anos\b", r"\1 years old"),
        (
            r"\b(\d+) (?:sesion(?:es)?|citas?|tratamientos?|veces|pastillas?|minutos?|horas?|hijos?|ninos?|medicamentos?|personas?)\b",
            r"\1 sessions",
        ),
        (r"\b(?:sesion|numero|opcion|habitacion|suite|piso|nivel|codigo|tarjeta)(?: numero)? (\d+)\b", r"session \1"),
        (r"\bfecha de nacimiento\b(?: es)?(?: el)?|\bnaci(?: el| en)?|\bnacid[oa](?: el| en)?", "dob "),
        (r"\bdesde (\d{4})\b", r"since \1"),
        # bounds and joints
        (
            r"\b(?:a partir del?|desde el|desde|empezando(?: el)?|comenzando(?: el)?|a contar del?)\b(?= (?:the )?(?:[a-z]+|\d))",
            "starting",
        ),
        (r"\b(?:en adelante|para adelante)\b", "onwards"),
        (r"\bdespues(?: (?:de la|del|de|the))?\b", "after"),
        (r"(?<!lo )(?<!cuanto )(?<!mas )\bantes(?: (?:de la|del|de|the))?\b(?! posible)", "before"),
        (r"\ba mas tardar(?: el)?\b|\bhasta(?: el)?\b", "by"),
        (r"\b(?:excepto|menos|salvo|que no sea|quitando|a excepcion de(?:l)?)(?: el| los| la| las)?\b", "except"),
        (r"\bpero no(?: el| los| la| las| en)?\b", "but not"),
        (r"\b(?:nada de|sin)\b(?= (?:morning|afternoon|evening))", "no"),
        (r"\bni\b", "nor"),
        (r"\ben vez del?|\ben lugar del?", "instead of "),
        # asap
        (
            r"\b(?:lo (?:antes|mas (?:pronto|rapido|temprano)) (?:posible|que (?:se pueda|puedan|tengan|haya))|cuanto antes|lo mas pronto|lo antes que|a la brevedad|de inmediato|inmediatamente|cuanto mas (?:pronto|antes) mejor|lo + pronto posible|ya mismo|urgente(?:mente)?)\b",
            "asap",
        ),
        (
            r"\b(?:la |el |su )?(?:primer[ao]?|proxim[ao]) (?:cita|hora|espacio|lugar|fecha|turno|horario|hueco|campo|consulta|disponibilidad|opcion)?(?: \w+){0,3}? ?(?:disponible|libre|que (?:tengan|haya|tenga|se abra|salga|puedan|tienen|hay))\b",
            "asap",
        ),
        (
            r"\bcita mas (?:cercana|proxima|pronta|temprana)\b|\bfecha mas (?:cercana|proxima)\b|\bque tan pronto pued[a-z]+\b|\bprimera hora disponible\b|\blo que (?:tengan|haya|tenga) (?:primero|1|antes)\b|\blo (?:primero|1) que (?:tengan|haya|salga|tenga|se abra)\b",
            "asap",
        ),
        (r"\bno (?:es urgente|me urge|hay prisa|tengo prisa|corre prisa|es asap)\b", "no rush"),
        # appointments, reasons, verbs
        (r"\b(?:tengo|tenia) (?:una |mi |la )?(?:cita|consulta|sesion)\b", "i have an appointment"),
        (r"\bestoy (?:agendad[oa]|programad[oa]|anotad[oa])\b", "im scheduled"),
        (
            r"\b(?:mi|la) (?:cita|consulta|sesion|visita|evaluacion)(?: (?:de(?:l)?|es|para)(?: el| la)?)?\b(?! para)",
            "my appointment ",
        ),
        (r"\bno (?:voy a poder|podre|puedo|pudiera|podria) (?:ir|llegar|asistir|venir)(?: el)?\b", "i cant come "),
        (r"\bno (?:voy a poder|podre|puedo)(?: el| los| en| por)?\b", "i cant do "),
        (r"\bno me (?:sirven?|funcionan?|quedan? bien|convienen?)\b", "dont work"),
        (
            r"\b(?:cambiar(?:la|lo|me)?|mover(?:la|lo|me)?|pasar(?:la|lo|me)?|reprogramar(?:la|lo)?|reagendar(?:la|lo)?|posponer(?:la|lo)?|cambien|muevan|pasen|muevame|cambieme|paseme|pasa|pasame|mueva|cambie)(?=\W|$)",
            "move",
        ),
        (r"\b(?:cancelar|cancele|cancelen|anular)\b", "cancel"),
        (r"\btengo (?:otra cita|otra consulta|el dentista|dentista)\b", "i have another appointment"),
        (r"\btengo (?:clases?|escuela|terapia|dialisis|trabajo|una junta|junta|reunion|una reunion)\b", "i have class"),
        (r"\b(?:llevo|dejo|recojo) a (?:mi|mis|los|las|la|el)\b", "i drop my"),
        (r"\b(?:trabajo|salgo (?:del trabajo|de trabajar)|entro a trabajar|estoy trabajando)\b", "i work"),
        (r"\b(?:puedo|podria|podriamos|pueden|puede|se puede|seria posible)\b", "can i"),
        (r"\b(?:quiero|quisiera|me gustaria|deseo|necesito|prefiero|busco|ocupo)\b", "i want"),
        (r"\b(?:tienen|tendran|tiene|hay)\b", "do you have"),
        (r"\b(?:porque|ya que|pues)\b", "because"),
        (
            r"\b(?:fue|fueron|estuve|tuve|tuvimos|me operaron|me dolio|empece|tome|fui|vine|falle|falte|perdi)\b",
            "i had",
        ),
        (r"\bme (?:siento|duele|duelen|despierto|pongo|da)\b|\bduermo\b|\blloro\b", "i feel"),
        (r"\btom(?:o|aba|e) (?:la|las|mi|mis|el|los|un|una)\b", "i take my"),
        (r"\bmejor\b", "better"),
        (r"\bpero\b", "but"),
        (r"\b(?:asi que|entonces|por eso)\b", "so"),
        (r"\bentre\b", "between"),
        (r"\bla (?:proxima|siguiente|otra)\b(?= *(?:$|[,.?!]))", "next week"),
        (
            r"\b(?:al|para el|para la|para|pa|a)\b(?= (?:the |next|this|doubtful|tomorrow|day after|any|monday|lunes|martes|miercoles|jueves|viernes|sabado|domingo|at |in |morning|afternoon|evening|noon|after|before|between|christmas|\d))",
            "to",
        ),
        (r"\b(?:o|u)\b", "or"),
        (r"\b(?:y|e)\b", "and"),
        (r"\b(?:el|los|del|en el|de)\b", "the"),
    )
)
_WORD = re.compile(r"[a-z]+")
_TO_AT = re.compile(r"\bto (?=(?:at|morning|afternoon|evening|after|before|between)\b)")


def is_spanish(text: str) -> bool:
    """Whether `text` has Spanish words that matter for times, whatever language the talk is in."""
    return bool(SIGNS.search(plain(text)))


def plain(text: str) -> str:
    """Lower case without accents; ñ counts as n, as phones write it."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def english(text: str, day_first: bool = True) -> str:
    """`text` with its Spanish time words in English; text without any comes back lower-cased, otherwise unchanged."""
    t = re.sub(r"\btreinta y uno\b", "31", plain(text))
    t = re.sub(r"\b(?:x|por) fa(?:vor)?\b|\bporfa\b", "please", t)
    t = _WORD.sub(lambda m: _number(m, t), t)
    t = _WORD.sub(lambda m: _spelling(m[0]), t)
    if day_first:
        t = re.sub(r"\b(\d{1,2})/(\d{1,2})(?=$|[^\d/]|/\d)", _day_first, t)
    for pattern, new in _RULES:
        t = pattern.sub(new, t)
    t = re.sub(r"(\d+)TH", lambda m: ordinal(int(m[1])), t)
    t = re.sub(rf"\b({_WD})PLURAL", lambda m: _WEEKDAYS[m[1]] + "s", t)
    t = _WORD.sub(lambda m: _WEEKDAYS.get(m[0]) or _MONTHS.get(m[0]) or m[0], t)
    return _TO_AT.sub("", t).replace("maymonth", "may")


def _number(m: re.Match[str], text: str) -> str:
    word = m[0]
    if word not in _NUMBERS or (
        word in {"un", "una", "uno"} and not re.match(r" (?:semana|mes|de |y media|y cuarto)", text[m.end() :])
    ):
        return word if word != "una" or not re.search(r"\bla $", text[: m.start()]) else "1"
    return str(_NUMBERS[word])


def _spelling(word: str) -> str:
    """Weekdays with one letter wrong ("juebes", "biernes", "savado")."""
    if len(word) < 5 or word in _WEEKDAYS or word in {"marte", "lunas", "partes", "marzo", "jueces", "nueves"}:
        return word
    for name in ("miercoles", "jueves", "viernes", "sabado", "domingo", "martes"):
        if distance(word, name) == 1 and (word[0] == name[0] or name[0] in "vj"):
            return name
    return word


def _day_first(m: re.Match[str]) -> str:
    day, month = int(m[1]), int(m[2])
    return f"{month}/{day}" if 1 <= month <= 12 and day <= 31 else m[0]
