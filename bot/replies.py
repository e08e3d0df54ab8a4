"""Gathers what the dialogue utters in one turn into replies."""

from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.messages import Channel, Reply


class ReplyCollector(OutputChannel):
    """Rasa's output channel for one turn; its name chooses the wording (`channel:` in responses)."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.replies: list[Reply] = []
        self._early_commands: list[dict[str, Any]] = []

    def name(self) -> str:  # a class method in Rasa: one name for all
        """The channel of this turn."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one utterance: text, buttons, custom commands, attachment, image."""
        commands = _commands(message.get("custom"))
        reply = Reply(
            text=(message.get("text") or "").strip(),
            choices=[_choice(button) for button in message.get("buttons") or []],
            attachments=_attachments(message),
        )
        if reply.text or reply.choices or reply.attachments:
            reply.commands = [*self._early_commands, *commands]
            self._early_commands = []
            self.replies.append(reply)
        elif self.replies:
            self.replies[-1].commands += commands
        else:
            self._early_commands += commands

    def finished(self) -> list[Reply]:
        """All replies of the turn; commands that no words followed stand alone."""
        if self._early_commands:
            self.replies.append(Reply(commands=self._early_commands))
            self._early_commands = []
        return self.replies


def _choice(button: dict[str, Any]) -> dict[str, str]:
    return {"title": button.get("title", ""), "payload": button.get("payload", "")}


def _commands(custom: Any) -> list[dict[str, Any]]:
    if not isinstance(custom, dict):
        return []
    single = [custom["command"]] if isinstance(custom.get("command"), dict) else []
    return single + [command for command in custom.get("commands") or [] if isinstance(command, dict)]


def _attachments(message: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    attachment = message.get("attachment")
    if isinstance(attachment, dict) and attachment.get("url"):
        found.append({name: attachment.get(name, "") for name in ("url", "content_type", "title")})
    if message.get("image"):
        found.append({"url": message["image"], "content_type": "image/*", "title": ""})
    return found
