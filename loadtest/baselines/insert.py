"""The floor of a write: a plain view that inserts the row of the record and the audit row, and nothing else.

No token, no check, no gate; the values lie ready. The table is the real one, with its indexes, constraints and search
trigger, and both rows are committed together before the answer.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from uuid_utils.compat import uuid7

BODY = b'{"created": true}'
VITAL = '{"temperature_c": 37.0, "heart_rate": 88, "systolic": 104, "diastolic": 66}'
TYPED = """{"temperature": {"value": "98.6", "unit": "F"}, "heart_rate": {"value": "88", "unit": "/min"},
    "systolic": {"value": "104", "unit": "mmHg"}, "diastolic": {"value": "66", "unit": "mmHg"}}"""
RECORD = """
INSERT INTO records_healthrecord (id, student_id, status, status_reason, flags, source, version, created_at, updated_at,
    confidential, type, date, description, notes, provider, code_system, code, result, vital, vital_typed)
VALUES (%s, %s, 'final', '', '{}', 'charted', 1, now(), now(), false, 'VITAL_SIGNS_CHECK', %s, 'Vital signs', '', '',
    '', '', '', %s::jsonb, %s::jsonb)
"""
AUDIT = """
INSERT INTO access_auditevent (actor_id, student_id, action, door, outcome, reason, request_id)
VALUES (NULL, %s, 'vital_signs_recorded', 'api', 'granted', '', '')
"""


@csrf_exempt
@login_not_required
def insert(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Insert both rows; 201."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RECORD, [uuid7(), student_id, timezone.localdate(), VITAL, TYPED])
        cursor.execute(AUDIT, [student_id])
    return HttpResponse(BODY, status=201, content_type="application/json", headers={"Content-Length": str(len(BODY))})
