package holdfast.policies.deletion_budget_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.deletion_budget

request := sample.request_for("services", "", {"operation": "DELETE", "name": "web"})

denied(deletions, facts) := findings if {
	findings := deletion_budget.deny with input as {
		"request": request,
		"facts": sample.overlay({"actor": sample.writer, "object": sample.managed, "deletions": deletions}, facts),
		"parameters": {"objectsMax": 10, "shareMax": 0.25},
	}
}

is_stopped(deletions) if count(denied(deletions, {})) == 1

counted(deleted, planned, listed, allowed) := {
	"deletedCount": deleted,
	"plannedCount": planned,
	"listedCount": listed,
	"allowedCount": allowed,
}

test_a_few_objects_are_deleted_whatever_their_share if {
	not is_stopped(counted(10, 0, 10, 0))
	is_stopped(counted(11, 0, 11, 0))
}

test_a_share_is_deleted_of_a_large_application if {
	not is_stopped(counted(25, 0, 100, 0))
	is_stopped(counted(26, 0, 100, 0))
	not is_stopped(counted(25, 0, 103, 0))
	is_stopped(counted(26, 0, 103, 0))
}

test_without_a_list_the_number_alone_counts if {
	not is_stopped(counted(10, 0, 0, 0))
	some finding in denied(counted(11, 0, 0, 0), {})
	finding.message == `services shop/web is one of too many: the Argo CD application "checkout" is deleting 11 objects, and 10 are allowed.`
}

test_what_is_planned_counts_from_the_first_deletion_on if {
	some finding in denied(counted(1, 40, 100, 0), {})
	finding == {
		"code": "deletion_budget_exceeded",
		"message": `services shop/web is one of too many: the Argo CD application "checkout" is deleting 40 of its 100 objects, and 25 are allowed.`,
		"remedy": `If this is meant, set the annotation "holdfast.dev/allow-deletions" of the application to "40" in Git, sync again, and take it off afterwards. Else put back what the last commit took away.`,
		"details": {"budget": 25},
	}
	not is_stopped(counted(1, 25, 100, 0))
	is_stopped(counted(26, 25, 100, 0))
}

test_git_allows_more_by_an_annotation if {
	not is_stopped(counted(40, 0, 100, 40))
	is_stopped(counted(41, 0, 100, 40))
	is_stopped(counted(26, 0, 100, 3))
}

test_only_the_writers_deletions_of_what_git_declares_are_judged if {
	much := counted(100, 0, 100, 0)
	count(denied(much, {})) == 1
	count(denied(much, {"object": sample.unmanaged})) == 0
	count(denied(much, {"actor": sample.unproven_writer})) == 0
	count(denied(much, {"actor": sample.human})) == 0
	count(denied(null, {})) == 0
}
