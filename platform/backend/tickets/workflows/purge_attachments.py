from __future__ import annotations

from typing import Final

from django.utils import timezone

from backend.common import files
from backend.common.leader import PURGE_OF_ATTACHMENTS, leadership
from backend.tickets.models import Attachment
from backend.tickets.models.attachment import GRACE, KEPT_WITHOUT_A_MESSAGE

BATCH: Final = 100


def purge_attachments() -> int:
    """Deletes what was announced and never sent along, with the files. How many.

    In batches, each file before its row, so that whatever interrupts it, the next run goes on. They
    can't be sent any more, or a message might lose its file. Raises AnotherRuns, StoreFailed.
    """
    over = timezone.now() - KEPT_WITHOUT_A_MESSAGE - GRACE
    unsent = Attachment.objects.filter(message__isnull=True, created_at__lt=over)
    deleted = 0
    with leadership(PURGE_OF_ATTACHMENTS):
        while batch := list(unsent.order_by("created_at")[:BATCH]):
            for attachment in batch:
                files.delete(attachment.uploaded_as)
            Attachment.objects.filter(pk__in=[each.pk for each in batch]).delete()
            deleted += len(batch)
    return deleted
