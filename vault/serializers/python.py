"""Django's python serialiser, without models that have sealed columns."""

from django.core.serializers import python as django_python

from vault.serializers import Refusing, refusing


class Serializer(Refusing, django_python.Serializer):
    pass


Deserializer = refusing(django_python.Deserializer)
