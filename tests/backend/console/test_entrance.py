"""Sign-in over HTTP: cookies, other sites' forms, and no page without a session."""

from collections.abc import Iterator

import httpx
import pytest

from tests.backend.console.office import Office


@pytest.fixture
def client(office: Office) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=office.origin, timeout=20) as made:
        yield made


def sign_in(client: httpx.Client, office: Office, **headers: str) -> httpx.Response:
    form = {"user_name": "dana", "password": office.password("dana"), "next": "/console/password"}
    return client.post("/console/sign-in", data=form, headers=headers)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: httpx.Client, office: Office) -> None:
    answer = sign_in(client, office)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/password")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/console" in cookie
    assert client.get("/console/password").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://example.org"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
    ids=["origin", "opaque-origin", "fetch-metadata"],
)
def test_a_form_of_another_site_is_refused(client: httpx.Client, office: Office, headers: dict[str, str]) -> None:
    answer = sign_in(client, office, **headers)
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/console/", "/console/cases/01936f5e-0000-7000-8000-000000000000", "/console/password"]
)
def test_every_page_leads_to_sign_in_first(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/console/sign-in?next={path}"


@pytest.mark.parametrize("path", ["/console/nothing", "/console/cases/not-a-case", "/console/cases/"])
def test_an_address_that_does_not_exist_is_said_plainly(client: httpx.Client, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text and "There is no such page" in answer.text


def test_sign_out_ends_the_session_itself_not_only_the_cookie(client: httpx.Client, office: Office) -> None:
    sign_in(client, office)
    cookies = dict(client.cookies)
    assert client.post("/console/sign-out").headers["location"] == "/console/sign-in?out=1"
    assert client.get(
        "/console/password", headers={"cookie": f"headgate_staff={cookies['headgate_staff']}"}
    ).is_redirect


def test_unknown_and_wrong_read_the_same(client: httpx.Client) -> None:
    wrong, unknown = (
        client.post("/console/sign-in", data={"user_name": name, "password": "wrong"}) for name in ("luis", "luisa")
    )
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace('value="luis"', "") == unknown.text.replace('value="luisa"', "")


def test_strange_input_is_answered(client: httpx.Client) -> None:
    for name in ("", "\x00", "é" * 90_000, "' OR 1=1 --", "<script>alert(1)</script>"):
        answer = client.post("/console/sign-in", data={"user_name": name, "password": "x"})
        assert answer.status_code in (401, 429), name
        assert "<script>alert" not in answer.text


def test_the_browsers_language_is_spoken_until_another_is_chosen(client: httpx.Client) -> None:
    spanish = client.get("/console/sign-in", headers={"accept-language": "es-MX,es;q=0.9,en;q=0.8"})
    assert '<html lang="es">' in spanish.text and "Contraseña" in spanish.text
    client.get("/console/language/en?next=/console/sign-in")
    assert '<html lang="en">' in client.get("/console/sign-in", headers={"accept-language": "es-MX"}).text


def test_nothing_is_fetched_from_elsewhere(client: httpx.Client, office: Office) -> None:
    sign_in(client, office)
    page = client.get("/console/").text
    for attribute in ('src="http', 'href="http', "url(http", 'src="//', 'href="//'):
        assert attribute not in page
    assert "cdn" not in page.lower()
