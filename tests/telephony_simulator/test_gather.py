"""The rules of `<Gather>`, one by one."""

import pytest

from tests.telephony_simulator.world import Application, Hook, Simulator, codes, heard


def ask(application: Application, attributes: str = "", nested: str = "") -> None:
    """A question with what follows it when nothing is heard."""
    application.twiml("/twilio/voice", f'<Gather action="/turn" {attributes}>{nested}</Gather><Say>Nothing heard</Say>')
    application.twiml("/turn", "<Say>Thank you</Say>")


def answer(application: Application) -> dict[str, str]:
    """What the action was told besides what every webhook carries; empty when it was not asked."""
    hooks = application.at("/turn")
    wanted = ("Digits", "SpeechResult", "Confidence")
    return {name: hooks[-1].form[name] for name in wanted if name in hooks[-1].form} if hooks else {}


class TestKeys:
    @pytest.mark.parametrize(
        ("attributes", "keys", "digits"),
        [
            ("", "1234#", "1234"),
            ("", "1234", "1234"),
            ('numDigits="1"', "27", "2"),
            ('numDigits="4"', "12", "12"),
            ('finishOnKey="*"', "12#3*", "12#3"),
            ('finishOnKey=""', "12#", "12#"),
            ('input="dtmf speech"', "5", "5"),
        ],
    )
    async def test_are_collected(
        self, application: Application, simulator: Simulator, attributes: str, keys: str, digits: str
    ) -> None:
        ask(application, attributes)
        call = await simulator.call(f"press:{keys}")
        assert answer(application) == {"Digits": digits}
        assert heard(call) == ["Thank you"]
        assert application.at("/turn")[0].signed()

    async def test_interrupt_what_is_being_said(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'numDigits="1"', "<Say>" + "word " * 100 + "</Say>")
        call = await simulator.call("press:3")
        assert answer(application) == {"Digits": "3"}
        assert next(event.at for event in call.events if event.kind == "pressed") < 2

    async def test_do_not_interrupt_a_sentence_outside(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", '<Say>one two three four five</Say><Gather action="/turn" numDigits="1"/>')
        application.twiml("/turn", "")
        call = await simulator.call("press:3")
        assert next(event.at for event in call.events if event.kind == "pressed") == 2.5

    async def test_only_the_finishing_key_is_nothing(self, application: Application, simulator: Simulator) -> None:
        ask(application)
        assert heard(await simulator.call("press:#")) == ["Nothing heard"]
        assert answer(application) == {}

    async def test_are_not_taken_when_only_speech_is(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'input="speech"')
        assert heard(await simulator.call("press:12")) == ["Nothing heard"]

    async def test_left_over_are_not_kept_for_the_next_question(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/voice", '<Gather action="/turn" numDigits="1"/>')
        application.twiml("/turn", '<Gather action="/last" numDigits="1"/>')
        application.twiml("/last", "")
        await simulator.call("press:123", "press:9")
        assert application.at("/turn")[0].form["Digits"] == "1"
        assert application.at("/last")[0].form["Digits"] == "9"


class TestSpeech:
    async def test_arrives_with_its_confidence(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'input="dtmf speech" language="es-US"', "<Say>¿Sí?</Say>")
        call = await simulator.call("say@0.62:cuánto debo")
        assert answer(application) == {"SpeechResult": "cuánto debo", "Confidence": "0.62"}
        event = next(event for event in call.events if event.kind == "heard")
        assert (event.language, event.confidence) == ("es-US", 0.62)

    async def test_makes_the_finishing_key_meaningless(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'input="dtmf speech" finishOnKey="1" numDigits="1"')
        await simulator.call("say:one hundred")
        assert answer(application)["SpeechResult"] == "one hundred"

    async def test_is_not_understood_when_only_keys_are(self, application: Application, simulator: Simulator) -> None:
        ask(application)
        assert heard(await simulator.call("say:hello")) == ["Nothing heard"]

    async def test_lasts_a_minute_at_most(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'input="speech"')
        await simulator.call("say:" + "word " * 400)
        assert len(answer(application)["SpeechResult"].split()) == 150


class TestSilence:
    async def test_falls_through_after_the_timeout(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'timeout="7"')
        call = await simulator.call("silence")
        assert heard(call) == ["Nothing heard"]
        assert next(event.at for event in call.events if event.text == "Nothing heard") == 7.0

    async def test_is_told_when_empty_results_are_wanted(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'input="dtmf speech" actionOnEmptyResult="true"')
        assert heard(await simulator.call("silence")) == ["Thank you"]
        assert answer(application) == {"Digits": "", "SpeechResult": ""}

    async def test_of_a_mumble_is_empty_with_a_confidence(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'input="speech" actionOnEmptyResult="true"')
        await simulator.call("say@0:mumble")
        assert answer(application) == {"SpeechResult": "", "Confidence": "0.0"}
        ask(application, 'input="speech"')
        assert heard(await simulator.call("say@0:mumble")) == ["Nothing heard"]

    async def test_counts_from_the_end_of_the_question(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'timeout="3" input="speech"', "<Say>one two three four five</Say><Pause length='2'/>")
        await simulator.call("wait:7", "say:still here")
        assert answer(application)["SpeechResult"] == "still here"

    async def test_after_the_last_step_ends_after_five_questions(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/voice", '<Gather input="speech"><Say>Hello?</Say></Gather><Redirect/>')
        call = await simulator.call("silence")
        assert call.ended == "script_used_up"
        assert len(heard(call, "gather")) == 7


class TestAction:
    async def test_is_the_document_itself_by_default(self, application: Application, simulator: Simulator) -> None:
        def respond(hook: Hook) -> str:
            if "Digits" in hook.form:
                return "<Response><Say>Got it</Say></Response>"
            return '<Response><Gather numDigits="1"/></Response>'

        application.answers["/twilio/voice"] = respond
        assert heard(await simulator.call("press:4")) == ["Got it"]

    async def test_may_be_a_get(self, application: Application, simulator: Simulator) -> None:
        ask(application, 'method="GET" numDigits="1"')
        await simulator.call("press:4")
        (hook,) = application.at("/turn")
        assert hook.method == "GET" and "Digits=4" in hook.url and hook.signed()


@pytest.mark.parametrize(
    ("attributes", "nested", "code"),
    [
        ('finishOnKey="##"', "", 13310),
        ('timeout="soon"', "", 13313),
        ('numDigits="0"', "", 13314),
        ("", "<Hangup/>", 13320),
        ('speechTimeout="x"', "", 13327),
        ('speechModel="mind_reading"', "", 13334),
        ('speechModel="default" speechTimeout="auto"', "", 13335),
        ('input="telepathy"', "", 12200),
        ('beep="true"', "", 12200),
    ],
)
async def test_a_wrong_attribute_is_recorded_and_the_call_goes_on(
    application: Application, simulator: Simulator, attributes: str, nested: str, code: int
) -> None:
    ask(application, attributes, nested)
    call = await simulator.call("press:7#")
    assert codes(call) == [code]
    assert answer(application) == {"Digits": "7"}
