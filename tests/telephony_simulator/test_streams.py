"""Media streams and live transcription: the sound of a call as messages, its words as callbacks."""

import asyncio
import base64
import json
from typing import Any

import pytest
from fastapi import WebSocketDisconnect
from twilio.rest import Client

from tests.telephony_simulator.rest_client import off_the_loop, refusal
from tests.telephony_simulator.world import Application, Simulator, Socket, codes, heard


class Listener:
    """Keeps what it hears; `answer` may reply to a message."""

    def __init__(self, answer: Any = None) -> None:
        self.got: list[dict[str, Any]] = []
        self._answer = answer

    async def __call__(self, socket: Socket) -> None:
        try:
            while True:
                message = await socket.receive()
                self.got.append(message)
                for reply in self._answer(message) if self._answer else []:
                    if reply == "close":
                        await socket.close()
                        return
                    await socket.send(reply)
        except WebSocketDisconnect:
            return

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.got if message["event"] == kind]


async def test_a_stream_beside_the_verbs_hears_both_sides(application: Application, simulator: Simulator) -> None:
    listener = application.talks["/media"] = Listener()
    url = application.socket_url("/media")
    application.twiml(
        "/twilio/voice",
        f'<Start><Stream url="{url}" name="ear" track="both_tracks" statusCallback="/streamed">'
        '<Parameter name="case" value="7"/></Stream></Start>'
        '<Gather input="speech" action="/turn"><Say>Hello there</Say></Gather>',
    )
    application.twiml("/turn", '<Stop><Stream name="ear"/></Stop><Say>not heard any more</Say>')
    application.twiml("/streamed", "")
    call = await simulator.call("say:my balance please")
    kinds = [message["event"] for message in listener.got]
    assert kinds[:2] == ["connected", "start"] and kinds[-1] == "stop" and kinds.count("start") == 1
    start = listener.of("start")[0]
    assert start["start"]["callSid"] == call.call_sid and start["start"]["tracks"] == ["inbound", "outbound"]
    assert start["start"]["customParameters"] == {"case": "7"} and start["sequenceNumber"] == "1"
    tracks = {message["media"]["track"] for message in listener.of("media")}
    assert tracks == {"inbound", "outbound"}
    frame = listener.of("media")[0]["media"]
    assert len(base64.b64decode(frame["payload"])) == 160 and frame["chunk"] == "1"
    events = [hook.form["StreamEvent"] for hook in application.at("/streamed")]
    assert events == ["stream-started", "stream-stopped"] and application.sockets[0].signed()


async def test_a_connected_stream_talks_and_listens(application: Application, simulator: Simulator) -> None:
    sound = base64.b64encode(b"\xff" * 1_600).decode()

    def answer(message: dict[str, Any]) -> list[Any]:
        sid = message.get("streamSid")
        if message["event"] == "start":
            mark = {"event": "mark", "streamSid": sid, "mark": {"name": "said"}}
            return [{"event": "media", "streamSid": sid, "media": {"payload": sound}}, mark]
        return ["close"] if message["event"] == "dtmf" else []

    listener = application.talks["/media"] = Listener(answer)
    url = application.socket_url("/media")
    application.twiml("/twilio/voice", f'<Connect><Stream url="{url}"/></Connect><Say>After it</Say>')
    call = await simulator.call("wait:1", "press:1", "wait:20", "hangup")
    assert [message["mark"]["name"] for message in listener.of("mark")] == ["said"]
    assert listener.of("dtmf")[0]["dtmf"] == {"track": "inbound_track", "digit": "1"}
    (played,) = [event for event in call.events if event.kind == "play"]
    assert played.seconds == 0.2 and heard(call) == ["After it"]


async def test_clear_empties_what_is_not_played_yet(application: Application, simulator: Simulator) -> None:
    sound = base64.b64encode(b"\xff" * 800_000).decode()

    def answer(message: dict[str, Any]) -> list[Any]:
        sid = message.get("streamSid")
        if message["event"] != "start":
            return ["close"] if message["event"] == "mark" else []
        return [
            {"event": "media", "streamSid": sid, "media": {"payload": sound}},
            {"event": "mark", "streamSid": sid, "mark": {"name": "end"}},
            {"event": "clear", "streamSid": sid},
        ]

    application.talks["/media"] = Listener(answer)
    application.twiml("/twilio/voice", f'<Connect><Stream url="{application.socket_url("/media")}"/></Connect>')
    call = await simulator.call("hold:5")
    assert call.events[-1].at < 30


