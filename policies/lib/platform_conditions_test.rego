# What each condition of a row lets through, and what it stops.
package holdfast.lib.platform_conditions_test

import data.holdfast.lib.platform
import data.holdfast.lib.samples_test as sample

# Words that no list has.
others := {"anything", "nodes", "pods", "secrets"}

holds(condition, request, object_fact, paths) if {
	scope := {"object": object_fact, "change": sample.change(paths)}
	platform.holds({"condition": condition, "owner": "ReplicaSet.apps", "label": "by", "value": "us"}, request, scope)
}

asked(operation, before, after) := {
	"operation": operation, "namespace": "shop", "name": "a",
	"resource": {"group": "", "version": "v1", "resource": "pods"},
	"oldObject": before, "object": after,
}

owner := {"kind": "ReplicaSet", "apiVersion": "apps/v1", "name": "a", "uid": "1", "controller": true}

owned := {"metadata": {"ownerReferences": [owner]}}

claimed(name, uid) := {"spec": {"claimRef": {"namespace": "shop", "name": name, "uid": uid}}}

finished := {
	"spec": {"ttlSecondsAfterFinished": 5},
	"status": {"conditions": [{"type": "Complete", "status": "True"}]},
}

going := {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}

labelled(labels) := {"metadata": {"labels": labels}}

served := labelled({"kube-aggregator.kubernetes.io/automanaged": "onstart"})

gone_claim := {"claim": {"status": "known", "value": "gone"}}

volume := {"spec": {"persistentVolumeReclaimPolicy": "Delete"}}

scaler := {"name": "a", "replicasMin": 1, "replicasMax": 5, "managed": true}

scalers := {"scalers": {"status": "known", "value": [scaler]}}

added := {"segments": ["metadata", "finalizers", "a/b"], "kind": "added"}

token := {"type": "kubernetes.io/service-account-token"}

# For each condition something that it lets through.
let_through := [
	["aggregated", asked("UPDATE", {"aggregationRule": {"clusterRoleSelectors": [{}]}}, {}), {}, []],
	["autoscaled", asked("UPDATE", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}), scalers, []],
	["bound_as_before", asked("UPDATE", {}, claimed("a", "1")), {}, []],
	["bound_as_before", asked("UPDATE", {}, {}), {}, []],
	["bound_as_before", asked("UPDATE", claimed("a", "1"), claimed("a", "1")), {}, []],
	["bound_as_before", asked("UPDATE", claimed("a", "1"), claimed("b", "2")), gone_claim, []],
	["child", asked("CREATE", null, owned), {}, []],
	["deleting", asked("UPDATE", going, {}), {}, []],
	["disowns", asked("UPDATE", {}, {}), {}, []],
	["expiring", asked("DELETE", finished, null), {}, []],
	["guarding", asked("UPDATE", {}, {}), {}, [added]],
	["guarding", asked("UPDATE", going, {}), {}, [object.union(added, {"kind": "removed"})]],
	["keeps_addresses", asked("UPDATE", {}, {}), {}, []],
	["labelled", asked("UPDATE", labelled({"by": "us"}), labelled({"by": "us"})), {}, []],
	["local", asked("UPDATE", served, served), {}, []],
	["not_ready", asked("DELETE", {"status": {"conditions": [{"type": "MemoryPressure", "status": "True"}, {"type": "Ready", "status": "Unknown"}]}}, null), {}, []],
	["owned", asked("DELETE", owned, null), {"owners": [{"uid": "1", "state": "gone"}]}, []],
	["released", asked("DELETE", volume, null), gone_claim, []],
	["replaceable", asked("DELETE", owned, null), {}, []],
	["replaceable", asked("DELETE", {"status": {"phase": "Failed"}}, null), {}, []],
	["retention", asked("UPDATE", owned, owned), {}, []],
	["terminating", asked("DELETE", {}, null), {"namespaceTerminating": true}, []],
	["token_secret", asked("CREATE", null, token), {}, []],
]

