package holdfast.lib.entries_test

import data.holdfast.lib.entries
import data.holdfast.lib.samples_test as sample

offered(actor, paths) := text if {
	text := entries.offer with input as {
		"request": sample.deployment,
		"facts": {"actor": actor, "change": sample.change(paths)},
	}
}

robot := sample.robot("system:serviceaccount:velero:velero")

finalizer := {
	"path": "metadata.finalizers[example.com/cleanup]",
	"segments": ["metadata", "finalizers", "example.com/cleanup"],
	"kind": "added",
}

annotation := {
	"path": `metadata.annotations["example.com/seen"]`,
	"segments": ["metadata", "annotations", "example.com/seen"],
	"kind": "added",
}

of(domain) := object.union(finalizer, {"segments": ["metadata", "finalizers", $"{domain}/x"]})

test_a_new_entry if {
	offered(robot, [finalizer, annotation]) == concat("\n", [
		"",
		"If it may do so, add to identity.operators of Holdfast's configuration:",
		concat("", [
			`- {name: "velero", username: "system:serviceaccount:velero:velero", rules: [{verbs: [UPDATE], groups: ["apps"], `,
			`resources: ["deployments"], paths: ["metadata.finalizers[example.com/cleanup]","metadata.annotations[\"example.com/seen\"]"]}]}`,
		]),
	])
}

test_a_rule_of_an_entry_that_is_there if {
	offered(sample.operator, [finalizer]) == concat("\n", [
		"",
		`If it may do so, add to the rules of "cert-manager" in identity.operators of Holdfast's configuration:`,
		`- {verbs: [UPDATE], groups: ["apps"], resources: ["deployments"], paths: ["metadata.finalizers[example.com/cleanup]"]}`,
	])
}

test_nothing_for_people_and_those_who_wear_a_name if {
	offered(sample.human, [finalizer]) == ""
	offered(sample.impersonated("system:serviceaccount:velero:velero"), [finalizer]) == ""
	offered(sample.node, [finalizer]) == ""
}

test_nothing_for_what_steers if {
	every domain in ["argocd.argoproj.io", "finalizers.fluxcd.io", "kubernetes.io", "foregroundDeletion.k8s.io", "holdfast.dev"] {
		offered(robot, [of(domain)]) == ""
	}
	offered(robot, [object.union(finalizer, {"segments": ["metadata", "finalizers", "orphan"]})]) == ""
}

test_nothing_for_what_git_declares if {
	offered(robot, [finalizer, sample.image]) == ""
	offered(robot, []) == ""
	offered(robot, [finalizer | some _ in numbers.range(1, 9)]) == ""
}

restoring(listed) := text if {
	text := entries.offer with input as {
		"request": sample.request_for("configmaps", "", {"operation": "CREATE"}),
		"facts": {"actor": robot, "change": sample.whole, "object": object.union(sample.managed, {"listed": listed})},
	}
}

test_an_entry_for_a_restore if {
	restoring({"status": "known", "value": true}) == concat("\n", [
		"",
		"If it may do so, add to identity.operators of Holdfast's configuration:",
		concat("", [
			`- {name: "velero", username: "system:serviceaccount:velero:velero", `,
			`rules: [{verbs: [CREATE], groups: [""], resources: ["configmaps"]}]}`,
		]),
	])
	restoring({"status": "known", "value": false}) == ""
	restoring({"status": "unavailable", "reason": "no answer"}) == ""
}

test_an_unlisted_domain_is_no_domain_that_steers if {
	every domain in {"k8s.io.example.com", "notk8s.io"} | sample.words_of_no_rule {
		offered(robot, [of(domain)]) != ""
	}
}

asked(request, actor, facts) := text if {
	text := entries.offer with input as {
		"request": request,
		"facts": object.union({"actor": actor, "change": sample.change([finalizer])}, facts),
	}
}

test_nothing_for_a_writer_or_a_platform_identity_that_notes if {
	every class in ["gitops", "node", "platform"] {
		asked(sample.deployment, object.union(robot, {"class": class, "name": "x"}), {}) == ""
	}
	asked(sample.deployment, object.union(sample.operator, {"proof": {"grade": "none"}}), {}) == ""
	offered(sample.operator, [sample.image]) == ""
}

test_nothing_for_a_list_that_is_cut_or_for_another_operation if {
	asked(sample.deployment, robot, {"change": {"truncated": true}}) == ""
	asked(object.union(sample.deployment, {"operation": "CREATE"}), robot, {}) == ""
}

test_a_subresource_is_named if {
	contains(asked(object.union(sample.deployment, {"subResource": "status"}), robot, {}), `resources: ["deployments/status"]`)
}

test_a_note_is_an_annotation_or_a_finalizer_with_a_domain if {
	every segments in [
		["metadata", "finalizers"],
		["metadata", "finalizers", "example.com/x", "y"],
		["spec", "finalizers", "example.com/x"],
		["metadata", "labels", "example.com/x"],
		["metadata", "annotations", "plain"],
	] {
		offered(robot, [object.union(finalizer, {"segments": segments})]) == ""
	}
	every word in sample.words_of_no_rule {
		offered(robot, [object.union(finalizer, {"segments": ["metadata", word, "example.com/x"]})]) == ""
	}
}

restored := {"change": sample.whole, "object": object.union(sample.managed, {"listed": {"status": "known", "value": true}})}

created := sample.request_for("configmaps", "", {"operation": "CREATE"})

test_only_what_runs_restores_what_is_whole if {
	asked(created, robot, restored) != ""
	asked(object.union(created, {"operation": "DELETE"}), robot, restored) == ""
	asked(object.union(created, {"subResource": "binding"}), robot, restored) == ""
	asked(created, sample.human, restored) == ""
	asked(created, sample.impersonated(robot.username), restored) == ""
}
