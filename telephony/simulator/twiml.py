"""From an answered webhook to a TwiML document, with the errors Twilio would record."""

from dataclasses import dataclass
from xml.etree import ElementTree

from telephony.simulator.requester import Fetched, FetchFailed

_XML_TYPES = {"text/xml", "application/xml", "text/html"}
_AUDIO_TYPES = {"audio/mpeg", "audio/wav", "audio/wave", "audio/x-wav", "audio/aiff", "audio/x-aifc",
                "audio/x-aiff", "audio/x-gsm", "audio/gsm", "audio/ulaw"}  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A parsed `<Response>`, where it came from and how it was asked for: relative addresses start there."""

    root: ElementTree.Element
    url: str
    method: str


def is_audio(content_type: str) -> bool:
    """Whether `<Play>` takes it."""
    return content_type in _AUDIO_TYPES


def parse_voice(fetched: Fetched, method: str) -> Document:
    """The document of a voice webhook: TwiML, audio to play, or text to read aloud before hanging up.

    Raises FetchFailed (11770, 12100, 12101, 12102, 12300).
    """
    if is_audio(fetched.content_type):
        return _single(fetched, method, "Play", fetched.url)
    if fetched.content_type == "text/plain":
        try:
            return parse_markup(fetched, method)
        except FetchFailed:
            return _single(fetched, method, "Say", fetched.body.decode("utf-8", "replace"))
    return parse_message(fetched, method)


def parse_message(fetched: Fetched, method: str) -> Document:
    """The document of a message webhook, or of any other that must be XML. Raises FetchFailed."""
    if fetched.content_type not in _XML_TYPES:
        detail = fetched.content_type or "no content type"
        raise FetchFailed(12300, fetched.url, detail)
    return parse_markup(fetched, method)


def parse_markup(fetched: Fetched, method: str) -> Document:
    """Parse the body as TwiML. Raises FetchFailed (11770, 12100, 12101, 12102)."""
    text = fetched.body.strip()
    if not text:
        raise FetchFailed(11770, fetched.url, "the body is empty")
    if text.startswith(b"<?xml") and b"1.0" not in text[:40]:
        raise FetchFailed(12101, fetched.url, "only XML version 1.0")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise FetchFailed(12100, fetched.url, "no document type or entities")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise FetchFailed(12100, fetched.url, str(error)) from None
    if root.tag != "Response":
        raise FetchFailed(12102, fetched.url, f"the root is <{root.tag}>, not <Response>")
    return Document(root, fetched.url, method)


def parse_inline(markup: str, url: str) -> Document:
    """TwiML given to the REST interface instead of an address. Raises FetchFailed."""
    return parse_markup(Fetched(url, 200, "text/xml", markup.encode()), "POST")


def _single(fetched: Fetched, method: str, verb: str, text: str) -> Document:
    root = ElementTree.Element("Response")
    ElementTree.SubElement(root, verb).text = text
    ElementTree.SubElement(root, "Hangup")
    return Document(root, fetched.url, method)
