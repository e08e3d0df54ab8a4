// Every word of the page, in both languages. A test holds the two lists equal.

export const WORDS = {
  en: {
    skip: "Skip to the phone", demonstration: "Demonstration",
    banner: "No real call or text leaves this computer. All customers are invented.",
    page: "Headgate: phone simulator", title: "Phone simulator",
    intro: "Call and text the water district as one of its customers.",
    who: "Whose phone is this?", customer: "Customer", other: "Another number", number: "Phone number", use: "Use it",
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
    recorded: "Your message was recorded", problem: "Problem {code}: {text}",
    texts: "Texts", body: "Your text", send: "Send", sending: "Sending", nothing: "No texts yet. Send one to begin.",
    notSent: "The text could not be sent. Try again.", noReply: "Sent. No reply came back.",
    you: "You", district: "The district", parts: "{count} parts",
    past_due: "past due", autopay: "on autopay", nsf: "returned payment", spanish_speaker: "prefers Spanish",
    landlord: "landlord", tenant: "tenant", leak: "leak", payment_plan: "payment plan", commercial: "business",
    closed_with_credit: "closed, with credit", medical_protection: "medical protection", new_move_in: "just moved in",
    locked: "locked out",
  },
  es: {
    skip: "Ir al teléfono", demonstration: "Demostración",
    banner: "Ninguna llamada ni mensaje real sale de esta computadora. Todos los clientes son inventados.",
    page: "Headgate: simulador de teléfono", title: "Simulador de teléfono",
    intro: "Llame y mande mensajes al distrito de agua como uno de sus clientes.",
    who: "¿De quién es este teléfono?", customer: "Cliente", other: "Otro número", number: "Número de teléfono", use: "Usarlo",
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
    recorded: "Su mensaje quedó grabado", problem: "Problema {code}: {text}",
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

export function speakLanguage(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  document.title = word("page");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = word(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
}
