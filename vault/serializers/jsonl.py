"""Django's jsonl serialiser, without models that have sealed columns."""

from django.core.serializers import jsonl as django_jsonl

from vault.serializers import Refusing, refusing


class Serializer(Refusing, django_jsonl.Serializer):
    pass


Deserializer = refusing(django_jsonl.Deserializer)
