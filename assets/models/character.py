"""One portrait that clips can be made from."""

from django.db import models

from assets.models.stored_file import StoredFile, StoredFileQuerySet, one_of, positive


class CharacterSource(models.TextChoices):
    """Where a portrait came from; `product` is the picture of a product, used the same way."""

    GENERATED = "generated"
    UPLOADED = "uploaded"
    PRODUCT = "product"


class CharacterReference(StoredFile):
    """One generated or uploaded portrait; `description` and `seed` are empty for an uploaded one."""

    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    description = models.TextField(blank=True, default="")
    seed = models.BigIntegerField(null=True, blank=True)
    source = models.CharField(max_length=9, choices=CharacterSource.choices)

    objects = StoredFileQuerySet["CharacterReference"].as_manager()

    class Meta(StoredFile.Meta):
        constraints = [
            *StoredFile.Meta.constraints,
            models.CheckConstraint(condition=positive("width", "height"), name="characterreference_has_size"),
            models.CheckConstraint(condition=one_of("source", CharacterSource), name="characterreference_source_known"),
        ]
