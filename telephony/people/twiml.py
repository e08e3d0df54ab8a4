"""The documents of the line: waiting, choosing, joining, being asked, leaving a message. Pure."""

from dataclasses import dataclass

from twilio.twiml.voice_response import Conference, Dial, Gather, Start, VoiceResponse

from telephony.calls.core import Wait
from telephony.calls.rules import Place
from telephony.calls.speaking import SLOW_RATE
from telephony.messages import Collect, Language, Reply, answer_of
from telephony.people.client import Joining, Standing, Whisper
from telephony.people.phrases import digits, minutes, tell
from telephony.twilio.recognition import SPEECH_LANGUAGES, hints, speech_model
from telephony.twilio.twiml import DIAL_SECONDS, VoiceStyle, place_query, step_twiml

MUSIC_PATH = "/hold-music.wav"
WAIT_HINTS = {"en": "call me back, message, how long", "es": "llámeme, mensaje, cuánto falta"}
AGAIN_HINTS = {"en": "representative, yes", "es": "representante, sí"}
SUMMARY_LANGUAGE: Language = "en"
"""The assistant and telephony write the summaries of cases in English."""
NUMBER = Collect(kind="digits")
MESSAGE_SECONDS_MAX = 120


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller in the line, as our addresses carry them: language, and the place in the conversation before."""

    language: Language
    place: Place

    def query(self) -> dict[str, object]:
        return {"language": self.language, **place_query(self.place)}


class LineTwiml:
    """Writes the documents in one style."""

    def __init__(self, style: VoiceStyle, *, records: bool) -> None:
        self._style, self._records = style, records

    def say_and_wait(self, caller: Caller, words: str = "") -> str:
        """Wait in line, after a sentence."""
        replies = [Reply(words)] if words else []
        return step_twiml(Wait(answer_of(replies, caller.language), caller.place), self._style, caller.place)

    def waiting(self, caller: Caller, stands: Standing | None) -> str:
        """One round of waiting: where they stand, what they may do, music. Keys and words interrupt it."""
        words = [tell("still_waiting", caller.language)] if stands is None else self._standing(stands, caller.language)
        gather = self._choice("/twilio/voice/line/keys", caller, seconds=1, expects=WAIT_HINTS[caller.language])
        for sentence in words:
            self._say(gather, sentence, caller)
        gather.play(self._style.url(MUSIC_PATH))
        return self._with(gather)

    def _standing(self, stands: Standing, language: Language) -> list[str]:
        if stands.turn == "soon":
            return [tell("soon", language)]
        if stands.minutes is None:
            words = [tell("place_only", language, place=str(stands.place))]
        else:
            told = minutes(stands.minutes, language)
            words = [tell("place", language, place=str(stands.place), minutes=told)]
        if stands.offer_callback:
            words.append(tell("offer_callback", language))
        return [*words, tell("offer_message", language)]

    def confirm_number(self, caller: Caller, phone: str) -> str:
        """Is this the number to call back?"""
        gather = self._choice("/twilio/voice/line/callback", caller, phone=phone)
        self._say(gather, tell("confirm_number", caller.language, phone=digits(phone)), caller)
        return self._with(gather, self._url("/twilio/voice/line/wait", caller))

    def ask_number(self, caller: Caller, regret: str = "") -> str:
        """Which number instead?"""
        gather = Gather(
            input="dtmf speech",
            action=self._url("/twilio/voice/line/number", caller),
            method="POST",
            timeout=8,
            finish_on_key="#",
            language=SPEECH_LANGUAGES[caller.language],
            hints=hints(NUMBER, [], caller.language),
            speech_model=speech_model(NUMBER, caller.language),
            speech_timeout=str(Place().pause_seconds(NUMBER)),
        )
        for words in filter(None, (regret, tell("ask_number", caller.language))):
            self._say(gather, words, caller)
        return self._with(gather, self._url("/twilio/voice/line/wait", caller))

    def leave(self) -> str:
        """Out of the line: the action says where to."""
        response = VoiceResponse()
        response.leave()
        return str(response)

    def music(self) -> str:
        """Music alone, again and again."""
        response = VoiceResponse()
        response.play(self._style.url(MUSIC_PATH))
        response.redirect(self._style.url("/twilio/voice/line/music"), method="POST")
        return str(response)

    def end(self, caller: Caller, words: str) -> str:
        """Say this, then hang up."""
        response = VoiceResponse()
        if words:
            self._say(response, words, caller)
        response.hangup()
        return str(response)

    def department(self, caller: Caller, number: str) -> str:
        """Ring a department's phone; its action brings the caller back when nobody takes it."""
        response = VoiceResponse()
        self._say(response, tell("to_department", caller.language), caller)
        action = self._url("/twilio/voice/line/dialled", caller)
        response.dial(action=action, method="POST", timeout=DIAL_SECONDS).number(number)
        return str(response)

    def ask_again(self, caller: Caller) -> str:
        """The person has gone: is somebody else needed?"""
        gather = self._choice("/twilio/voice/line/again", caller, seconds=6, expects=AGAIN_HINTS[caller.language])
        self._say(gather, tell("ask_again", caller.language), caller)
        response = VoiceResponse()
        response.append(gather)
        self._say(response, tell("goodbye", caller.language), caller)
        response.hangup()
        return str(response)

    def voicemail(self, caller: Caller, words: str = "") -> str:
        """Leave a message. `<Record>` itself writes down English only; live transcription, the caller's language."""
        response = VoiceResponse()
        for sentence in filter(None, (words, tell("leave_message", caller.language))):
            self._say(response, sentence, caller)
        start = Start()
        start.transcription(
            name="message",
            track="inbound_track",
            language_code=SPEECH_LANGUAGES[caller.language],
            status_callback_url=self._style.url("/twilio/voice/voicemail/words"),
            status_callback_method="POST",
        )
        response.append(start)
        response.record(
            action=self._url("/twilio/voice/voicemail", caller),
            method="POST",
            max_length=MESSAGE_SECONDS_MAX,
            finish_on_key="#",
            play_beep=True,
            recording_status_callback=self._style.report_url("/twilio/voice/voicemail/status"),
        )
        # Whoever says nothing leaves no recording, and Twilio goes on here.
        self._say(response, tell("message_empty", caller.language), caller)
        response.hangup()
        return str(response)

    def join_caller(self, caller: Caller, conference: str) -> str:
        """The caller, into the conference with the person; when that ends, Twilio asks where they go on."""
        response = VoiceResponse()
        dial = Dial(action=self._url("/twilio/voice/line/person-left", caller), method="POST")
        dial.append(
            Conference(
                conference, beep=False, start_conference_on_enter=True, end_conference_on_exit=False,
                wait_url=self._style.url("/twilio/voice/line/music"), wait_method="POST", **self._recorded(conference),
            )
        )  # fmt: skip
        response.append(dial)
        return str(response)

    def picked_up(self, leg_id: str, told: Whisper, district: str) -> str:
        """The first words to whoever picked up, twice; then we take it that nobody is there. Nothing of the matter is
        said before a key or a yes: a machine may have picked up."""
        caller = Caller(told.language, Place())
        words = tell("called_back" if told.role == "customer" else "whose_call", told.language, district=district)
        response = VoiceResponse()
        action = self._leg_url(leg_id, told, "join" if told.role == "customer" else "hear")
        for _ in range(2):
            language = SPEECH_LANGUAGES[told.language]
            gather = Gather(
                input="dtmf speech", num_digits=1, timeout=6, action=action, method="POST", language=language
            )
            self._say(gather, words, caller)
            response.append(gather)
        response.hangup()
        return str(response)

    def whisper(self, leg_id: str, told: Whisper) -> str:
        """What it is about, to one of us, who is then put through; 2 is no. The summary is read in its own language."""
        caller = Caller(told.language, Place())
        action = self._leg_url(leg_id, told, "join")
        gather = Gather(input="dtmf", num_digits=1, timeout=1, action=action, method="POST")
        self._say(gather, told.words, caller)
        if told.summary:
            self._say(gather, told.summary, Caller(SUMMARY_LANGUAGE, Place()))
        self._say(gather, tell("way_back" if told.role == "lead" else "way_out", told.language), caller)
        return self._with(gather, action)

    def _leg_url(self, leg_id: str, told: Whisper, step: str) -> str:
        query = {"leg": leg_id, "role": told.role, "language": told.language, "step": step}
        return self._style.url("/twilio/voice/leg/keys", **query)

    def join_leg(self, leg_id: str, joins: Joining, language: Language, *, calling: bool) -> str:
        """One of us, or a customer who was called back, into the conference."""
        response = VoiceResponse()
        if calling:
            self._say(response, tell("calling_customer", language), Caller(language, Place()))
        path = "/twilio/voice/leg/over"
        dial = Dial(action=self._style.report_url(path, leg=leg_id, language=language), method="POST")
        dial.append(
            Conference(
                joins.conference, beep=False, start_conference_on_enter=True, end_conference_on_exit=joins.ends,
                muted=joins.muted, coach=joins.coach,
                wait_url=self._style.url("/twilio/voice/line/music"), wait_method="POST",
                **self._recorded(joins.conference),
            )
        )  # fmt: skip
        response.append(dial)
        return str(response)

    def _recorded(self, conference: str) -> dict[str, str]:
        """Whoever is there first says whether the conference is recorded, so everybody says the same."""
        if not self._records:
            return {}
        return {
            "record": "record-from-start",
            "recording_status_callback": self._style.url("/twilio/voice/recorded", conference=conference),
            "recording_status_callback_method": "POST",
            "recording_status_callback_event": "in-progress completed absent",
        }

    def _choice(self, path: str, caller: Caller, *, seconds: int = 5, expects: str = "", phone: str = "") -> Gather:
        return Gather(
            input="dtmf speech",
            num_digits=1,
            action=self._url(path, caller, phone=phone or None),
            method="POST",
            timeout=seconds,
            language=SPEECH_LANGUAGES[caller.language],
            hints=expects or None,
            finish_on_key="",
        )

    def _with(self, gather: Gather, then: str = "") -> str:
        response = VoiceResponse()
        response.append(gather)
        if then:
            response.redirect(then, method="POST")
        return str(response)

    def _url(self, path: str, caller: Caller, **more: object) -> str:
        return self._style.url(path, **caller.query(), **more)

    def _say(self, verb: Gather | VoiceResponse, words: str, caller: Caller) -> None:
        manner = {"voice": self._style.voices[caller.language], "language": SPEECH_LANGUAGES[caller.language]}
        if caller.place.slow:
            verb.say(**manner).prosody(words, rate=SLOW_RATE)
        else:
            verb.say(words, **manner)
