"""What a curated answer must have and must never say. Source of every rule: the clinical fact base (its topics, house rules and
"Do not say" lists), safe-wording guidance on suicide (Action Alliance, Reporting on Suicide), and 21 CFR 882.5802-5808 for "cleared".

A `Ban` is a pattern searched in each wording, case-insensitive, with the reason and the topics that may use it all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOPICS = tuple(
    [
        "what_is_tms",
        "how_tms_works",
        "brainwaves_recalibration",
        "conditions_treated",
        "history_1985",
        "fda_status",
        "fda_cleared_vs_approved",
        "off_label_meaning",
        "who_is_candidate",
        "device_brands",
        "depression",
        "ocd",
        "migraine",
        "chronic_pain",
        "neuropathy",
        "fibromyalgia",
        "crps",
        "anxiety",
        "ptsd",
        "bipolar",
        "smoking_cessation",
        "tinnitus",
        "parkinsons",
        "stroke",
        "memory_alzheimers",
        "other_conditions",
        "session_what_happens",
        "session_length",
        "course_schedule",
        "first_visit_mapping",
        "tailored_plan",
        "what_it_feels_like",
        "no_anesthesia",
        "who_gives_treatment",
        "theta_burst",
        "accelerated_saint",
        "deep_tms_vs_rtms",
        "how_soon_it_works",
        "success_rates",
        "how_long_it_lasts",
        "maintenance_retreatment",
        "if_it_does_not_work",
        "missed_sessions",
        "side_effects",
        "headache_scalp_pain",
        "hearing_protection",
        "seizure_risk",
        "epilepsy_history",
        "contraindications_metal",
        "pacemaker_implants",
        "pregnancy_breastfeeding",
        "age_adolescents",
        "older_adults",
        "medications_during_tms",
        "medications_seizure_risk",
        "alcohol_caffeine_drugs",
        "long_term_safety",
        "brain_tumor_cancer_fear",
        "memory_cognition",
        "personality_mind_control",
        "weight_libido",
        "mood_worsening_mania",
        "driving_work_after",
        "what_to_wear_bring",
        "hair_jewelry_glasses",
        "dental_braces",
        "bring_companion",
        "sleep_during_session",
        "mri_and_tms",
        "tms_vs_ect",
        "tms_vs_medication",
        "tms_vs_ketamine",
        "tms_vs_tdcs_neurofeedback",
        "tms_with_therapy",
        "insurance_prior_auth",
        "medicare_medicaid",
        "cost_self_pay",
        "referral_needed",
        "how_to_schedule",
    ]
)

SAFETY_KINDS = ("suicidal", "suicidal_other", "overdose", "medical", "seizure", "poisoning", "violence", "abuse")

OFF_LABEL_TOPICS = frozenset(
    [
        "brainwaves_recalibration",
        "conditions_treated",
        "fda_status",
        "off_label_meaning",
        "migraine",
        "chronic_pain",
        "neuropathy",
        "fibromyalgia",
        "crps",
        "anxiety",
        "ptsd",
        "bipolar",
        "tinnitus",
        "parkinsons",
        "stroke",
        "memory_alzheimers",
        "other_conditions",
        "accelerated_saint",
        "age_adolescents",
        "tms_vs_ketamine",
    ]
)
"""Every wording of these says "off-label"."""

UNCLEARED = re.compile(
    r"fibromyalg|fibromialg|neuropath|neuropat|nerve pain|dolor de nervios|\bCRPS\b|\bSDRC\b|\bPTSD\b|\bTEPT\b|alzheimer|autis|\bADHD\b"
    r"|\bTDAH\b|schizophren|esquizofren|\bMeRT\b|chronic pain|dolor cr[oó]nico|parkinson",
    re.IGNORECASE,
)
"""Uses without FDA clearance: an answer that names one says "off-label" too."""

CLINICIAN_DECIDES = frozenset(
    [
        "who_is_candidate",
        "depression",
        "ocd",
        "ptsd",
        "bipolar",
        "chronic_pain",
        "neuropathy",
        "fibromyalgia",
        "crps",
        "tinnitus",
        "parkinsons",
        "stroke",
        "memory_alzheimers",
        "other_conditions",
        "maintenance_retreatment",
        "seizure_risk",
        "epilepsy_history",
        "contraindications_metal",
        "pacemaker_implants",
        "pregnancy_breastfeeding",
        "age_adolescents",
        "older_adults",
        "medications_seizure_risk",
        "brain_tumor_cancer_fear",
        "dental_braces",
        "mri_and_tms",
    ]
)
"""Questions of the kind "may I": both web wordings end with the clinician deciding and a way on."""

PLACEHOLDERS = frozenset({"clinic_phone", "clinic_name", "billing_phone"})

WEB_WORDS = 120
SMS_SEPTETS = 306
"""Two joined GSM-7 segments of 153 (3GPP TS 23.040)."""
SMS_UCS2 = 134
"""Two joined UCS-2 segments of 67."""
GRADE = 8.0
STALE_DAYS = 365


@dataclass(frozen=True)
class Ban:
    pattern: str
    why: str
    unless_topic: frozenset[str] = field(default=frozenset())


def _ban(pattern: str, why: str, *topics: str) -> Ban:
    return Ban(pattern, why, frozenset(topics))


NOT = r"(?<!not )(?<!n't )(?<!nor )(?<!no )(?<!never )(?<!without )"
NO = r"(?<!no )(?<!ni )(?<!sin )"

BANS = (
    # FDA wording
    _ban(r"\bFDA[- ]approv|\bapproved\b|\bapproves?\b", "TMS devices are cleared, not approved", "fda_cleared_vs_approved", "tms_vs_tdcs_neurofeedback"),
    _ban(r"\baprob(?:ad|ó|o\b|ar|ación de la FDA)", "TMS devices are cleared: autorizado", "tms_vs_tdcs_neurofeedback", "fda_cleared_vs_approved"),
    _ban(r"cleared for (?:chronic )?pain|cleared for chronic migraine|autorizad\w+ para el dolor\b(?! de la migraña)(?!, salvo)", "no brain TMS device is cleared for pain", "chronic_pain"),
    _ban(r"illegal|ilegal|experimental by definition", "off-label is legal and not by definition experimental"),
    # promises
    _ban(r"\bcure[sd]?\b|\bcuring\b|\bcurar?\b|\bcura(?:n|do|da)?\b", "no cure"),
    _ban(r"\bpermanent(?:ly)?\b(?! makeup)|\bpermanentes?\b(?<!maquillaje permanente)", "nothing is permanent"),
    _ban(r"lasting relief|long-lasting|alivio (?:duradero|permanente)", "no lasting relief"),
    _ban(r"\bpainless|\bindolor", "not painless"),
    _ban(r"\bpain[- ]free\b|\bsin dolor\b", "not pain-free", "migraine"),
    _ban(r"\bgentle\b|\bgently\b|\bsuavemente\b", "not gentle"),
    _ban(r"no side effects|sin efectos secundarios|free of side effects", "there are side effects"),
    _ban(r"100 ?% (?:safe|segur)|(?:completely|perfectly|totally|absolutely) safe|totalmente segur|completamente segur|risk[- ]free|\bno risk|sin (?:ningún )?riesgos?\b|no long-term risk", "never without risk"),
    _ban(r"works for everyone|funciona para todos|le funciona a todo", "does not work for everyone"),
    _ban(r"guarantee|garantiz|garant[ií]a\b|miracle|milagro|breakthrough treatment", "no guarantee"),
    _ban(r"\bimpossible\b|\bimposible\b", "never impossible"),
    _ban(r"\binstant|\bal instante\b|\binmediato alivio\b", "not instant"),
    _ban(r"should improve significantly|debe mejorar mucho|you will get better|(?<!promise that TMS )will work for you|will help you feel|le va a (?:curar|funcionar)", "no prediction"),
    _ban(r"\b(?:80|90) ?(?:%|percent|por ciento)|80[-–]90|nearly 80", "SAINT's early figures are not used", "insurance_prior_auth"),
    _ban(r"success rate", "say response or remission, with the study"),
    # mechanism
    _ban(r"\brewir|\brecalibrat|\brecalibr|\breset|\breprograma|\brecablea|\breinicia", "metaphor presented as fact"),
    _ban(r"(?:repairs?|heals?|fix(?:es)?|restores?|normali[sz]es?) (?:the |your )?(?:brain|nerves?|brain ?waves?)|natural healing", "no repair of the brain", "neuropathy"),
    _ban(r"(?:repara|sana|restaura|normaliza|arregla) (?:el cerebro|las ondas|su cerebro)", "no repair of the brain"),
    _ban(r"chemical imbalance|desequilibrio químico", "unsupported"),
    _ban(r"dead cells|células muertas|regrow", "unsupported"),
    _ban(r"suppress\w* pain|suprime\w* el dolor|restores? feeling|treats? the cause of", "unsupported"),
    _ban(r"low[- ]magnitude|low[- ]power pulses", "the pulses are brief, not weak"),
    _ban(NOT + r"shock therapy", "TMS is not shock therapy"),
    _ban(NOT + r"(?<!not )deep brain stimulation(?!,? which needs surgery)", "TMS is not deep brain stimulation"),
    _ban(r"lower(?:s)? blood sugar(?<!not lower blood sugar)", "it does not", "neuropathy"),
    _ban(r"(?<!not )(?<!no )\bslows? (?:the disease|dementia|alzheimer)|prevents? dementia|frena (?:la demencia|el alzheimer)", "no effect on the disease is known"),
    # the person
    _ban(r"you (?:do not |don't )?qualify|you are (?:not )?a (?:good )?candidate|sound like a good candidate|usted (?:no )?califica|es (?:un )?buen candidato", "no verdict on a person"),
    _ban(r"your risk is|su riesgo es|your (?:chance|odds) (?:is|are)", "no figure for a person"),
    _ban(r"you (?:are|will be) covered|you will pay|está cubiert[oa]|usted pagará", "no promise on money"),
    _ban(r"safe (?:in|during|for) pregnancy(?<!shown to be safe in pregnancy)|no harm to the baby|safer than med|segura en el embarazo(?<!demostrado que la TMS sea segura en el embarazo)", "not established"),
    _ban(r"proven in teens|first[- ]line for teens|probad[oa] en adolescentes", "thin evidence in teens"),
    _ban(r"safe (?:for|in) bipolar|replaces? mood stabilizers", "not established"),
    _ban(r"(?:best|safest) (?:machine|device|brand|system)|mejor (?:máquina|equipo|marca)", "no such claim"),
    _ban(r"(?:TMS is|TMS works) better than|barbaric|less than one MRI|equals? (?:less than )?one MRI|mejor que la TEC\b", "no such comparison"),
    _ban(r"push through|(?:only|just) (?:the|a) dip|es solo el dip", "worsening is never waved away"),
    _ban(r"come off (?:your )?med|(?:you can|please) (?:stop|skip|taper|start) (?:your |taking )|puede dejar (?:su|la) medicina|\b\d+ ?(?:mg|milligrams|miligramos)\b", "no advice on medicines, no doses"),
    _ban(r"committed suicide|(?:successful|failed|unsuccessful) (?:suicide|attempt)|cometi(?:ó|do) suicidio|intento fallido", "safe wording on suicide"),
    _ban(r"help is on the way|someone will (?:call|contact|reach)|(?:we are|we're|i am|i'm) (?:monitoring|watching)|this chat is monitored|la ayuda va en camino|alguien le (?:llamará|va a llamar)", "never promise that someone is coming or reads along"),
    _ban(r"press 3|oprima 3", "that line has ended"),
    _ban(r"think of your (?:family|kids)|piense en su familia|promise me|our secret", "no guilt, no secrecy"),
    _ban(r"\bour (?:doctor|nurse|clinician|physician|psychiatrist)s? (?:say|recommend|advis)|\bas your (?:nurse|doctor)|\bDra?\. [A-Z]", "the bot is no clinician and names none"),
    _ban(r"MRI[- ]safe (?:is|means) (?:TMS[- ]safe|safe for TMS)|can have (?:it|TMS) because", "an implant is checked one by one"),
    _ban(r"\bclick here\b|\bcall or click\b|\bact now\b|\blimited time\b", "no sales talk"),
    # typography that costs an SMS its alphabet, and literal clinic facts
    _ban(r"[“”‘’—–…•]", "plain quotes and dashes only"),
)  # fmt: skip

PHONE = re.compile(r"\b(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b")
"""A literal phone number: allowed in safety replies only (national lines)."""
