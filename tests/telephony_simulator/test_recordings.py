"""Recordings and transcriptions over REST: of calls that go on, of voicemail, their sound and their words."""

import asyncio
import io
import wave
from typing import Any

from twilio.rest import Client

from telephony.simulator.rest.sounds import wav_of
from tests.telephony_simulator.rest_client import off_the_loop, refusal
from tests.telephony_simulator.world import ACCOUNT, DISTRICT, MARIA, TOKEN, Application, Hook, Simulator


async def test_a_live_call_is_recorded_paused_and_stopped(
    application: Application, simulator: Simulator, client: Client
) -> None:
    application.twiml("/recorded", "")
    states: list[Any] = []

    def work(sid: str) -> None:
        recordings = client.calls(sid).recordings
        made = recordings.create(
            recording_status_callback=f"{application.base}/recorded",
            recording_status_callback_event=["in-progress completed"],
            recording_channels="dual",
        )
        current = client.calls(sid).recordings("Twilio.CURRENT")
        states.extend([made, current.update(status="paused"), current.update(status="in-progress")])
        states.append(client.calls(sid).recordings(made.sid or "").fetch())
        states.append(current.update(status="stopped"))
        client.calls(sid).update(status="completed")

    tasks: list[asyncio.Task[None]] = []

    def begin(hook: Hook) -> str:
        tasks.append(asyncio.ensure_future(off_the_loop(lambda: work(hook.form["CallSid"]))))
        return "<Response><Pause length='60'/></Response>"

    application.answers["/twilio/voice"] = begin
    call = await simulator.call("hold:20")
    await tasks[0]
    assert [each.status for each in states] == ["in-progress", "paused", "in-progress", "in-progress", "completed"]
    assert states[0].channels == 2 and states[0].source == "StartCallRecordingAPI"
    told = [hook.form["RecordingStatus"] for hook in application.at("/recorded")]
    assert told == ["in-progress", "completed"] and application.at("/recorded")[0].signed()
    (listed,) = await off_the_loop(client.recordings.list)
    assert (listed.sid, listed.call_sid) == (states[0].sid, call.call_sid)


async def test_a_call_of_ours_may_be_recorded_from_the_start(
    application: Application, simulator: Simulator, client: Client
) -> None:
    application.twiml("/progress", "")
    simulator.prepare(MARIA, "wait:30", "hangup", after_seconds=0)
    await off_the_loop(
        lambda: client.calls.create(
            to=MARIA, from_=DISTRICT, record=True, twiml="<Response><Pause length='60'/></Response>",
            status_callback=f"{application.base}/progress",
        )
    )  # fmt: skip
    await simulator.network.settled()
    done = application.at("/progress")[0].form
    assert int(done["RecordingDuration"]) == 30 and done["RecordingSid"].startswith("RE")


async def test_voicemail_has_a_sound_and_words(application: Application, simulator: Simulator, client: Client) -> None:
    application.twiml(
        "/twilio/voice", '<Record action="/kept" transcribe="true" transcribeCallback="/text" maxLength="60"/>'
    )
    application.twiml("/kept", "<Hangup/>")
    application.twiml("/text", "")
    call = await simulator.call("say:there is water coming out of the street in front of my house", "press:#")
    kept = application.at("/kept")[0].form
    http = simulator.http
    for suffix in ("", ".wav", ".mp3"):
        answer = await http.get(kept["RecordingUrl"] + suffix, auth=(ACCOUNT, TOKEN))
        with wave.open(io.BytesIO(answer.content)) as sound:
            assert round(sound.getnframes() / sound.getframerate()) == int(kept["RecordingDuration"])
    assert (await http.get(kept["RecordingUrl"] + ".ogg", auth=(ACCOUNT, TOKEN))).status_code == 404
    assert (await http.get(kept["RecordingUrl"])).status_code == 401
    recording = client.recordings(kept["RecordingSid"])
    (words,) = await off_the_loop(recording.transcriptions.list)
    assert words.transcription_text == "there is water coming out of the street in front of my house"
    assert (await off_the_loop(lambda: client.transcriptions(words.sid or "").fetch())).status == "completed"
    assert [each.sid for each in await off_the_loop(client.transcriptions.list)] == [words.sid]
    fetched = await off_the_loop(recording.fetch)
    assert (fetched.source, fetched.call_sid) == ("RecordVerb", call.call_sid)
    assert await off_the_loop(recording.delete) is True
    assert await off_the_loop(lambda: refusal(recording.fetch)) == (404, 20404)


async def test_a_word_or_two_are_too_short_to_transcribe(application: Application, simulator: Simulator) -> None:
    application.twiml(
        "/twilio/voice", '<Record action="/kept" transcribe="true" transcribeCallback="/text" timeout="1"/>'
    )
    application.twiml("/kept", "<Hangup/>")
    application.twiml("/text", "")
    await simulator.call("say:hi", "press:#")
    text = application.at("/text")[0].form
    assert (text["TranscriptionStatus"], text["TranscriptionText"]) == ("failed", "")


async def test_a_message_is_kept_when_the_caller_hangs_up(application: Application, simulator: Simulator) -> None:
    application.twiml("/twilio/voice", '<Record action="/kept" recordingStatusCallback="/recorded"/>')
    application.twiml("/kept", "")
    application.twiml("/recorded", "")
    await simulator.call("say:please call me back", "wait:1", "hangup")
    assert application.at("/kept")[0].form["Digits"] == "hangup"
    assert int(application.at("/recorded")[0].form["RecordingDuration"]) >= 2


def test_words_sound_and_the_same_words_alike() -> None:
    made = wav_of("please call me", 3)
    with wave.open(io.BytesIO(made)) as sound:
        assert (sound.getnframes(), sound.getframerate()) == (3 * 8000, 8000)
        assert max(sound.readframes(8000)) > 128
    assert made == wav_of("please call me", 3) != wav_of("something else entirely", 3)