test_each_condition_lets_through_what_it_is_there_for if {
	every given in let_through {
		holds(given[0], given[1], given[2], given[3])
	}
}

test_no_condition_stands_for_another if {
	every given in let_through {
		not holds("of nobody", given[1], given[2], given[3])
	}
}

test_aggregated_roles_have_selectors if {
	not holds("aggregated", asked("UPDATE", {"aggregationRule": {"clusterRoleSelectors": []}}, {}), {}, [])
	not holds("aggregated", asked("UPDATE", {}, {}), {}, [])
}

child_of(changes) if holds("child", asked("CREATE", null, {"metadata": {"ownerReferences": [object.union(owner, changes)]}}), {}, [])

test_a_child_has_the_controller_of_its_row if {
	not child_of({"controller": false})
	not child_of({"kind": "Job"})
	not child_of({"apiVersion": "batch/v1"})
}

test_what_is_collected_has_lost_all_owners if {
	gone := {"uid": "1", "state": "gone"}
	not holds("owned", asked("DELETE", {}, null), {"owners": []}, [])
	not holds("owned", asked("DELETE", {"metadata": {"ownerReferences": []}}, null), {"owners": []}, [])
	not holds("owned", asked("DELETE", owned, null), {"owners": []}, [])
	not holds("owned", asked("DELETE", owned, null), {"owners": [gone, gone]}, [])
	every state in others | {"deleting", "present", "unknown"} {
		not holds("owned", asked("DELETE", owned, null), {"owners": [{"uid": "1", "state": state}]}, [])
	}
}

disowns(path) if holds("disowns", asked("UPDATE", {}, {}), {}, [path])

test_an_owner_is_taken_off_and_told_not_to_wait if {
	disowns({"segments": ["metadata", "finalizers", "x"], "kind": "removed"})
	not disowns({"segments": ["metadata", "finalizers", "x"], "kind": "added"})
	not disowns({"segments": ["metadata", "labels", "x"], "kind": "removed"})
	disowns({"segments": ["metadata", "ownerReferences", "1"], "kind": "removed"})
	not disowns({"segments": ["metadata", "ownerReferences", "1"], "kind": "changed"})
	not disowns({"segments": ["metadata", "ownerReferences", "1", "controller"], "kind": "removed"})
	not disowns({"segments": ["metadata", "ownerReferences"], "kind": "removed"})
	disowns({"segments": ["metadata", "ownerReferences", "1", "blockOwnerDeletion"], "kind": "changed"})
	not disowns({"segments": ["metadata", "ownerReferences", "1", "uid"], "kind": "changed"})
	not disowns({"segments": ["metadata", "labels", "1", "blockOwnerDeletion"], "kind": "changed"})
}

test_only_an_owner_that_ends_is_taken_off if {
	cut := asked("UPDATE", owned, {})
	path := {"segments": ["metadata", "ownerReferences", "1"], "kind": "removed"}
	holds("disowns", cut, {"owners": [{"uid": "1", "state": "gone"}]}, [path])
	not holds("disowns", cut, {"owners": [{"uid": "2", "state": "gone"}]}, [path])
	every state in others | {"present", "unknown"} {
		not holds("disowns", cut, {"owners": [{"uid": "1", "state": state}]}, [path])
	}
}

expires(changes) if holds("expiring", asked("DELETE", sample.overlay(finished, changes), null), {}, [])

test_a_job_goes_when_it_says_so_and_has_finished if {
	not expires({"spec": {}})
	not expires({"spec": {"ttlSecondsAfterFinished": "5"}})
	not expires({"status": {"conditions": [{"type": "Complete", "status": "False"}]}})
	every type in others | {"Suspended"} {
		not expires({"status": {"conditions": [{"type": type, "status": "True"}]}})
	}
}

