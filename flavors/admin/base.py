"""Django's classes as the pages of flavors build on them: when they run they take no parameters."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin

from flavors.models import ConfigFlavor, FlavorRevision

if TYPE_CHECKING:
    FlavorModelForm = forms.ModelForm[ConfigFlavor]
    RevisionsInline = admin.TabularInline[FlavorRevision, ConfigFlavor]
    FlavorModelAdmin = admin.ModelAdmin[ConfigFlavor]
    RevisionModelAdmin = admin.ModelAdmin[FlavorRevision]
else:
    FlavorModelForm, RevisionsInline = forms.ModelForm, admin.TabularInline
    FlavorModelAdmin = RevisionModelAdmin = admin.ModelAdmin
