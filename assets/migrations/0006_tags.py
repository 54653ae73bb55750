"""Tags are found by words and by themselves. SQLite has no such indexes: there the newest rows are looked through."""

from django.db import migrations

# The very same expression as `assets/search.py` asks for.
WORDS = 'CREATE INDEX "assets_video_words" ON "assets_video" USING gin (studio_words("title", {told}))'


def add_tags(apps, schema_editor):
    """Index the words of a video's tags with the others, and the tags."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('DROP INDEX "assets_video_words"')
        schema_editor.execute(WORDS.format(told='"metadata" || "tags"'))
        schema_editor.execute('CREATE INDEX "assets_video_tags" ON "assets_video" USING gin ("tags" jsonb_path_ops)')


def remove_tags(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('DROP INDEX "assets_video_tags"')
        schema_editor.execute('DROP INDEX "assets_video_words"')
        schema_editor.execute(WORDS.format(told='"metadata"'))


class Migration(migrations.Migration):

    dependencies = [
        ("assets", "0005_ratings"),
    ]

    operations = [
        migrations.RunPython(add_tags, remove_tags),
    ]
