# What a condition of the policy stops, one by one: with the condition taken out, the request would pass or be explained wrongly.
package holdfast.policies.gitops_only_writes_refusals_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_only_writes

found(request, facts, parameters) := findings if {
	defaults := {"actor": sample.human, "object": sample.managed, "change": sample.change([sample.image])}
	findings := gitops_only_writes.deny with input as {
		"request": request,
		"facts": sample.overlay(defaults, facts),
		"parameters": sample.overlay(sample.parameters, parameters),
	}
}

codes(request, facts) := {finding.code | some finding in found(request, facts, {})}

messages(request, facts) := {finding.message | some finding in found(request, facts, {})}

remedy_begins(request, facts, text) if {
	some finding in found(request, facts, {"orphanEditors": ["bob"], "orphanAfterMs": 600000, "emergency": ""})
	startswith(finding.remedy, text)
}

# Words that no list of the policy has.
others := {"anything", "nodes", "pods", "secrets"}

with_operation(operation) := object.union(sample.deployment, {"operation": operation})

on(subresource) := object.union(sample.deployment, {"subResource": subresource})

test_other_subresources_are_judged if {
	every subresource in others | {"approval", "binding", "ephemeralcontainers", "eviction", "finalize", "resize", "scale", "status"} {
		count(codes(on(subresource), {})) == 1
	}
}

test_where_the_mark_is_lost_only_what_runs_the_cluster_changes_nothing if {
	facts := {"object": sample.lost_mark, "change": sample.no_change}
	every class in others | {"gitops", "other"} {
		actor := object.union(sample.unproven_writer, {"class": class})
		count(codes(sample.deployment, object.union(facts, {"actor": actor}))) == 1
	}
}

test_a_change_of_nothing_passes_in_a_gitops_only_namespace if {
	codes(sample.deployment, {"object": sample.gitops_only, "change": sample.no_change}) == set()
}

test_an_operation_is_ended_only_where_the_mark_is_the_application_s_own if {
	application := sample.request_for("applications", "argoproj.io", {"oldObject": {"operation": {"sync": {}}}})
	phase := sample.changed(["status", "operationState", "phase"], "Running", "Terminating")
	carol := object.union(sample.human, {"username": "carol"})
	facts := {"actor": carol, "change": sample.change([phase])}
	codes(application, facts) == set()
	codes(application, object.union(facts, {"object": sample.lost_mark})) == {"managed_object_changed"}
}

test_free_annotations_are_free_in_an_update_of_the_object_only if {
	note := {"change": sample.change([sample.changed(["metadata", "annotations", "example.com/note"], "", "x")])}
	free := {"allowedAnnotations": ["example.com/note"]}
	found(sample.deployment, note, free) == set()
	count(found(with_operation("CREATE"), note, free)) == 1
	count(found(with_operation("DELETE"), note, free)) == 1
	count(found(on("status"), note, free)) == 1
}

test_a_node_writes_the_status_of_pods_and_claims_and_no_more if {
	status := {"actor": sample.node, "change": sample.change([sample.changed(["status", "phase"], "a", "b")])}
	every resource in ["persistentvolumeclaims", "pods"] {
		codes(sample.request_for(resource, "", {"subResource": "status"}), status) == set()
	}
	every resource in ["anything", "nodes", "secrets"] {
		codes(sample.request_for(resource, "", {"subResource": "status"}), status) == {"managed_object_changed"}
	}
	codes(sample.request_for("pods", "", {}), status) == {"managed_object_changed"}
	codes(sample.request_for("pods", "", {"subResource": "status"}), {"actor": sample.node}) == {"managed_object_changed"}
}

test_a_node_makes_and_ends_pods_and_nothing_else if {
	facts := {"actor": sample.node, "change": sample.whole}
	every operation in ["CREATE", "DELETE"] {
		codes(sample.request_for("pods", "", {"operation": operation}), facts) == set()
		count(codes(sample.request_for("configmaps", "", {"operation": operation}), facts)) == 1
		count(codes(sample.request_for("pods", "", {"operation": operation, "subResource": "binding"}), facts)) == 1
	}
}

refresh := {"change": sample.change([sample.changed(["metadata", "annotations", "argocd.argoproj.io/refresh"], "", "hard")])}

test_a_refresh_is_refused_where_the_configuration_says_so if {
	application := sample.request_for("applications", "argoproj.io", {"name": "checkout", "namespace": "argocd"})
	found(application, refresh, {}) == set()
	count(found(application, refresh, {"allowRefresh": false})) == 1
}

restart := {"change": sample.change([sample.changed(["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"], "a", "b")])}

