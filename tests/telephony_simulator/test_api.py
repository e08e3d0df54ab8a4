"""What commands ask for, who may ask, and that the simulator runs in the demonstration alone."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from fastapi import Response
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from telephony.simulator.app import DemonstrationOnly, create_app
from telephony.simulator.calls.line import EndedByRest
from telephony.simulator.settings import Settings
from tests.telephony_simulator.world import DISTRICT, MARIA, Application, Simulator, reached

ROOT = Path(__file__).parents[2]


class TestScriptedCall:
    async def test_is_told_in_the_agreed_shape(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", '<Gather numDigits="1" action="/turn"><Say>Press one</Say></Gather>')
        application.twiml("/turn", "<Hangup/>")
        response = await simulator.http.post("/api/calls", json={"from": "(555) 000-1111", "steps": ["press:1"]})
        body = response.json()
        assert body["call_sid"].startswith("CA") and body["ended"] == "hung_up"
        assert [(event["kind"], event["text"]) for event in body["events"]] == [
            ("say", "Press one"),
            ("gather", "dtmf"),
            ("pressed", "1"),
            ("hangup", "hung_up"),
        ]
        assert all({"at", "kind", "text", "language"} <= event.keys() for event in body["events"])
        assert application.at("/turn")[0].form["From"] == MARIA

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ({"from": MARIA, "steps": ["sing:something"]}, "not_a_step"),
            ({"from": "nobody", "steps": []}, "not_a_phone_number"),
            ({"steps": []}, "malformed"),
            ({"from": MARIA, "steps": [], "extra": 1}, "malformed"),
        ],
    )
    async def test_that_makes_no_sense_is_refused(
        self, simulator: Simulator, body: dict[str, object], error: str
    ) -> None:
        response = await simulator.http.post("/api/calls", json=body)
        assert response.status_code == 422 and response.json()["error"] == error and response.json()["detail"]


class TestPhones:
    async def test_are_those_of_the_demonstration_customers(
        self, application: Application, simulator: Simulator
    ) -> None:
        customers = [{"name": "Maria Alvarez", "phone": MARIA}]
        application.answers["/v1/demo/customers"] = Response(json.dumps(customers), media_type="application/json")
        desks = [{"name": {"en": "Customer service", "es": "Servicio al cliente"}, "phone": "+15550005000"}]
        departments = [*({**desk, "id": "customer_service"} for desk in desks), {"id": "fleet", "phone": None}]
        facts = json.dumps({"departments": departments})
        application.answers["/v1/district"] = Response(facts, media_type="application/json")
        body = (await simulator.http.get("/api/phones")).json()
        assert body == {"district": DISTRICT, "available": True, "customers": customers, "desks": desks}

    async def test_are_said_to_be_missing_when_the_backend_is(self, simulator: Simulator) -> None:
        body = (await simulator.http.get("/api/phones")).json()
        assert body == {"district": DISTRICT, "available": False, "customers": [], "desks": []}


class TestLiveCalls:
    async def test_are_listed_while_they_go_on(self, application: Application, simulator: Simulator) -> None:
        application.twiml("/twilio/voice", "<Pause length='60'/>")
        calling = asyncio.create_task(simulator.call("hold:20"))
        await reached(lambda: simulator.network.facilities.live)
        (call,) = (await simulator.http.get("/api/calls")).json()
        assert (call["from"], call["to"], call["direction"]) == (MARIA, DISTRICT, "inbound")
        simulator.network.facilities.live[call["call_sid"]].line.interrupt(EndedByRest())
        assert (await calling).call_sid == call["call_sid"]
        assert (await simulator.http.get("/api/calls")).json() == []

    async def test_a_prepared_phone_takes_only_steps(self, simulator: Simulator) -> None:
        answers = f"/api/phones/{MARIA}/answers"
        assert (await simulator.http.post(answers, json={"steps": ["shout:hello"]})).status_code == 422
        assert (await simulator.http.post("/api/phones/12/answers", json={"steps": []})).status_code == 422
        busy = await simulator.http.post("/api/phones/client:ana/answers", json={"fate": "busy"})
        assert busy.json() == {"prepared": 1}


class TestAccess:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/texts"),
            ("POST", "/api/calls"),
            ("GET", "/api/phones"),
            ("GET", f"/api/phones/{MARIA}/messages"),
            ("GET", f"/api/phones/{MARIA}/stream"),
            ("POST", f"/api/phones/{MARIA}/answers"),
            ("GET", "/api/errors"),
            ("GET", "/api/conditions"),
            ("PUT", "/api/conditions"),
            ("PUT", "/api/connectors/Default"),
            ("GET", "/api/calls"),
            ("GET", f"/api/calls/CA{'0' * 32}/events"),
            ("POST", f"/api/calls/CA{'0' * 32}/drop"),
        ],
    )
    async def test_needs_the_token_or_the_page(self, simulator: Simulator, method: str, path: str) -> None:
        async with httpx.AsyncClient(base_url=simulator.url) as stranger:
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": "headgate_simulator=a.b"}):
                response = await stranger.request(method, path, headers=headers)
                assert response.status_code == 401 and response.json()["error"] == "unauthorized"

    async def test_is_given_to_the_page_but_not_to_other_sites(self, simulator: Simulator) -> None:
        async with httpx.AsyncClient(base_url=simulator.url) as browser:
            await browser.get("/simulator")
            assert (await browser.get("/api/errors")).status_code == 200
            foreign = await browser.get("/api/errors", headers={"Origin": "http://elsewhere.example"})
            assert foreign.status_code == 403 and foreign.json()["error"] == "wrong_origin"

    async def test_of_the_phone_socket_needs_it_too(self, simulator: Simulator) -> None:
        address = simulator.url.replace("http", "ws") + f"/api/calls/live?phone=%2B{MARIA[1:]}"
        with pytest.raises(InvalidStatus) as refused:
            async with connect(address):
                pass
        assert refused.value.response.status_code == 403

    async def test_to_health_is_open(self, simulator: Simulator) -> None:
        async with httpx.AsyncClient(base_url=simulator.url) as stranger:
            for path in ("/healthz", "/readyz"):
                assert (await stranger.get(path)).status_code == 200


class TestDemonstrationOnly:
    def test_refuses_to_be_made_elsewhere(self, settings: Settings) -> None:
        with pytest.raises(DemonstrationOnly):
            create_app(settings.model_copy(update={"demo": False}))

    def test_refuses_to_start_elsewhere(self, settings: Settings) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "HEADGATE_OPERATOR_TOKEN": "x" * 20,
            "HEADGATE_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
            "HEADGATE_TWILIO_AUTH_TOKEN": "y" * 20,
            "HEADGATE_TWILIO_NUMBER": DISTRICT,
            "HEADGATE_HOME": str(settings.home),
        }
        command = [sys.executable, "-m", "telephony.simulator"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and "HEADGATE_DEMO" in done.stderr
        assert not settings.state_file.exists()

    def test_imports_nothing_else_of_telephony(self) -> None:
        program = (
            "import sys, telephony.simulator.app; "
            "print([m for m in sys.modules if m.startswith('telephony.') and not m.startswith('telephony.simulator')])"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout.strip() == "[]"
