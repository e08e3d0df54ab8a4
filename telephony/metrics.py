"""What Prometheus reads at `/metrics`: counts and times, no customer data."""

from prometheus_client import Counter, Histogram

TURNS = Counter("headgate_telephony_turns_total", "Turns by channel and how they ended.", ["channel", "outcome"])
TURN_SECONDS = Histogram(
    "headgate_telephony_turn_seconds",
    "Whole turn, from utterance to answer.",
    ["channel"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 10),
)
FORGED = Counter("headgate_telephony_forged_total", "Requests whose signature was missing or wrong.")
TEXTS = Counter("headgate_telephony_texts_total", "Texts handed to Twilio's REST, by what came of it.", ["outcome"])
NOTICES = Counter("headgate_telephony_notices_total", "Notice calls by what Twilio said.", ["outcome"])
RELAY = Counter("headgate_telephony_relay_total", "ConversationRelay sessions, by what happened.", ["event"])
CHATS = Counter("headgate_telephony_chat_frames_total", "Frames from browsers, by kind.", ["kind"])
