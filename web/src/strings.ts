/** Every word of the panel, in both languages. Calm, warm, plain. */
import type { Lang } from "./types";

const en = {
  assistant: "Automated assistant",
  you: "You",
  helper: "Assistant",
  messages: "Messages",
  conversation: "Conversation",
  hello: (clinic: string) => `Hello. I am the automated assistant of ${clinic}: a computer program, not a person.`,
  helloMore: "I can answer questions about TMS and help you book, move or cancel a visit. Take all the time you need.",
  notFor: "This chat is not for emergencies. If you are in danger, call 911. If you think about hurting yourself, call or text 988.",
  kept: "We keep a record of this chat.",
  privacy: "How we protect your privacy",
  call: "Call us",
  emergency: "Not for emergencies",
  starters: "Some ways to start",
  starterList: ["Book a first visit", "What is TMS?", "Change my appointment", "Talk to a person"],
  write: "Your message",
  writeHint: "Write your message…",
  send: "Send",
  hints: {
    name: "Please write your first and last name.",
    date_of_birth: "For example: April 15, 1952",
    phone: "For example: (612) 555-0123",
    code: "Enter the code we sent you.",
    time: "For example: next Tuesday afternoon",
  } as Record<string, string>,
  chars: (left: number) => `${left} characters left`,
  typing: "The assistant is writing…",
  slow: "This takes a little longer than usual. Please stay with us.",
  silent: "We are sorry, there is no answer yet. You can wait, or call us:",
  sending: "Sending…",
  notSent: "Not sent",
  failed: "Your message was not sent. Nothing was lost: you can try again, or call us.",
  refused: "This message could not be accepted. Please change it and send it again.",
  wait: (seconds: number) => `We are receiving a lot of messages. Yours is kept and goes out in about ${seconds} seconds.`,
  tryAgain: "Try again",
  change: "Change the text",
  offline: "You seem to be offline. You can keep writing: your message goes out when you are back.",
  reconnecting: "The connection was lost. We are reconnecting…",
  back: "Connected again.",
  idle: "Are you still there? To protect your privacy, this chat closes in two minutes.",
  stay: "I am still here",
  goneIdle: "To protect your privacy, this chat was closed after a quiet time. Nothing you booked has changed. You can start again below.",
  goneReturned: "What you wrote last is still in the message box.",
  ended: "This chat has ended and was cleared from this screen. You can start a new one below.",
  options: "Choose an answer",
  optionsSaid: (n: number) => (n === 1 ? "1 choice, above the message box." : `${n} choices, above the message box.`),
  timesSaid: (n: number) => (n === 1 ? "1 time to choose from, above the message box." : `${n} times to choose from, above the message box.`),
  times: "Choose a time",
  takeTime: "Choose this time",
  pickFirst: "Please pick one of the times first.",
  yes: "Yes",
  no: "No",
  code: "Your code",
  codeSend: "Confirm the code",
  step: (step: number, of: number) => `Step ${step} of ${of}`,
  hold: (minutes: number) =>
    minutes > 1 ? `We are keeping this time for you for about ${minutes} minutes.` : "We are keeping this time for you for one more minute.",
  holdOver: "We can no longer keep this time for you. You can ask for a new one. Nothing is booked yet.",
  sources: "Source",
  sourceCount: (n: number) => `${n} sources`,
  reviewed: (date: string) => `Last reviewed ${date}`,
  newTab: "opens in a new tab",
  changeItem: "Change",
  outcome: {
    booked: "You are booked",
    moved: "Your visit is moved",
    cancelled: "Your visit is cancelled",
    confirmed: "Your visit is confirmed",
    waitlisted: "You are on the waiting list",
    requested: "Your request is with our staff",
  },
  calendar: "Add to your calendar",
  more: "More options",
  save: "Save a copy",
  print: "Print",
  otherLang: "Español",
  end: "End chat",
  close: "Close chat",
  endTitle: "End this chat?",
  endText: "The conversation is cleared from this screen. Visits that are already booked stay booked.",
  endYes: "End and clear",
  keep: "Keep chatting",
  copyTitle: "Is this your own device?",
  copyText: "The copy holds everything you wrote here. On a shared computer, other people could read it.",
  copyYes: { save: "Save a copy", print: "Print" },
  cancel: "Cancel",
  newBelow: "New message",
  loading: "One moment…",
  transcript: (clinic: string) => `Chat with ${clinic}`,
};

export type Strings = typeof en;

