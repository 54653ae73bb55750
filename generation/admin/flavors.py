"""Flavors in the admin, as typed: checked, and shown as they would be sent, before they are saved."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from flavors.admin.flavors import ConfigFlavorAdmin
from flavors.models import ConfigFlavor
from flavors.services import flavor_tried
from generation.admin.sent import sent_context

admin.site.unregister(ConfigFlavor)  # flavors know nothing of what is sent, so their page is completed here


@admin.register(ConfigFlavor)
class PreviewedFlavorAdmin(ConfigFlavorAdmin):
    """The page of a flavor, with a preview of what is typed."""

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Show what would be sent of the typed texts, when that is asked for and they are fine."""
        form = context["adminform"].form
        if "_preview" in request.POST and not form.errors:
            name = form.cleaned_data.get("name") or form.instance.name
            with flavor_tried(name=name, documents=form.documents()):
                context["seen"] = sent_context({"flavor": name})
        return super().render_change_form(request, context, *args, **kwargs)
