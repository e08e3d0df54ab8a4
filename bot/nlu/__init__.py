"""Language components of the engine, and what the dialogue may rely on.

Pipeline (`config.yml`), in order: `language.LanguageDetector`, `tokenizer.BilingualTokenizer` (spaCy's
blank `en` and `es`), `entities.EntityExtractor`, `intents.IntentClassifier`.

What the channel tells the pipeline and the actions with every message (message metadata, so
`tracker.latest_message["metadata"]` in an action):
`channel` voice|sms|chat, `language` (the slot before the message), `now` (ISO 8601 with zone),
`kind` start|message|silence|no_match, `turn_id`, `verification_level`, `after_hours`,
`calling_number_on_file`, `is_new`.

Slots the channel sets before a message when they differ (the domain declares them, with the
mapping `custom` and no action, and `influence_conversation` only if a rule needs it):
`language` en|es (only at the start of a session), `channel` voice|sms|chat,
`verification_level` 0|1|2|3 (number, `any`), `after_hours` bool, `calling_number_on_file` bool.

Intents that are never trained and come from the channel: `start_conversation` (call answered,
chat opened), `silence`, `no_match`. Intents the classifier gives by itself: `nlu_fallback`
(top confidence below the threshold). `out_of_scope` is a trained class like any other.

Entities (declare exactly these; several of one kind are possible in one message, in the order
of the text; the whole list is `tracker.latest_message["entities"]`):

| entity | value | examples |
|---|---|---|
| `digits` | one string for each group | "4412 4412", "double oh seven" → "007", "forty-four twelve" → "4412" |
| `amount_cents` | int | "$42.50", "forty two fifty", "cuarenta y dos con cincuenta", "20 bucks" |
| `amount_part` | "half" or "all" | "half of it", "la mitad", "the whole thing", "todo" |
| `date` | "2026-03-17" | "march 17", "the 17th", "el diecisiete de marzo", "next friday", "mañana" |
| `email` | lower case | "ana@example.com", "ana at example dot com", "ana arroba ejemplo punto com" |
| `language` | "en" or "es" | set when the customer clearly writes in the other language than the slot says |
| `requested_language` | "en" or "es" | a language named: "spanish", "español", "inglés" |

Groups of one number are joined ("44 12 44 12", "4412-4412" → "44124412") when they follow one
another with nothing but blanks, commas, full stops or hyphens between them, except that groups
whose lengths are meaningful alone (an account number of 8 followed by a PIN of 4) stay apart.
A slot takes the last one when there are several. A phrase that can be both is given as both:
"forty two fifty" is `digits` "4250" and `amount_cents` 4250; a form's mapping decides which it wants.

So `language` needs the mappings `from_entity: requested_language` (with the intent that asks for a language) and
`from_entity: language`, in this order, and then switches by itself, before any rule runs.

Responses: variations may carry `channel: voice|sms|chat` and `condition` on the slot `language`.
`buttons` become choices; `custom: {command: {type: hand_off, ...}}` (or `commands: [...]`)
becomes a command on the reply before it (or, if it is the first, after it); `attachment:
{url, content_type, title}` and `image` become attachments. `utter_disclosure` is put
before the first words of a conversation by the channel: no rule mentions it.
A turn in which an action could not be reached or raised is undone (tracker as before the turn).
"""
