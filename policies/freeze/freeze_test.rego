package holdfast.policies.freeze_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.freeze

by_person := {
	"kind": "person", "name": "freeze-1", "by": "alice",
	"reason": "the checkout is being repaired", "until": "2026-12-01T08:00:00Z",
}

by_window := {
	"kind": "window", "name": "year-end", "by": "",
	"reason": "nobody is in the shop.", "until": "2027-01-04T07:00:00Z",
}

by_breaker := {
	"kind": "breaker", "name": "breaker-error-rate", "by": "error-rate",
	"reason": "2.5 % of the requests fail", "until": "2026-12-01T08:05:00Z",
}

frozen(freezes) := {"freezes": freezes, "isRevert": false}

judge(request, freeze_fact, facts) := judge_with(request, freeze_fact, facts, {"unavailable": "warn"})

judge_with(request, freeze_fact, facts, parameters) := {"deny": denied, "warn": warned} if {
	asked := {
		"request": request,
		"facts": sample.overlay(
			{"actor": sample.writer, "object": sample.managed, "change": sample.change([sample.image]), "freeze": freeze_fact},
			facts,
		),
		"parameters": parameters,
	}
	denied := freeze.deny with input as asked
	warned := freeze.warn with input as asked
}

nothing := {"deny": set(), "warn": set()}

is_stopped(request, facts) if count(judge(request, frozen([by_person]), facts).deny) == 1

test_a_writers_change_is_refused_while_a_person_has_frozen_it if {
	judge(sample.deployment, frozen([by_person]), {}) == {"warn": set(), "deny": {{
		"code": "freeze_in_force",
		"message": `deployments.apps shop/checkout was not changed: deployments of the Argo CD application "checkout" are frozen until 2026-12-01T08:00:00Z by alice: the checkout is being repaired.`,
		"remedy": "Wait, or end it: holdfast freeze end freeze-1 --reason WHY. In an emergency, change the object by hand under a break-glass grant. Afterwards Flux tries again by itself; in Argo CD, sync the application once more.",
	}}}
}

test_a_window_of_the_configuration_says_where_it_stands if {
	some finding in judge(sample.deployment, frozen([by_window, by_person]), {}).deny
	finding.code == "freeze_in_force"
	finding.message == `deployments.apps shop/checkout was not changed: deployments of the Argo CD application "checkout" are frozen until 2027-01-04T07:00:00Z by the window "year-end": nobody is in the shop, and 1 more.`
	startswith(finding.remedy, `Wait, or change the window "year-end" in freeze.windows of Holdfast's configuration. In an emergency`)
}

test_a_circuit_breaker_has_a_code_of_its_own if {
	some finding in judge(sample.deployment, frozen([by_breaker]), {}).deny
	finding.code == "breaker_open"
	finding.message == `deployments.apps shop/checkout was not changed: deployments of the Argo CD application "checkout" are halted until 2026-12-01T08:05:00Z by the circuit breaker "error-rate": 2.5 % of the requests fail.`
	startswith(finding.remedy, "Wait until the circuit breaker closes, or end it: holdfast freeze end breaker-error-rate --reason WHY. In an emergency")
}

test_creations_and_deletions_deploy_as_well if {
	some finding in judge(object.union(sample.deployment, {"operation": "CREATE"}), frozen([by_person]), {}).deny
	startswith(finding.message, "deployments.apps shop/checkout was not created:")
	some other in judge(object.union(sample.deployment, {"operation": "DELETE"}), frozen([by_person]), {}).deny
	startswith(other.message, "deployments.apps shop/checkout was not deleted:")
}

test_a_revert_to_a_verified_version_passes if {
	judge(sample.deployment, {"freezes": [by_breaker], "isRevert": true}, {}) == nothing
}

test_nothing_is_stopped_where_nothing_is_frozen if {
	judge(sample.deployment, frozen([]), {}) == nothing
}

test_only_what_a_proven_writer_deploys_is_stopped if {
	is_stopped(sample.deployment, {})
	is_stopped(sample.deployment, {"object": sample.by_flux})
	not is_stopped(sample.deployment, {"object": sample.unmanaged})
	not is_stopped(sample.deployment, {"actor": sample.unproven_writer})
	not is_stopped(sample.deployment, {"actor": sample.human})
}

test_what_deploys_nothing_passes if {
	not is_stopped(object.union(sample.deployment, {"dryRun": true}), {})
	not is_stopped(sample.deployment, {"change": sample.no_change})
	not is_stopped(
		sample.request_for("applications", "argoproj.io", {}),
		{"change": sample.change([sample.changed(["status", "sync", "status"], "Synced", "OutOfSync")])},
	)
	not is_stopped(
		object.union(sample.deployment, {
			"operation": "DELETE",
			"oldObject": {"metadata": {"name": "checkout", "deletionTimestamp": "2026-12-01T07:00:00Z"}},
		}),
		{},
	)
}

test_an_update_of_what_is_being_deleted_is_still_one if {
	is_stopped(object.union(sample.deployment, {"oldObject": {"metadata": {"deletionTimestamp": "2026-12-01T07:00:00Z"}}}), {})
}

test_a_creation_is_one_whatever_its_change_says if {
	is_stopped(object.union(sample.deployment, {"operation": "CREATE"}), {"change": sample.no_change})
}

unread := {"freezes": [], "isRevert": false, "unknown": "they may not be read"}

told := {{
	"code": "freeze_unavailable",
	"message": `deployments.apps shop/checkout: nobody can tell now whether somebody has frozen deployments of the Argo CD application "checkout": they may not be read.`,
	"remedy": "Windows of the configuration still count. See whether Holdfast may list and watch freezes.holdfast.dev in its namespace.",
}}

test_what_happens_when_nobody_can_tell_is_a_parameter if {
	judge(sample.deployment, unread, {}) == {"deny": set(), "warn": told}
	judge_with(sample.deployment, unread, {}, {"unavailable": "deny"}) == {"deny": told, "warn": set()}
	judge_with(sample.deployment, unread, {}, {"unavailable": "allow"}) == nothing
	judge(sample.deployment, unread, {"actor": sample.human}) == nothing
}

test_a_known_freeze_is_enough_to_be_refused if {
	findings := judge(sample.deployment, object.union(unread, {"freezes": [by_window]}), {})
	count(findings.deny) == 1
	findings.warn == set()
}
