"""Handing a mail to the server, on a worker's thread."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import localtime

from domain.kernel.hidden import without_secrets
from domain.kernel.smtp import SmtpServer
from omnisales_sdk import NeedsHuman, TryLater

from .letters import Letter

SECONDS = 20.0
_PERMANENT = range(500, 600)


def compose(letter: Letter, sender: str, message_id: str) -> EmailMessage:
    """The mail. Raises `NeedsHuman` when there is nobody that it could be sent to."""
    if letter.to is None:
        raise NeedsHuman("mail:no_address", "There is no e-mail address.", remedy="Enter it, or call the customer.")
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        [address] = message["To"].addresses
        if address.addr_spec != letter.to or not address.domain or message["To"].defects:
            raise ValueError(letter.to)
    except ValueError as error:
        raise NeedsHuman(
            "mail:no_address", f"{letter.to!r} is no e-mail address.", remedy="Correct it, or call the customer."
        ) from error
    message["Date"] = localtime()
    message["Message-ID"] = message_id
    message.set_content(letter.body)
    return message


def deliver(server: SmtpServer, message: EmailMessage) -> None:
    """Sends the mail. Raises `NeedsHuman` where the server refuses it for good, `TryLater` for all that may pass."""
    try:
        with _connect(server) as connection:
            if server.security == "smtp+starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user is not None:
                connection.login(server.user, server.password)
            connection.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        raise TryLater("the mail server refuses our user and password") from error
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        _refuse(server, code, words, error)
    except smtplib.SMTPResponseException as error:
        _refuse(server, error.smtp_code, error.smtp_error, error)
    except OSError as error:  # smtplib's other faults too: the server is away, or hung up
        raise TryLater(f"the mail server cannot be reached: {type(error).__name__}") from error


def _connect(server: SmtpServer) -> smtplib.SMTP:
    if server.security == "smtps":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(server.host, server.port, timeout=SECONDS)


def _refuse(server: SmtpServer, code: int, words: bytes | str, error: Exception) -> None:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    said = without_secrets(said, [server.password])  # a server may repeat what it was told
    if code in _PERMANENT:
        raise NeedsHuman(
            "mail:refused", f"The mail server refuses it: {code} {said}", remedy="Correct the address, or call them."
        ) from error
    raise TryLater(f"the mail server asks to wait: {code} {said}") from error
