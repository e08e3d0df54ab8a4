"""JSON over HTTP with a bearer token; any answer but 2xx fails the test with what was said."""

from typing import Any

import httpx


class Http:
    def __init__(self, address: str, token: str, seconds: float = 30) -> None:
        self._client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=seconds)

    def get(self, path: str) -> Any:
        return self._answer(self._client.get(path))

    def post(self, path: str, body: Any) -> Any:
        return self._answer(self._client.post(path, json=body))

    def put(self, path: str, body: Any) -> Any:
        return self._answer(self._client.put(path, json=body))

    def close(self) -> None:
        self._client.close()

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        assert response.is_success, f"{response.request.url}: {response.status_code} {response.text[:500]}"
        return response.json()
