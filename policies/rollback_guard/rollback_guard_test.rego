package holdfast.policies.rollback_guard_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.rollback_guard

old := "0123456789abcdef0123456789abcdef01234567"

new := "89abcdef0123456789abcdef0123456789abcdef"

# A rollback to a version that was verified.
verified := {
	"revision": old, "previousRevision": new, "isRollback": true, "isVerified": true,
	"rollbackCount": 1, "frozenUntil": "",
}

unverified := object.union(verified, {"isVerified": false})

frozen := object.union(verified, {"frozenUntil": "2026-11-30T12:30:00.000Z"})

denied(rollback, facts) := judge(sample.deployment, rollback, facts)

judge(request, rollback, facts) := findings if {
	findings := rollback_guard.deny with input as {
		"request": request,
		"facts": sample.overlay({"actor": sample.writer, "change": changed([["spec", "replicas"]]), "object": sample.managed, "rollback": rollback}, facts),
		"parameters": {},
	}
}

changed(paths) := {
	"semantic": true, "truncated": false, "protectedKeys": [],
	"paths": [{"path": concat(".", segments), "segments": segments, "kind": "added", "to": "x"} | some segments in paths],
}

# The writer keeps the state of an Application that another one declares.
state(old, new) := object.union(
	sample.request_for("applications", "argoproj.io", {"operation": "UPDATE", "name": "child"}),
	{"oldObject": old, "object": new},
)

child := {"metadata": {"name": "child"}, "spec": {"project": "default"}, "status": {"health": "Healthy"}}

codes(findings) := {finding.code | some finding in findings}

test_a_rollback_goes_to_a_verified_version if {
	denied(verified, {}) == set()
	denied(unverified, {}) == {{
		"code": "rollback_unverified",
		"message": `deployments.apps shop/checkout was not written: this rolls the Argo CD application "checkout" back from version 89abcdef0123 to 0123456789ab, which is not verified.`,
		"remedy": "Go on to a new commit instead (git revert), or roll back to a version that is verified (holdfast lineage list).",
	}}
}

test_a_newer_version_needs_no_proof if {
	denied(object.union(unverified, {"isRollback": false}), {}) == set()
}

test_the_first_version_and_the_same_one_pass if {
	denied(object.union(unverified, {"isRollback": false, "previousRevision": ""}), {}) == set()
}

test_a_frozen_application_keeps_its_version_whatever_the_next_one_is if {
	denied(frozen, {}) == {{
		"code": "application_frozen",
		"message": `deployments.apps shop/checkout was not written: the Argo CD application "checkout" was rolled back too often and keeps its version until 2026-11-30T12:30:00.000Z; this is version 0123456789ab.`,
		"remedy": "Find out what brings it back to the version that was rolled back, and end that in Git. A version that a pipeline verifies meanwhile is let in (holdfast lineage verify).",
	}}
	codes(denied(object.union(frozen, {"isRollback": false}), {})) == {"application_frozen"}
	codes(denied(object.union(frozen, {"isVerified": false}), {})) == {"application_frozen"}
}

test_each_source_of_a_version_is_named if {
	several := object.union(unverified, {"revision": $"{old}+{new}", "previousRevision": $"{new}+{old}"})
	some finding in denied(several, {})
	contains(finding.message, "from version 89abcdef0123+0123456789ab to 0123456789ab+89abcdef0123, which")
}

test_only_what_a_proven_writer_changes_of_what_git_declares_is_judged if {
	every rollback in [unverified, frozen] {
		count(denied(rollback, {})) == 1
		denied(rollback, {"object": sample.unmanaged}) == set()
		denied(rollback, {"actor": sample.unproven_writer}) == set()
		denied(rollback, {"actor": sample.human}) == set()
	}
}

test_where_versions_are_not_noted_nothing_is_judged if {
	denied(null, {}) == set()
}

test_a_dry_run_stores_nothing if {
	judge(object.union(sample.deployment, {"dryRun": true}), unverified, {}) == set()
	count(judge(object.union(sample.deployment, {"dryRun": false}), unverified, {})) == 1
}

test_a_controller_keeps_its_finalizers if {
	finalizer := changed([["metadata", "finalizers", "finalizers.fluxcd.io"]])
	denied(unverified, {"change": finalizer}) == set()
	cut := object.union(finalizer, {"truncated": true})
	count(denied(unverified, {"change": cut})) == 1
	more := changed([["metadata", "finalizers", "finalizers.fluxcd.io"], ["data", "key"]])
	count(denied(unverified, {"change": more})) == 1
	labelled := changed([["metadata", "labels", "team"]])
	count(denied(unverified, {"change": labelled})) == 1
	created := object.union(sample.deployment, {"operation": "CREATE"})
	count(judge(created, unverified, {"change": finalizer})) == 1
}

test_a_controller_keeps_the_status_of_an_application if {
	degraded := object.union(child, {"metadata": {"generation": 2}, "status": {"health": "Degraded"}})
	judge(state(child, degraded), unverified, {}) == set()
	judge(state(child, object.union(degraded, {"operation": {"sync": {}}})), unverified, {}) == set()
}

test_what_an_application_says_is_of_a_version if {
	other := object.union(child, {"spec": {"project": "other"}})
	count(judge(state(child, other), unverified, {})) == 1
	labelled := object.union(child, {"metadata": {"labels": {"team": "blue"}}})
	count(judge(state(child, labelled), unverified, {})) == 1
	count(judge(object.union(state(child, child), {"operation": "DELETE"}), unverified, {})) == 1
	foreign := {"resource": {"group": "example.com", "version": "v1", "resource": "applications"}}
	count(judge(object.union(state(child, child), foreign), unverified, {})) == 1
}
