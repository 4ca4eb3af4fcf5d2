"""Timed work: each piece runs, one that fails does not keep the others from running, and both are kept."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import TimedWork

pytestmark = pytest.mark.django_db
ran = []


def well(now):
    ran.append(now)
    return "did it"


def badly(now):
    raise ValueError("Segdewren")


def test_one_failure_stops_no_other_work_and_tells_no_value(settings, caplog):
    settings.TICKS = [f"{__name__}.badly", f"{__name__}.well"]
    ran.clear()
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 piece of timed work failed"):
        call_command("tick", stdout=out, stderr=err)
    assert len(ran) == 1
    assert "did it" in out.getvalue()
    assert "failed (ValueError)" in err.getvalue()
    assert "Segdewren" not in err.getvalue() + out.getvalue()
    kept = {row.name.rpartition(".")[2]: row for row in TimedWork.objects.all()}
    assert kept["badly"].failure == "ValueError"
    assert kept["badly"].done_at is None
    assert kept["well"].done_at == ran[0]