async def test_a_socket_that_is_not_there_is_recorded(application: Application, simulator: Simulator) -> None:
    url = application.socket_url("/nowhere")
    application.twiml("/twilio/voice", f'<Start><Stream url="{url}"/></Start><Say>on</Say>')
    call = await simulator.call()
    assert codes(call) == [31920] and heard(call) == ["on"]


async def test_what_is_said_is_transcribed_as_it_is_said(application: Application, simulator: Simulator) -> None:
    application.twiml(
        "/twilio/voice",
        '<Start><Transcription statusCallbackUrl="/text" name="words" languageCode="en-US"/></Start>'
        '<Gather input="speech" action="/turn"><Say>Hello there</Say></Gather>',
    )
    application.twiml("/turn", '<Stop><Transcription name="words"/></Stop><Say>not taken down</Say>')
    application.twiml("/text", "")
    await simulator.call("say:my balance please")
    hooks = application.at("/text")
    assert [hook.form["TranscriptionEvent"] for hook in hooks] == [
        "transcription-started",
        "transcription-content",
        "transcription-content",
        "transcription-stopped",
    ]
    said = [(h.form["Track"], json.loads(h.form["TranscriptionData"])["transcript"]) for h in hooks[1:3]]
    assert said == [("outbound_track", "Hello there"), ("inbound_track", "my balance please")]
    assert [hook.form["SequenceId"] for hook in hooks] == ["1", "2", "3", "4"] and all(h.signed() for h in hooks)


async def test_both_can_be_started_and_stopped_by_rest(
    application: Application, simulator: Simulator, client: Client
) -> None:
    application.talks["/media"] = Listener()
    application.twiml("/text", "")
    seen: dict[str, Any] = {}

    def work(sid: str) -> None:
        call = client.calls(sid)
        stream = call.streams.create(url=application.socket_url("/media"), name="ear", track="inbound_track")
        words = call.transcriptions.create(status_callback_url=f"{application.base}/text", name="words")
        seen["states"] = [stream.status, words.status]
        stopped = [call.streams("ear").update(status="stopped"), call.transcriptions("words").update(status="stopped")]
        seen["after"] = [each.status for each in stopped]
        seen["gone"] = refusal(lambda: call.streams("ear").update(status="stopped"))
        call.update(status="completed")

    tasks: list[asyncio.Task[None]] = []

    def begin(hook: Any) -> str:
        if not tasks:
            tasks.append(asyncio.ensure_future(off_the_loop(lambda: work(hook.form["CallSid"]))))
        return "<Response><Pause length='60'/></Response>"

    application.answers["/twilio/voice"] = begin
    call = await simulator.call("hold:20")
    await tasks[0]
    assert seen == {"states": ["in-progress"] * 2, "after": ["stopped"] * 2, "gone": (404, 20404)}
    assert call.ended == "ended_by_rest"


@pytest.mark.parametrize("markup", ["<Start><Siprec/></Start>", "<Stop><Stream name='none'/></Stop>", "<Connect/>"])
async def test_what_is_not_carried_out_is_recorded(application: Application, simulator: Simulator, markup: str) -> None:
    application.twiml("/twilio/voice", f"{markup}<Say>on</Say>")
    call = await simulator.call()
    assert codes(call) == [12200] and heard(call) == ["on"]


async def test_only_a_sip_caller_can_be_referred(application: Application, simulator: Simulator) -> None:
    application.twiml("/twilio/voice", '<Refer action="/referred"><Sip>sip:desk@example.org</Sip></Refer>')
    application.twiml("/referred", "<Hangup/>")
    call = await simulator.call()
    assert codes(call) == [13243] and application.at("/referred")[0].form["ReferCallStatus"] == "failed"
    await simulator.call(caller="sip:maria@example.org")
    assert application.at("/referred")[1].form["ReferCallStatus"] == "completed"
