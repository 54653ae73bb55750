"""Room that is kept free for what is on its way in."""

from django.conf import settings
from django.db import models

from mvsite.common.models import UUIDModel


class RoomHold(UUIDModel):
    """Bytes that an upload under way will need; what its process leaves behind when it dies counts until `until`."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    size_bytes = models.PositiveBigIntegerField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size_bytes} bytes until {self.until}"