const es: Strings = {
  assistant: "Asistente automático",
  you: "Usted",
  helper: "Asistente",
  messages: "Mensajes",
  conversation: "Conversación",
  hello: (clinic) => `Hola. Soy el asistente automático de ${clinic}: un programa de computadora, no una persona.`,
  helloMore: "Puedo responder preguntas sobre la TMS y ayudarle a reservar, cambiar o cancelar una cita. Tómese su tiempo.",
  notFor: "Este chat no es para emergencias. Si está en peligro, llame al 911. Si piensa en hacerse daño, llame o envíe un texto al 988.",
  kept: "Guardamos un registro de este chat.",
  privacy: "Cómo protegemos su privacidad",
  call: "Llámenos",
  emergency: "No es para emergencias",
  starters: "Algunas formas de empezar",
  starterList: ["Reservar una primera cita", "¿Qué es la TMS?", "Cambiar mi cita", "Hablar con una persona"],
  write: "Su mensaje",
  writeHint: "Escriba su mensaje…",
  send: "Enviar",
  hints: {
    name: "Escriba su nombre y apellido.",
    date_of_birth: "Por ejemplo: 15 de abril de 1952",
    phone: "Por ejemplo: (612) 555-0123",
    code: "Escriba el código que le enviamos.",
    time: "Por ejemplo: el próximo martes por la tarde",
  },
  chars: (left) => `Quedan ${left} caracteres`,
  typing: "El asistente está escribiendo…",
  slow: "Tarda un poco más de lo normal. Por favor, espere.",
  silent: "Lo sentimos, todavía no hay respuesta. Puede esperar o llamarnos:",
  sending: "Enviando…",
  notSent: "No enviado",
  failed: "Su mensaje no se envió. No se perdió nada: puede intentarlo de nuevo o llamarnos.",
  refused: "No pudimos aceptar este mensaje. Cámbielo y envíelo de nuevo.",
  wait: (seconds) => `Estamos recibiendo muchos mensajes. El suyo está guardado y sale en unos ${seconds} segundos.`,
  tryAgain: "Intentar de nuevo",
  change: "Cambiar el texto",
  offline: "Parece que no tiene conexión. Puede seguir escribiendo: su mensaje saldrá cuando vuelva.",
  reconnecting: "Se perdió la conexión. Estamos reconectando…",
  back: "Conectado de nuevo.",
  idle: "¿Sigue ahí? Para proteger su privacidad, este chat se cierra en dos minutos.",
  stay: "Sigo aquí",
  goneIdle: "Para proteger su privacidad, este chat se cerró tras un tiempo sin actividad. Sus citas no han cambiado. Puede empezar de nuevo abajo.",
  goneReturned: "Lo último que escribió sigue en el cuadro de mensaje.",
  ended: "Este chat terminó y se borró de esta pantalla. Puede empezar uno nuevo abajo.",
  options: "Elija una respuesta",
  optionsSaid: (n) => (n === 1 ? "1 opción, encima del cuadro de mensaje." : `${n} opciones, encima del cuadro de mensaje.`),
  timesSaid: (n) => (n === 1 ? "1 horario para elegir, encima del cuadro de mensaje." : `${n} horarios para elegir, encima del cuadro de mensaje.`),
  times: "Elija un horario",
  takeTime: "Elegir este horario",
  pickFirst: "Primero elija uno de los horarios.",
  yes: "Sí",
  no: "No",
  code: "Su código",
  codeSend: "Confirmar el código",
  step: (step, of) => `Paso ${step} de ${of}`,
  hold: (minutes) =>
    minutes > 1 ? `Le guardamos este horario unos ${minutes} minutos.` : "Le guardamos este horario un minuto más.",
  holdOver: "Ya no podemos guardarle este horario. Puede pedir otro. Todavía no hay nada reservado.",
  sources: "Fuente",
  sourceCount: (n) => `${n} fuentes`,
  reviewed: (date) => `Última revisión: ${date}`,
  newTab: "se abre en otra pestaña",
  changeItem: "Cambiar",
  outcome: {
    booked: "Su cita está reservada",
    moved: "Su cita se cambió",
    cancelled: "Su cita se canceló",
    confirmed: "Su cita está confirmada",
    waitlisted: "Está en la lista de espera",
    requested: "Su solicitud está con nuestro personal",
  },
  calendar: "Agregar a su calendario",
  more: "Más opciones",
  save: "Guardar una copia",
  print: "Imprimir",
  otherLang: "English",
  end: "Terminar",
  close: "Cerrar el chat",
  endTitle: "¿Terminar este chat?",
  endText: "La conversación se borra de esta pantalla. Las citas ya reservadas siguen reservadas.",
  endYes: "Terminar y borrar",
  keep: "Seguir en el chat",
  copyTitle: "¿Es este su propio dispositivo?",
  copyText: "La copia contiene todo lo que escribió aquí. En una computadora compartida, otras personas podrían leerla.",
  copyYes: { save: "Guardar una copia", print: "Imprimir" },
  cancel: "Cancelar",
  newBelow: "Mensaje nuevo",
  loading: "Un momento…",
  transcript: (clinic) => `Chat con ${clinic}`,
};

const all: Record<Lang, Strings> = { en, es };

export function strings(lang: Lang): Strings {
  return all[lang];
}

export function preferredLang(): Lang {
  return navigator.language.toLowerCase().startsWith("es") ? "es" : "en";
}

export function longDay(day: string, lang: Lang): string {
  const date = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  const text = new Intl.DateTimeFormat(lang, { weekday: "long", month: "long", day: "numeric", timeZone: "UTC" }).format(date);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function shortDate(day: string, lang: Lang): string {
  const date = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return day;
  return new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" }).format(date);
}

/** "Tuesday, November 24, 2:30 PM CST", in the clinic's zone. */
export function visitTime(start: string, tz: string | undefined, lang: Lang): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: "long",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  };
  try {
    return new Intl.DateTimeFormat(lang === "en" ? "en-US" : "es-US", tz ? { ...options, timeZone: tz } : options).format(new Date(start));
  } catch {
    return start;
  }
}
