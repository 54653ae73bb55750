"""Projects are found by a tag. SQLite has no such index: there the newest rows are looked through."""

from django.db import migrations


def add_tags(apps, schema_editor):
    """Index the tags."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            'CREATE INDEX "generation_project_tags" ON "generation_project" USING gin ("tags" jsonb_path_ops)'
        )


def remove_tags(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('DROP INDEX "generation_project_tags"')


class Migration(migrations.Migration):

    dependencies = [
        ("generation", "0012_job_request_id"),
    ]

    operations = [
        migrations.RunPython(add_tags, remove_tags),
    ]
