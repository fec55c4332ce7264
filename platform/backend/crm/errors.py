"""What can go wrong with customers, each with a stable code."""

from __future__ import annotations

from backend.common.problems import Problem


class CustomerNotFound(Problem):
    status_code = 404
    code = "customer-not-found"
    title = "Customer not found"


class CustomerMerged(Problem):
    """Carries `merged_into`, the id of the customer as whom this one lives on."""

    status_code = 410
    code = "customer-merged"
    title = "This customer was merged into another"


class CustomerErased(Problem):
    status_code = 409
    code = "customer-erased"
    title = "This customer was erased and can't be changed"


class MergeIntoItself(Problem):
    status_code = 409
    code = "merge-into-itself"
    title = "A customer can't be merged into itself"


class DuplicateNotFound(Problem):
    status_code = 404
    code = "duplicate-not-found"
    title = "The duplicate was not found"


class DuplicateAlreadyMerged(Problem):
    """Carries `merged_into`."""

    status_code = 409
    code = "duplicate-already-merged"
    title = "The duplicate was merged before"


class DuplicateErased(Problem):
    status_code = 409
    code = "duplicate-erased"
    title = "An erased customer can't be merged"


class NoteNotFound(Problem):
    status_code = 404
    code = "note-not-found"
    title = "Note not found"


class ImportNotFound(Problem):
    status_code = 404
    code = "import-not-found"
    title = "Import not found"


class TagLimitReached(Problem):
    status_code = 409
    code = "tag-limit-reached"
    title = "There are too many different tags already; use one of them"
