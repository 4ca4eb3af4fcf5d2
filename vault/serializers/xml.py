"""Django's xml serialiser, without models that have sealed columns."""

from django.core.serializers import xml_serializer as django_xml

from vault.serializers import Refusing, refusing


class Serializer(Refusing, django_xml.Serializer):
    pass


Deserializer = refusing(django_xml.Deserializer)
