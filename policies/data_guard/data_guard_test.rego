package holdfast.policies.data_guard_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.data_guard

denied(request, facts) := findings if {
	findings := data_guard.deny with input as {
		"request": request,
		"facts": sample.overlay({"actor": sample.writer, "object": sample.managed}, facts),
		"parameters": {},
	}
}

codes(request, facts) := {finding.code | some finding in denied(request, facts)}

annotated := {"metadata": {"annotations": {"holdfast.dev/allow-volume-deletion": "true"}}}

claim := {"metadata": {"name": "data"}, "spec": {"volumeName": "pv-1"}}

volume(policy) := {"metadata": {"name": "pv-1"}, "spec": {"claimRef": {"name": "data"}, "persistentVolumeReclaimPolicy": policy}}

set_of(retention) := {"metadata": {"name": "db"}, "spec": {"persistentVolumeClaimRetentionPolicy": retention}}

deletion(kind, state) := sample.request_for(kind, "", {"operation": "DELETE", "name": "data", "object": null, "oldObject": state})

update(kind, group, old, new) := sample.overlay(
	sample.request_for(kind, group, {"name": "db"}),
	{"object": new, "oldObject": old},
)

held := object.union(sample.managed, {"volumeOwner": {"status": "known", "value": {"name": "db"}}})

test_a_bound_claim_is_not_pruned if {
	some finding in denied(deletion("persistentvolumeclaims", claim), {})
	finding.code == "claim_pruned"
	finding.message == `persistentvolumeclaims shop/data holds data, and would be deleted: the Argo CD application "checkout" does not declare it any more, or is being deleted.`
	contains(finding.remedy, `set its annotation "holdfast.dev/allow-volume-deletion" to "true" in Git before it is removed`)
}

test_a_bound_volume_is_not_pruned if {
	cluster_wide := object.remove(deletion("persistentvolumes", volume("Retain")), ["namespace"])
	some finding in denied(cluster_wide, {})
	finding.code == "volume_pruned"
	finding.message == `persistentvolumes data holds data, and would be deleted: the Argo CD application "checkout" does not declare it any more, or is being deleted.`
	contains(finding.remedy, `set its annotation "holdfast.dev/allow-volume-deletion" to "true" in Git before it is removed`)
}

test_a_claim_of_one_kind_is_no_volume if {
	codes(deletion("persistentvolumeclaims", claim), {}) == {"claim_pruned"}
	codes(deletion("persistentvolumes", volume("Delete")), {}) == {"volume_pruned"}
	codes(deletion("persistentvolumes", claim), {}) == set()
	codes(deletion("persistentvolumeclaims", volume("Delete")), {}) == set()
}

test_what_is_not_bound_has_no_data if {
	every state in [{"spec": {}}, {"spec": {"volumeName": ""}}, {"spec": {"claimRef": {"name": ""}}}, {}] {
		codes(deletion("persistentvolumeclaims", state), {}) == set()
		codes(deletion("persistentvolumes", state), {}) == set()
	}
}

test_git_lets_it_go_by_an_annotation if {
	codes(deletion("persistentvolumeclaims", object.union(claim, annotated)), {}) == set()
	codes(deletion("persistentvolumes", object.union(volume("Retain"), annotated)), {}) == set()
	refused := {"metadata": {"annotations": {"holdfast.dev/allow-volume-deletion": "false"}}}
	codes(deletion("persistentvolumeclaims", object.union(claim, refused)), {}) == {"claim_pruned"}
}

