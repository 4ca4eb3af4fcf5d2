"""Django's yaml serialiser, without models that have sealed columns."""

from django.core.serializers import pyyaml as django_yaml

from vault.serializers import Refusing, refusing


class Serializer(Refusing, django_yaml.Serializer):
    pass


Deserializer = refusing(django_yaml.Deserializer)