test_what_was_not_deleted_is_not_finished_off if {
	not holds("deleting", asked("UPDATE", {}, {}), {}, [])
	not holds("guarding", asked("UPDATE", {}, {}), {}, [object.union(added, {"kind": "removed"})])
	not holds("terminating", asked("DELETE", {}, null), {"namespaceTerminating": false}, [])
}

test_an_apiservice_of_the_api_server_is_its_own if {
	every value in others | {"false"} {
		not holds("local", asked("CREATE", null, labelled({"kube-aggregator.kubernetes.io/automanaged": value})), {}, [])
	}
	not holds("local", asked("UPDATE", served, object.union(served, {"spec": {"service": {}}})), {}, [])
}

test_a_label_stands_before_and_after if {
	not holds("labelled", asked("UPDATE", labelled({}), labelled({"by": "us"})), {}, [])
	not holds("labelled", asked("UPDATE", labelled({"by": "us"}), labelled({"by": "them"})), {}, [])
}

test_a_volume_is_deleted_when_its_claim_is_gone_and_it_says_so if {
	not holds("released", asked("DELETE", {"spec": {"persistentVolumeReclaimPolicy": "Retain"}}, null), gone_claim, [])
	not holds("released", asked("DELETE", volume, null), {}, [])
}

test_a_volume_stays_with_its_claim if {
	not holds("bound_as_before", asked("UPDATE", claimed("a", "1"), claimed("b", "1")), {}, [])
	not holds("bound_as_before", asked("UPDATE", claimed("a", "1"), claimed("a", "2")), {}, [])
	not holds("bound_as_before", asked("UPDATE", claimed("a", "1"), {}), {}, [])
}

stateful_set(changes) := {"volumeOwner": {"value": object.union({"name": "db", "uid": "s", "whenDeleted": "Delete", "whenScaled": "Delete"}, changes)}}

by_set := {"kind": "StatefulSet", "apiVersion": "apps/v1", "name": "db", "uid": "s"}

by_pod := {"kind": "Pod", "apiVersion": "v1", "name": "db-1", "uid": "p"}

retains(reference, fact) if holds("retention", asked("UPDATE", {}, {"metadata": {"ownerReferences": [reference]}}), fact, [])

test_a_claim_gets_the_owners_that_its_policy_asks_for if {
	retains(by_set, stateful_set({}))
	retains(by_pod, stateful_set({}))
	not retains(by_set, {})
	not retains(by_set, stateful_set({"whenDeleted": "Retain"}))
	not retains(object.union(by_set, {"kind": "Deployment"}), stateful_set({}))
	not retains(object.union(by_set, {"uid": "t"}), stateful_set({}))
	not retains(by_pod, stateful_set({"whenScaled": "Retain"}))
	not retains(object.union(by_pod, {"kind": "Job"}), stateful_set({}))
	not retains(object.union(by_pod, {"name": "web-1"}), stateful_set({}))
}

test_a_pod_that_nobody_makes_again_is_ended_by_a_known_credential_only if {
	alone := asked("DELETE", {"metadata": {"ownerReferences": [object.union(owner, {"controller": false})]}}, null)
	not holds("replaceable", alone, {}, [])
	every phase in others | {"Running"} {
		not holds("replaceable", asked("DELETE", {"status": {"phase": phase}}, null), {}, [])
	}
	row := {"condition": "replaceable"}
	platform.holds_for(row, alone, sample.platform("taint-eviction-controller"), {})
	not platform.holds_for(row, alone, sample.with_credential(sample.platform("taint-eviction-controller"), sample.unknown_token), {})
	not platform.holds_for({"condition": "of nobody"}, alone, sample.platform("taint-eviction-controller"), {})
}

test_a_ready_node_stays if {
	not holds("not_ready", asked("DELETE", {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}, null), {}, [])
}

test_only_tokens_are_put_into_token_secrets if {
	not holds("token_secret", asked("CREATE", null, {"type": "Opaque"}), {}, [])
	not holds("token_secret", asked("UPDATE", {"type": "Opaque"}, token), {}, [])
}