test_what_is_being_deleted_has_been_judged if {
	ending := {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
	codes(deletion("persistentvolumeclaims", object.union(claim, ending)), {}) == set()
	codes(deletion("persistentvolumes", object.union(volume("Retain"), ending)), {}) == set()
}

test_what_managed_volumes_refuses_is_not_refused_twice if {
	codes(deletion("persistentvolumeclaims", claim), {"object": held}) == set()
	codes(deletion("persistentvolumes", volume("Retain")), {"object": held}) == set()
	nobody := object.union(sample.managed, {"volumeOwner": {"status": "known", "value": null}})
	codes(deletion("persistentvolumeclaims", claim), {"object": nobody}) == {"claim_pruned"}
}

reclaim(old, new) := update("persistentvolumes", "", old, new)

test_a_volume_does_not_begin_to_be_deleted_with_its_claim if {
	some finding in denied(reclaim(volume("Retain"), volume("Delete")), {"object": sample.by_flux})
	finding.code == "volume_reclaim_deletes"
	finding.path == "spec.persistentVolumeReclaimPolicy"
	finding.message == `persistentvolumes shop/db would be wiped as soon as its claim is gone: the Flux Kustomization "flux-system/apps" sets its reclaim policy to Delete, and it was Retain.`
	contains(finding.remedy, `set its annotation "holdfast.dev/allow-volume-deletion" to "true" in Git in the same commit`)
	codes(reclaim({"spec": {}}, volume("Delete")), {}) == {"volume_reclaim_deletes"}
}

test_other_reclaim_policies_are_free if {
	codes(reclaim(volume("Delete"), volume("Delete")), {}) == set()
	codes(reclaim(volume("Delete"), volume("Retain")), {}) == set()
	codes(reclaim(volume("Retain"), volume("Retain")), {}) == set()
	codes(reclaim(volume("Retain"), object.union(volume("Delete"), annotated)), {}) == set()
	codes(reclaim(object.union(volume("Retain"), annotated), volume("Delete")), {}) == {"volume_reclaim_deletes"}
	codes(update("persistentvolumeclaims", "", volume("Retain"), volume("Delete")), {}) == set()
	codes(update("persistentvolumeclaims", "", claim, claim), {}) == set()
	made := object.union(object.remove(reclaim({}, volume("Delete")), ["oldObject"]), {"operation": "CREATE"})
	codes(made, {}) == set()
}

retained(old, new) := update("statefulsets", "apps", old, new)

test_a_stateful_set_does_not_begin_to_delete_its_claims if {
	findings := denied(retained({"spec": {}}, set_of({"whenDeleted": "Delete", "whenScaled": "Delete"})), {})
	{finding.path | some finding in findings} == {
		"spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
		"spec.persistentVolumeClaimRetentionPolicy.whenScaled",
	}
	{finding.code | some finding in findings} == {"retention_deletes_claims"}
	some finding in findings
	finding.message == `statefulsets.apps shop/db would delete its claims, and with them its data, when it is deleted: the Argo CD application "checkout" sets whenDeleted of its retention policy to Delete, and it was Retain.`
	contains(finding.remedy, `set its annotation "holdfast.dev/allow-volume-deletion" to "true" in Git in the same commit`)
}

test_other_retention_policies_are_free if {
	codes(retained(set_of({"whenDeleted": "Delete"}), set_of({"whenDeleted": "Delete"})), {}) == set()
	codes(retained(set_of({"whenDeleted": "Delete"}), set_of({"whenDeleted": "Retain"})), {}) == set()
	codes(retained(set_of({}), object.union(set_of({"whenScaled": "Delete"}), annotated)), {}) == set()
	codes(retained(set_of({}), {"spec": {}}), {}) == set()
	codes(update("statefulsets", "example.com", set_of({}), set_of({"whenScaled": "Delete"})), {}) == set()
	creation := object.union(object.remove(retained(set_of({}), set_of({"whenScaled": "Delete"})), ["oldObject"]), {"operation": "CREATE"})
	codes(creation, {}) == set()
}

test_only_what_the_writer_does_to_what_git_declares_is_judged if {
	every facts in [
		{"object": sample.unmanaged},
		{"actor": sample.unproven_writer},
		{"actor": sample.human},
		{"actor": sample.platform("statefulset-controller")},
	] {
		codes(deletion("persistentvolumeclaims", claim), facts) == set()
		codes(deletion("persistentvolumes", volume("Retain")), facts) == set()
		codes(reclaim(volume("Retain"), volume("Delete")), facts) == set()
		codes(retained(set_of({}), set_of({"whenScaled": "Delete"})), facts) == set()
	}
}

test_the_application_that_takes_it_over_is_named if {
	moved := object.union(sample.managed, {"movesTo": object.union(sample.managed, {"app": "other"})})
	some finding in denied(reclaim(volume("Retain"), volume("Delete")), {"object": moved})
	contains(finding.message, `the Argo CD application "other"`)
}