test_a_restart_is_an_update_of_a_workload if {
	allowed := {"allowRestart": true}
	found(sample.deployment, restart, allowed) == set()
	count(found(with_operation("CREATE"), restart, allowed)) == 1
	count(found(on("status"), restart, allowed)) == 1
	every resource in others | {"jobs", "replicasets"} {
		count(found(sample.request_for(resource, "apps", {}), restart, allowed)) == 1
		count(found(sample.request_for(resource, "", {}), restart, allowed)) == 1
	}
}

annotation(key, kind) := {"change": sample.change([object.union(sample.changed(["metadata", "annotations", key], "a", "b"), {"kind": kind})])}

test_only_a_mark_that_goes_takes_the_object_out_of_git_s_hands if {
	codes(sample.deployment, annotation("argocd.argoproj.io/tracking-id", "removed")) == {"managed_mark_removed"}
	codes(sample.deployment, annotation("argocd.argoproj.io/tracking-id", "changed")) == {"managed_object_changed"}
	every key in others {
		codes(sample.deployment, annotation(key, "removed")) == {"managed_object_changed"}
	}
}

listed(value) := {"object": object.union(sample.managed, {"listed": value})}

unavailable := {"status": "unavailable", "reason": "no answer"}

by_operator(fact) := object.union(fact, {"actor": sample.operator})

test_only_what_an_operator_creates_is_explained_by_what_is_listed if {
	manager := `the Argo CD application "checkout"`
	changed := $"deployments.apps shop/checkout is managed by {manager} and changes only through Git.\nspec.template.spec.containers[app].image: shop/checkout:1.0.0 → evil:latest"
	forged := $"deployments.apps shop/checkout carries the mark of {manager}: only its GitOps controller creates what bears it."
	every value in [{"status": "known", "value": false}, unavailable] {
		messages(sample.deployment, by_operator(listed(value))) == {changed}
		messages(with_operation("CREATE"), listed(value)) == {forged}
	}
	messages(with_operation("CREATE"), by_operator(listed({"status": "known", "value": true}))) == {forged}
}

test_only_a_scale_is_explained_by_its_autoscaler if {
	facts := {"object": object.union(sample.managed, {"scalers": {"status": "known", "value": []}})}
	line := "No autoscaler targets it."
	every message in messages(on("scale"), facts) {
		contains(message, line)
	}
	every request in [sample.deployment, object.union(on("scale"), {"operation": "DELETE"}), object.union(on("scale"), {"operation": "CREATE"})] {
		every message in messages(request, facts) {
			not contains(message, line)
		}
	}
}

left(fact) := {"object": object.union(sample.managed, {"leftBehind": fact}), "source": object.union(sample.source, {"operation": "absent", "repository": ""})}

test_what_is_created_is_no_orphan if {
	every fact in [left({"goneForMs": 600000}), left({"goneForMs": 1000}), {"source": object.union(sample.source, {"operation": "absent"})}] {
		remedy_begins(with_operation("CREATE"), fact, "Leave its mark to the controller, and create it")
	}
}

test_what_another_application_lists_is_no_orphan if {
	every age in [1000, 600000] {
		remedy_begins(with_operation("DELETE"), left({"goneForMs": age, "listedBy": "argocd/other"}), "Remove it")
	}
}

test_a_subresource_is_no_orphan if {
	every age in [1000, 600000] {
		remedy_begins(on("scale"), left({"goneForMs": age}), "Change spec.replicas")
	}
}

test_where_no_command_releases_none_is_named if {
	fact := left({"goneForMs": 600000})
	unmarked := object.union(fact, {"object": {"mark": "managedFields of argocd-controller"}})
	remedy_begins(with_operation("DELETE"), unmarked, concat("", [
		"Its application is gone. Declare it in an application in Git again, or let an account in ",
		"ownership.orphans.editors delete it.",
	]))
}

offers(change) if {
	actor := sample.robot("system:serviceaccount:notes:notes")
	some finding in found(sample.deployment, {"actor": actor, "change": change}, {})
	contains(finding.remedy, "identity.operators")
}

test_an_entry_is_offered_once if {
	note := sample.changed(["metadata", "annotations", "example.com/note"], "", "x")
	offers(sample.change([note]))
	not offers(sample.protected_change(note))
}

test_a_binding_is_changed_and_not_put if {
	remedy_begins(sample.request_for("bindings", "", {"operation": "CREATE"}), {}, "Change it in ")
}

test_any_folder_is_named if {
	every folder in others {
		remedy_begins(sample.deployment, {"source": object.union(sample.source, {"path": folder})}, $"Change it under {folder} in ")
	}
}
