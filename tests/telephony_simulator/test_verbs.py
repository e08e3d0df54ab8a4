"""Each verb of the interpreter, against an application that answers with TwiML."""

import io
import wave

from fastapi import Response

from tests.telephony_simulator.world import Application, Hook, Simulator, codes, heard


class TestSay:
    async def test_is_heard_with_language_and_voice(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", '<Say language="es-US" voice="Polly.Lupe-Neural">Buenos días</Say>')
        call = await simulator.call()
        said = call.events[0]
        assert (said.kind, said.text, said.language, said.voice) == (
            "say",
            "Buenos días",
            "es-US",
            "Polly.Lupe-Neural",
        )
        assert call.ended == "document_ended"

    async def test_takes_time_on_the_clock_of_the_call(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", "<Say>" + "word " * 25 + '</Say><Pause length="7"/><Say>later</Say>')
        call = await simulator.call()
        assert [event.at for event in call.events if event.kind == "say"] == [0.0, 17.0]

    async def test_strips_markup_and_repeats(self, application: Application, simulator: Simulator) -> None:
        application.twiml(
            "/twilio/voice", '<Say loop="2">Your code is <say-as interpret-as="digits">1 2</say-as></Say>'
        )
        assert heard(await simulator.call()) == ["Your code is 1 2"] * 2

    async def test_without_words_is_an_error(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", "<Say> </Say><Say>Still here</Say>")
        call = await simulator.call()
        assert codes(call) == [13520] and heard(call) == ["Still here"]


class TestPlay:
    async def test_lasts_as_long_as_the_sound(self, application: Application, simulator: Simulator) -> None:
        sound = io.BytesIO()
        with wave.open(sound, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(1)
            wav.setframerate(8000)
            wav.writeframes(b"\x80" * 16000)
        application.answers["/tune.wav"] = Response(sound.getvalue(), media_type="audio/wav")
        application.twiml("/twilio/voice", "<Play>/tune.wav</Play>")
        call = await simulator.call()
        assert (call.events[0].kind, call.events[0].seconds) == ("play", 2.0)

    async def test_of_something_else_than_audio_is_an_error(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.answers["/page"] = Response("<p>", media_type="text/html")
        application.twiml("/twilio/voice", "<Play>/page</Play><Play>/absent</Play><Say>on</Say>")
        call = await simulator.call()
        assert codes(call) == [13420, 11200] and heard(call) == ["on"]


class TestFlow:
    async def test_redirect_goes_on_elsewhere_with_the_parameters_of_the_call(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/voice", "<Redirect>voice/next?n=2</Redirect><Say>never</Say>")
        application.twiml("/twilio/voice/next", "<Say>arrived</Say><Hangup/>")
        call = await simulator.call()
        assert heard(call) == ["arrived"] and call.ended == "hung_up"
        (hook,) = application.at("/twilio/voice/next")
        assert hook.url.endswith("/twilio/voice/next?n=2") and hook.signed()
        assert hook.form["CallStatus"] == "in-progress"

    async def test_redirects_without_end_end_the_call(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", "<Redirect>/twilio/voice</Redirect>")
        call = await simulator.call()
        assert call.ended == "error" and codes(call) == [12400]

    async def test_reject_is_not_answered(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", '<Reject reason="busy"/>')
        call = await simulator.call()
        assert call.ended == "busy"
        (status,) = application.at("/twilio/voice/status")
        assert (status.form["CallStatus"], status.form["CallDuration"]) == ("busy", "0")

    async def test_reject_after_the_answer_is_too_late(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", "<Say>hello</Say><Reject/><Say>still here</Say>")
        call = await simulator.call()
        assert heard(call) == ["hello", "still here"] and codes(call) == [12200]

    async def test_the_end_is_told_with_the_length_of_the_call(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/voice", '<Pause length="42"/>')
        await simulator.call()
        (status,) = application.at("/twilio/voice/status")
        assert (status.form["CallStatus"], status.form["CallDuration"]) == ("completed", "42")
        assert status.signed()

    async def test_the_caller_may_hang_up_in_the_middle_of_a_sentence(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/voice", "<Say>" + "word " * 100 + "</Say><Say>never</Say>")
        call = await simulator.call("wait:3", "hangup")
        assert call.ended == "caller_hung_up" and call.events[-1].at == 3.0
        assert application.at("/twilio/voice/status")[0].form["CallDuration"] == "3"


class TestDial:
    async def test_tells_the_action_how_it_ended(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/done", "<Say>Goodbye</Say>")
        for number, status in (
            ("+15550007777", "completed"),
            ("+15005552001", "busy"),
            ("+15005552002", "no-answer"),
            ("+15005552003", "failed"),
        ):
            application.twiml(
                "/twilio/voice", f'<Dial action="/done" timeout="20"><Number>{number}</Number></Dial><Say>never</Say>'
            )
            call = await simulator.call()
            hook = application.at("/done")[-1]
            assert hook.form["DialCallStatus"] == status
            assert hook.form["DialCallSid"].startswith("CA") and hook.form["DialCallSid"] != call.call_sid
            assert heard(call) == ["Goodbye"]
            child = simulator.network.calls.get(hook.form["DialCallSid"])
            assert child is not None and (child.status, child.parent_sid) == (status, call.call_sid)

    async def test_rings_all_numbers_and_connects_one_that_answers(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml(
            "/twilio/voice", "<Dial><Number>+15005552001</Number><Number>+15550007777</Number></Dial><Say>on</Say>"
        )
        call = await simulator.call()
        assert "+15550007777 answered" in heard(call, "dial") and heard(call) == ["on"]

    async def test_of_something_that_is_no_number_fails(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/done", "")
        application.twiml("/twilio/voice", '<Dial action="/done">customer service</Dial>')
        call = await simulator.call()
        assert codes(call) == [13224]
        assert application.at("/done")[0].form["DialCallStatus"] == "failed"


class TestRecord:
    async def test_takes_down_a_message_and_calls_back(self, application: Application, simulator: Simulator) -> None:
        application.twiml(
            "/twilio/voice",
            '<Say>After the tone</Say><Record action="/kept" transcribe="true" '
            'transcribeCallback="/text" recordingStatusCallback="/sound"/><Say>never</Say>',
        )
        application.twiml("/kept", "<Say>Thank you</Say>")
        application.twiml("/text", "")
        application.twiml("/sound", "")
        call = await simulator.call("say:please call me back about my leak")
        assert heard(call) == ["After the tone", "Thank you"]
        (kept,), (text,), (sound,) = (application.at(path) for path in ("/kept", "/text", "/sound"))
        assert int(kept.form["RecordingDuration"]) >= 3
        assert text.form["TranscriptionText"] == "please call me back about my leak"
        assert sound.form["RecordingSource"] == "RecordVerb"
        assert kept.form["RecordingSid"] == text.form["RecordingSid"] == sound.form["RecordingSid"]
        basic = (simulator.settings.twilio_account_sid, simulator.settings.twilio_auth_token.get_secret_value())
        wav = await simulator.http.get(kept.form["RecordingUrl"], auth=basic)
        assert wav.content.startswith(b"RIFF")

    async def test_of_silence_goes_on_to_the_next_verb(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", '<Record action="/kept"/><Say>Nobody spoke</Say>')
        call = await simulator.call("silence")
        assert heard(call) == ["Nobody spoke"] and not application.at("/kept")

    async def test_tells_the_action_that_the_caller_hung_up(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/voice", '<Record action="/kept"/>')
        application.twiml("/kept", "")
        await simulator.call("hangup")
        assert application.at("/kept")[0].form["Digits"] == "hangup"


class TestEnqueue:
    async def test_waits_with_the_waiting_document_until_leave(
        self, application: Application, simulator: Simulator
    ) -> None:
        application.twiml("/twilio/voice", '<Enqueue waitUrl="/wait" action="/after">leads</Enqueue>')
        application.twiml("/after", "<Say>Out</Say>")

        def wait(hook: Hook) -> str:
            if len(application.at("/wait")) < 3:
                return "<Response><Say>Please hold</Say><Pause length='10'/></Response>"
            return "<Response><Leave/></Response>"

        application.answers["/wait"] = wait
        call = await simulator.call()
        assert heard(call) == ["Please hold", "Please hold", "Out"]
        first, _, third = application.at("/wait")
        assert (first.form["QueuePosition"], first.form["CurrentQueueSize"]) == ("1", "1")
        assert int(third.form["QueueTime"]) >= 20
        assert application.at("/after")[0].form["QueueResult"] == "leave"

    async def test_ends_when_the_caller_has_had_enough(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", '<Enqueue action="/after">leads</Enqueue>')
        application.twiml("/after", "")
        call = await simulator.call("wait:95", "hangup")
        assert call.ended == "caller_hung_up" and call.events[-1].at == 95.0
        assert application.at("/after")[0].form["QueueResult"] == "hangup"


class TestOtherVerbs:
    async def test_that_are_not_carried_out_are_recorded(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", "<Siprec/><say>wrong case</say><Say voise='x'>Hello</Say>")
        call = await simulator.call()
        assert codes(call) == [12200, 12200, 12200] and heard(call) == ["Hello"]
        errors = (await simulator.http.get("/api/errors")).json()
        assert {error["resource_sid"] for error in errors} == {call.call_sid}
