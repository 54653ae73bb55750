"""Who is asking, how they prove it, and what was done by others than the owner."""

from mvsite.accounts.models.audit import AuditEntry
from mvsite.accounts.models.hold import RoomHold
from mvsite.accounts.models.one_time_link import LinkKind, OneTimeLink
from mvsite.accounts.models.token import SCOPES, ApiToken
from mvsite.accounts.models.user import User

__all__ = ["SCOPES", "ApiToken", "AuditEntry", "LinkKind", "OneTimeLink", "RoomHold", "User"]
