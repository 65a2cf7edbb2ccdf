"""Writing to people of the staff (spec SEC-2).

At least once, with the Message-ID of the piece of work. A letter that is sent again has another token, and both are
good: whichever copy a mail program shows, its link works.
"""

from jobs.mail.letters import Letter
from jobs.mail.people import person_letter
from jobs.mail.server import compose, deliver
from jobs.runtime import Runtime
from jobs.work import Work, finishing
from omnisales_sdk import NeedsHuman

from .mail import NO_SERVER

REMEDY = "Set up a mail server, or hand over a link: omnisales people reset-link."


def send(runtime: Runtime, work: Work) -> None:
    """Sends the letter that the row names, unless there is nobody to write to."""
    server, sender = runtime.settings.smtp, runtime.settings.mail_from
    if server is None or sender is None:
        raise NeedsHuman("mail:no_server", NO_SERVER, remedy=REMEDY)
    letter = runtime.run(_write(runtime, work))
    if letter is not None:
        message_id = f"<{work.payload['letter']}.{work.id}@{sender.rpartition('@')[2].rstrip('> ')}>"
        deliver(server, compose(letter, sender, message_id))
    runtime.run(_end(runtime, work))


async def _write(runtime: Runtime, work: Work) -> Letter | None:
    """The token is committed before it is sent: a link that somebody reads works."""
    async with runtime.database.begin() as session:
        return await person_letter(session, runtime.settings, work)


async def _end(runtime: Runtime, work: Work) -> None:
    async with finishing(runtime, work):
        pass
