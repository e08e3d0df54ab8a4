// Every word of the page, in both languages. A test holds the two lists equal.

export const WORDS = {
  en: {
    skip: "Skip to the phones", demonstration: "Demonstration",
    banner: "No real call or text leaves this computer. All customers are invented.",
    page: "Headgate: phone simulator", title: "Phone simulator",
    intro: "Call and text the water district as one of its customers.",
    add: "Add a phone", addNote: "A second phone can be another customer, or the person a call is transferred to.",
    remove: "Remove", desks: "The district's desks", deskNote: "Calls that are transferred to this desk ring here.",
    customer: "Whose phone is this?", other: "Another number", number: "Phone number", use: "Use it",
    notANumber: "Enter a number with its area code, such as +1 555 000 1111.",
    phone: "Phone", account: "Account", pin: "PIN", zip: "ZIP", balance: "Balance", address: "Address",
    prefers: "Language", english: "English", spanish: "Spanish",
    backendDown: "The demonstration customers cannot be read just now. You can use any number.",
    call: "Call", captions: "What is said on the call", speak: "Say something", say: "Say", microphone: "Microphone",
    keys: "Keys", dial: "Call the district", answer: "Answer", hangup: "Hang up", decline: "Decline",
    aloud: "Read aloud what is said",
    idle: "No call", calling: "On a call", incoming: "The district is calling", offline: "Connecting to the simulator",
    quiet: "What is said on the call appears here.",
    listening: "On a call: your turn to speak or press keys", started: "Calling the district", ended: "The call has ended",
    music: "Music", beep: "Beep", pressed: "You pressed {keys}", dialing: "Connecting to {number}", waiting: "Waiting in the queue",
    recorded: "Your message was recorded", problem: "Problem {code}: {text}", tones: "Touch tones",
    conference: "In a conference", paying: "Payment: {text}", interrupted: "You talked over it", mumble: "You were not understood",
    relayOpen: "Connected by ConversationRelay", relayLost: "The connection broke",
    network: "The network today", networkNote: "Switch trouble on, and see how the district bears it.",
    callbacks: "Status callbacks", late: "Come three seconds late", doubled: "Come twice", outOfOrder: "Come newest first",
    interface: "What the district asks of Twilio", fault: "Each request", faultNone: "is answered",
    fault429: "is refused: too many (429)", fault500: "fails (500)", faultSilence: "is never answered",
    faultDone: "is carried out and not confirmed", limits: "Texts leave one a second", calls: "Calls",
    relay: "ConversationRelay cannot be reached", pay: "The payment connector is away",
    applied: "From now on the network behaves like this.", notApplied: "That could not be set. Try again.",
    noticed: "What the network noticed", noErrors: "Nothing wrong so far.", refresh: "Look again",
    texts: "Texts", body: "Your text", send: "Send", sending: "Sending", nothing: "No texts yet. Send one to begin.",
    notSent: "The text could not be sent. Try again.", noReply: "Sent. No reply came back.",
    you: "You", district: "The district", parts: "{count} parts",
    past_due: "past due", autopay: "on autopay", nsf: "returned payment", spanish_speaker: "prefers Spanish",
    landlord: "landlord", tenant: "tenant", leak: "leak", payment_plan: "payment plan", commercial: "business",
    closed_with_credit: "closed, with credit", medical_protection: "medical protection", new_move_in: "just moved in",
    locked: "locked out",
  },
  es: {
    skip: "Ir a los teléfonos", demonstration: "Demostración",
    banner: "Ninguna llamada ni mensaje real sale de esta computadora. Todos los clientes son inventados.",
    page: "Headgate: simulador de teléfono", title: "Simulador de teléfono",
    intro: "Llame y mande mensajes al distrito de agua como uno de sus clientes.",
    add: "Agregar un teléfono", addNote: "Un segundo teléfono puede ser otro cliente o la persona a quien se transfiere una llamada.",
    remove: "Quitar", desks: "Escritorios del distrito", deskNote: "Aquí suenan las llamadas que se transfieren a este escritorio.",
    customer: "¿De quién es este teléfono?", other: "Otro número", number: "Número de teléfono", use: "Usarlo",
    notANumber: "Escriba un número con código de área, como +1 555 000 1111.",
    phone: "Teléfono", account: "Cuenta", pin: "PIN", zip: "Código postal", balance: "Saldo", address: "Dirección",
    prefers: "Idioma", english: "Inglés", spanish: "Español",
    backendDown: "Ahora no se pueden leer los clientes de demostración. Puede usar cualquier número.",
    call: "Llamada", captions: "Lo que se dice en la llamada", speak: "Diga algo", say: "Decir", microphone: "Micrófono",
    keys: "Teclas", dial: "Llamar al distrito", answer: "Contestar", hangup: "Colgar", decline: "Rechazar",
    aloud: "Leer en voz alta lo que se dice",
    idle: "Sin llamada", calling: "En llamada", incoming: "El distrito está llamando", offline: "Conectando con el simulador",
    quiet: "Aquí aparece lo que se dice en la llamada.",
    listening: "En llamada: le toca hablar o marcar", started: "Llamando al distrito", ended: "La llamada ha terminado",
    music: "Música", beep: "Tono", pressed: "Marcó {keys}", dialing: "Conectando con {number}", waiting: "Esperando en la fila",
    recorded: "Su mensaje quedó grabado", problem: "Problema {code}: {text}", tones: "Tonos",
    conference: "En una conferencia", paying: "Pago: {text}", interrupted: "Usted habló encima", mumble: "No se le entendió",
    relayOpen: "Conectado por ConversationRelay", relayLost: "Se cortó la conexión",
    network: "La red hoy", networkNote: "Provoque problemas y vea cómo los resiste el distrito.",
    callbacks: "Avisos de estado", late: "Llegan tres segundos tarde", doubled: "Llegan dos veces", outOfOrder: "Llegan al revés",
    interface: "Lo que el distrito le pide a Twilio", fault: "Cada petición", faultNone: "se contesta",
    fault429: "se rechaza: demasiadas (429)", fault500: "falla (500)", faultSilence: "nunca se contesta",
    faultDone: "se cumple y no se confirma", limits: "Sale un mensaje por segundo", calls: "Llamadas",
    relay: "ConversationRelay no responde", pay: "El conector de pagos no responde",
    applied: "Desde ahora la red se comporta así.", notApplied: "No se pudo aplicar. Inténtelo otra vez.",
    noticed: "Lo que notó la red", noErrors: "Nada malo hasta ahora.", refresh: "Ver otra vez",
    texts: "Mensajes", body: "Su mensaje", send: "Enviar", sending: "Enviando", nothing: "Todavía no hay mensajes. Mande uno para empezar.",
    notSent: "No se pudo enviar el mensaje. Inténtelo otra vez.", noReply: "Enviado. No llegó respuesta.",
    you: "Usted", district: "El distrito", parts: "{count} partes",
    past_due: "pago atrasado", autopay: "pago automático", nsf: "pago devuelto", spanish_speaker: "prefiere español",
    landlord: "propietario", tenant: "inquilino", leak: "fuga", payment_plan: "plan de pagos", commercial: "negocio",
    closed_with_credit: "cerrada, con saldo a favor", medical_protection: "protección médica", new_move_in: "recién mudado",
    locked: "bloqueado",
  },
};

let language = navigator.language.startsWith("es") ? "es" : "en";

export function currentLanguage() { return language; }

export function word(name, values = {}) {
  const text = WORDS[language][name] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function translate(root) {
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = word(element.dataset.text);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
}

export function speakLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  document.title = word("page");
  translate(document);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
}
