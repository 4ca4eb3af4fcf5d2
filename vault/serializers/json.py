"""Django's json serialiser, without models that have sealed columns."""

from django.core.serializers import json as django_json

from vault.serializers import Refusing, refusing


class Serializer(Refusing, django_json.Serializer):
    pass


Deserializer = refusing(django_json.Deserializer)
