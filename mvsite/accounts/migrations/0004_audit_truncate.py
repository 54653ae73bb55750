"""PostgreSQL empties a table with TRUNCATE past the triggers of its rows; this refuses that for the audit log, too."""

from django.db import migrations

GUARD = [
    """CREATE FUNCTION accounts_audit_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM accounts_auditentry) THEN
                RAISE EXCEPTION 'the audit log is only ever added to';
            END IF;
            RETURN NULL;
        END $$""",
    """CREATE TRIGGER accounts_audit_no_truncate BEFORE TRUNCATE ON accounts_auditentry
        FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_refuse_truncate()""",
]


def guard(apps, schema_editor):
    """Put the trigger there; SQLite knows no TRUNCATE."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in GUARD:
            schema_editor.execute(statement)


def unguard(apps, schema_editor):
    """Take it away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION accounts_audit_refuse_truncate() CASCADE")


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_room_holds"),
    ]

    operations = [
        migrations.RunPython(guard, unguard),
    ]