status(paths) := {"object": sample.managed, "change": sample.change(paths)}

deployments := sample.platform("deployment-controller")

on_status := object.union(sample.deployment, {"subResource": "status"})

replicas := sample.changed(["status", "replicas"], "1", "2")

test_a_row_needs_its_class_and_no_other_subresource if {
	platform.permits(on_status, deployments, status([replicas]))
	not platform.permits(on_status, object.union(deployments, {"class": "other"}), status([replicas]))
	collector := sample.platform("generic-garbage-collector")
	gone := {"object": object.union(sample.managed, {"owners": [{"uid": "1", "state": "gone"}]}), "change": sample.whole}
	secret := sample.request_for("secrets", "", {"operation": "DELETE", "oldObject": owned})
	platform.permits(secret, collector, gone)
	every resource in ["customresourcedefinitions", "namespaces"] {
		group := {"customresourcedefinitions": "apiextensions.k8s.io", "namespaces": ""}[resource]
		not platform.permits(sample.request_for(resource, group, {"operation": "DELETE", "oldObject": owned}), collector, gone)
	}
	every subresource in others {
		not platform.permits(object.union(secret, {"subResource": subresource}), collector, gone)
	}
}

test_a_long_list_of_changes_proves_something_of_a_status_only if {
	cut := {"truncated": true}
	platform.permits(on_status, deployments, object.union(status([replicas]), {"change": cut}))
	revision := sample.changed(["metadata", "annotations", "deployment.kubernetes.io/revision"], "1", "2")
	platform.permits(sample.deployment, deployments, status([revision]))
	not platform.permits(sample.deployment, deployments, object.union(status([revision]), {"change": cut}))
}

scope(changes) := {"object": object.union(sample.managed, changes), "change": sample.whole}

test_what_bears_a_mark_is_made_by_no_controller if {
	pod := sample.request_for("pods", "", {"operation": "CREATE", "oldObject": null, "object": owned})
	controller := sample.platform("replicaset-controller")
	not platform.permits(pod, controller, scope({}))
	platform.permits(pod, controller, scope({"self": false}))
	scheduler := sample.platform("kube-scheduler")
	platform.permits(sample.request_for("bindings", "", {"operation": "CREATE"}), scheduler, scope({}))
	platform.permits(sample.request_for("pods", "", {"operation": "CREATE", "subResource": "binding"}), scheduler, scope({}))
}

test_a_name_without_a_star_is_whole if {
	platform.covers_name({"names": {"a"}}, "a")
	not platform.covers_name({"names": {"a"}}, "ab")
	platform.covers_name({"names": {"a*"}}, "ab")
}

protection := {
	"path": "metadata.finalizers[kubernetes.io/pvc-protection]",
	"segments": ["metadata", "finalizers", "kubernetes.io/pvc-protection"],
	"kind": "added",
}

claim := sample.request_for("persistentvolumeclaims", "", {})

protector := sample.platform("pvc-protection-controller")

test_a_protected_key_is_named_by_a_row_with_fields if {
	platform.permits_protected(claim, protector, status([protection]))
	not platform.permits_protected(claim, object.union(protector, {"class": "other"}), status([protection]))
	not platform.permits_protected(sample.request_for("pods", "", {}), protector, status([protection]))
	not platform.permits_protected(claim, protector, status([object.union(protection, {"kind": "removed"})]))
	not platform.permits_protected(claim, protector, status([protection, object.union(sample.image, {"kind": "added"})]))
	gone := {"object": object.union(sample.managed, {"owners": [{"uid": "1", "state": "gone"}]}), "change": sample.whole}
	secret := sample.request_for("secrets", "", {"operation": "DELETE", "oldObject": owned})
	not platform.permits_protected(secret, sample.platform("generic-garbage-collector"), gone)
}
