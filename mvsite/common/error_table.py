"""Every error code with its HTTP status, its title and what to do next: the one table of texts.

A code is `family:subject:reason`. The families say whose fault it is: `user` (the request),
`provider` (the vendor), `media` (the bytes), `app` (us).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorText:
    """How one code is answered: HTTP status, a short title, and the next step in a person's words."""

    status: int
    title: str
    next_step: str = ""


ERRORS: dict[str, ErrorText] = {
    "user:request:invalid": ErrorText(400, "Some fields need attention", "Correct the fields named and send it again."),
    "user:request:malformed": ErrorText(400, "The request cannot be read", "Send well-formed JSON in UTF-8."),
    "user:request:malformed_id": ErrorText(400, "That is not an id", "Ids are UUIDs; copy one from the studio."),
    "user:request:not_found": ErrorText(404, "Not found", "It may be in the trash, or the address is mistyped."),
    "user:request:method": ErrorText(405, "This address does not do that", "See /api/docs/ for what it does."),
    "user:request:not_acceptable": ErrorText(406, "No such format", "Ask for application/json."),
    "user:request:media_type": ErrorText(
        415, "This kind of body is not read here", "See /api/docs/ for the right one."
    ),
    "user:request:too_large": ErrorText(413, "Too large", "Send a smaller file or text."),
    "user:request:throttled": ErrorText(429, "Too many requests", "Wait as long as Retry-After says."),
    "user:request:cross_site": ErrorText(
        403, "Refused: the request comes from another site", "Open the studio itself."
    ),
    "user:request:host": ErrorText(
        400,
        "This host name is not served",
        "Use a name that ALLOWED_HOSTS lists; without a log-in that is 127.0.0.1 or localhost.",
    ),
    "user:request:remote": ErrorText(
        403,
        "This studio has no log-in and serves its own machine only",
        "Open it there, without a proxy in between; or whoever runs it sets MV_AUTH=required.",
    ),
    "user:url:refused": ErrorText(400, "This address cannot be used", "Upload the file instead."),
    "user:link:refused": ErrorText(403, "This link does not work (any more)", "Ask for a new one."),
    "user:download:not_installed": ErrorText(
        400, "YouTube import is not installed", "Upload the song as a file, or install it: ./studio youtube."
    ),
    "user:download:link": ErrorText(400, "This is not the link of one YouTube video", "Copy the video's own address."),
    "user:download:private": ErrorText(422, "This video is not for everybody", "Choose another, or upload the song."),
    "user:download:removed": ErrorText(422, "There is no such video (any more)", "Choose another, or upload the song."),
    "user:download:age": ErrorText(
        422, "YouTube shows this video to grown-ups who are signed in only", "Choose another, or upload the song."
    ),
    "user:download:region": ErrorText(
        422, "YouTube does not show this video in this country", "Choose another, or upload the song."
    ),
    "user:download:live": ErrorText(422, "This is live, or yet to come", "Wait until it is over, or choose another."),
    "user:download:too_large": ErrorText(422, "The sound of this video is too large", "Choose another video."),
    "user:model:retired": ErrorText(400, "This model is no longer offered", "Name its successor."),
    "user:auth:required": ErrorText(401, "Please sign in", "Sign in, or send a token."),
    "user:account:shut": ErrorText(
        403, "The account is shut", "Nothing more is bought for it. Staff can open it again."
    ),
    "user:auth:forbidden": ErrorText(403, "Not allowed", "Ask the owner for access."),
    "user:idempotency:mismatch": ErrorText(
        422, "This Idempotency-Key was used with another body", "Use a new key for a new request."
    ),
    "user:idempotency:malformed": ErrorText(
        400, "The Idempotency-Key cannot be used", "Use 1 to 255 printable characters."
    ),
    "user:cost:confirm": ErrorText(
        409, "Please confirm the price", "Send it again with confirm_cost_usd at or above the estimate."
    ),
    "user:cost:over_budget": ErrorText(402, "Over budget", "Raise the budget or make less."),
    "user:quota:jobs": ErrorText(429, "Too many jobs at once", "Wait until one has ended, or cancel one."),
    "user:quota:storage": ErrorText(
        409,
        "Your storage is full",
        "Throw away what you do not need: it is free when the trash is emptied. Or ask for more room.",
    ),
    "user:media:not_ready": ErrorText(409, "Still being made", "Ask again after Retry-After, or follow the job."),
    "user:media:failed": ErrorText(404, "It could not be made", "See the job for the reason; retry it there."),
    "user:media:missing": ErrorText(404, "A clip or song that was named does not exist", "Check the ids."),
    "user:media:range": ErrorText(416, "The range lies outside the file", "Ask for bytes inside the file."),
    "user:project:incomplete": ErrorText(
        400, "The project is not complete", "Give it what is missing and start again."
    ),
    "user:project:nothing_to_stitch": ErrorText(409, "There is no finished clip yet", "Make at least one clip first."),
    "user:scene:busy": ErrorText(409, "This is being worked on already", "Wait for it or cancel it."),
    "user:lipsync:running": ErrorText(409, "A lip-sync of this clip is already running", "Wait for it or cancel it."),
    "user:flavor:changed": ErrorText(
        409, "The flavor was changed meanwhile", "Read it again, and put your changes into what it says now."
    ),
    "user:job:final": ErrorText(409, "The job has ended already", "Look at its result; a failed one can be retried."),
    "user:job:not_retryable": ErrorText(409, "Only a failed or canceled job can be retried", "Wait for it to end."),
    "user:job:superseded": ErrorText(
        409, "The project has a newer video", "Re-stitch in the studio to put the current clips together."
    ),
    "user:job:canceled": ErrorText(409, "Canceled", "Retry it when you want it after all."),
    "user:job:needs_review": ErrorText(
        409,
        "Something may have been bought and nobody can tell",
        "Look at the provider's list, then decide on the job's page; staff may decide, too.",
    ),
    "user:job:not_in_review": ErrorText(409, "This job does not wait for a decision", "Nothing to decide."),
    "provider:call:refused": ErrorText(
        422, "Refused by the provider's safety filter", "Change the words and try again."
    ),
    "provider:call:busy": ErrorText(429, "The provider is busy", "Retry later, or choose another provider."),
    "provider:call:failed": ErrorText(502, "The provider failed", "Retry; if it stays, choose another provider."),
    "provider:call:slow": ErrorText(504, "The provider took too long", "Retry, or choose a faster model."),
    "provider:call:auth": ErrorText(502, "The provider does not accept the key", "Check the key in the settings."),
    "provider:call:credit": ErrorText(402, "No credit left at the provider", "Top up the account there, then retry."),
    "provider:call:invalid": ErrorText(502, "The provider does not accept the request", "Change the parameters."),
    "provider:call:gone": ErrorText(502, "The provider no longer has this model", "Choose its successor."),
    "provider:answer:bad": ErrorText(502, "The provider's answer cannot be used", "Retry."),
    "provider:download:bot": ErrorText(
        502,
        "YouTube asks this machine to prove that it is no bot",
        "Upload the song as a file; or whoever runs the studio sets MV_YOUTUBE_COOKIES.",
    ),
    "provider:download:forbidden": ErrorText(
        502, "YouTube refuses to hand out the sound", "Retry later, or upload the song as a file."
    ),
    "provider:download:busy": ErrorText(
        429,
        "YouTube does not answer properly",
        "It was tried several times; retry later, or upload the song as a file.",
    ),
    "provider:download:slow": ErrorText(504, "The download took too long", "Retry, or upload the song as a file."),
    "provider:download:failed": ErrorText(
        502, "The song could not be downloaded", "Retry later, or upload the song as a file."
    ),
    "provider:feature:missing": ErrorText(
        400, "No provider can make this", "Ask for less, or configure another provider."
    ),
    "media:file:empty": ErrorText(422, "The file is empty", "Choose another file."),
    "media:file:type": ErrorText(422, "This kind of file is not taken here", "See which kinds are taken."),
    "media:file:unreadable": ErrorText(422, "The file cannot be read", "It may be damaged; try another copy."),
    "media:file:too_long": ErrorText(422, "Too long", "Cut it shorter first."),
    "media:file:too_large": ErrorText(422, "Too large in pixels", "Make the picture smaller first."),
    "media:clip:unreadable": ErrorText(422, "A clip cannot be read", "Make that clip again, or leave it out."),
    "media:audio:silent_window": ErrorText(400, "The part asked for lies past the end of the song", "Start earlier."),
    "app:render:failed": ErrorText(500, "The video could not be put together", "Retry; the clips are safe."),
    "app:render:check": ErrorText(500, "The finished file did not pass its check", "Retry; the clips are safe."),
    "app:storage:failed": ErrorText(500, "The file could not be stored", "Check the disk, then retry."),
    "app:storage:away": ErrorText(503, "The cloud storage does not answer", "Try again in a moment."),
    "app:storage:full": ErrorText(507, "The disk is full", "Free some space, then try again."),
    "app:job:poison": ErrorText(500, "The job broke down too often", "Retry it; if it stays, report it."),
    "app:job:deadline": ErrorText(504, "The job ran out of time", "Retry it."),
    "app:flavor:broken": ErrorText(
        500, "The flavor default cannot be read", "Run sync_flavors; it names file and line."
    ),
    "app:server:error": ErrorText(500, "Something broke on our side", "Try again; the request id helps to find it."),
    "app:server:busy": ErrorText(503, "The studio is starting or overloaded", "Try again in a moment."),
}
