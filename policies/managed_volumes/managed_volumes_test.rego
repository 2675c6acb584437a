package holdfast.policies.managed_volumes_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.managed_volumes

codes(request, actor, object_fact) := {finding.code | some finding in denied(request, actor, object_fact)}

denied(request, actor, object_fact) := findings if {
	findings := managed_volumes.deny with input as {
		"request": request,
		"facts": {"actor": actor, "object": object_fact},
		"parameters": object.union(sample.parameters, {"editors": ["bob"]}),
	}
}

deletion_in(phase, metadata) := sample.request_for("persistentvolumeclaims", "", {
	"operation": "DELETE",
	"name": "data-db-0",
	"oldObject": {"metadata": metadata, "status": {"phase": phase}},
})

deletion := deletion_in("Bound", {})

gift(before, after) := sample.request_for("persistentvolumeclaims", "", {
	"operation": "UPDATE",
	"name": "data-db-0",
	"oldObject": {"metadata": {"ownerReferences": [{"uid": uid} | some uid in before]}},
	"object": {"metadata": {"ownerReferences": [{"uid": uid} | some uid in after]}},
})

stateful_set := {
	"group": "apps", "version": "v1", "resource": "statefulsets", "kind": "StatefulSet",
	"namespace": "shop", "name": "db", "tool": "argocd", "app": "checkout", "appNamespace": "argocd",
	"whenDeleted": "Retain", "whenScaled": "Retain", "deletionAllowed": false,
}

of(owner) := object.union(sample.unmanaged, {"volumeOwner": {"status": "known", "value": owner}})

of_set(changes) := of(object.union(stateful_set, changes))

unknown := object.union(sample.unmanaged, {"volumeOwner": {"status": "unavailable", "reason": "the API server is away"}})

controller := sample.platform("statefulset-controller")

test_a_bound_claim_of_a_managed_set if {
	denied(deletion, sample.human, of_set({})) == {{
		"code": "managed_volume_deleted",
		"message": `persistentvolumeclaims shop/data-db-0 holds the data of StatefulSet "db", which is managed by the Argo CD application "checkout", and is bound.`,
		"remedy": `To let its volumes be deleted, set persistentVolumeClaimRetentionPolicy of StatefulSet "db" in Git, or its annotation "holdfast.dev/allow-volume-deletion" to "true".`,
		"details": {"owner": stateful_set},
	}}
}

test_not_even_the_writer_without_a_word_in_git if {
	codes(deletion, sample.writer, of_set({})) == {"managed_volume_deleted"}
	codes(deletion, sample.writer, of_set({"deletionAllowed": true})) == set()
	codes(deletion, sample.human, of_set({"deletionAllowed": true})) == {"managed_volume_deleted"}
	codes(deletion, sample.unproven_writer, of_set({"deletionAllowed": true})) == {"managed_volume_deleted"}
}

test_the_retention_policy_deletes if {
	every retention in [{"whenDeleted": "Delete"}, {"whenScaled": "Delete"}] {
		codes(deletion, controller, of_set(retention)) == set()
		codes(gift([], ["set"]), controller, of_set(retention)) == set()
		codes(deletion, sample.human, of_set(retention)) == {"managed_volume_deleted"}
	}
	codes(deletion, controller, of_set({})) == {"managed_volume_deleted"}
	codes(gift([], ["set"]), controller, of_set({})) == {"managed_volume_given_away"}
}

test_claims_of_nobody if {
	codes(deletion, sample.human, of(null)) == set()
	codes(gift([], ["dead"]), sample.human, of(null)) == set()
	codes(gift([], ["dead"]), sample.human, sample.unmanaged) == set()
}

test_claims_without_data if {
	codes(deletion_in("Pending", {}), sample.human, of_set({})) == set()
	codes(deletion_in("Bound", {"deletionTimestamp": "2026-11-21T06:00:00Z"}), sample.human, of_set({})) == set()
}

test_nobody_gives_a_claim_an_owner if {
	every actor in [sample.human, sample.platform("generic-garbage-collector"), sample.writer] {
		some finding in denied(gift([], ["dead"]), actor, of_set({}))
		finding.code == "managed_volume_given_away"
		finding.message == `persistentvolumeclaims shop/data-db-0 holds the data of StatefulSet "db", and would be deleted with its new owner.`
	}
	codes(gift(["set"], []), sample.human, of_set({})) == set()
	codes(gift(["set"], ["set"]), sample.platform("generic-garbage-collector"), of_set({})) == set()
	codes(gift(["set"], ["set", "dead"]), sample.human, of_set({})) == {"managed_volume_given_away"}
}

test_the_garbage_collector_deletes_what_has_owners if {
	owned := deletion_in("Bound", {"ownerReferences": [{"uid": "set"}]})
	living := object.union(sample.unmanaged, {"namespaceTerminating": false})
	every actor in [sample.platform("generic-garbage-collector"), sample.platform("kube-controller-manager")] {
		codes(owned, actor, living) == set()
		codes(deletion, actor, living) == {"managed_volume_deleted"}
	}
}

test_a_namespace_takes_its_claims_along if {
	going := object.union(sample.unmanaged, {"namespaceTerminating": true})
	living := object.union(sample.unmanaged, {"namespaceTerminating": false})
	actor := sample.platform("namespace-controller")
	codes(deletion, actor, going) == set()
	codes(deletion, actor, sample.unmanaged) == set()
	codes(deletion, actor, living) == {"managed_volume_deleted"}
	codes(deletion, sample.platform("kube-scheduler"), going) == {"managed_volume_deleted"}
}

test_without_an_answer if {
	some finding in denied(deletion, sample.human, unknown)
	finding.code == "volume_owner_unknown"
	finding.message == "Whether persistentvolumeclaims shop/data-db-0 holds the data of a managed StatefulSet could not be found out: the API server is away."
	codes(gift([], ["dead"]), sample.human, unknown) == {"volume_owner_unknown"}
	codes(deletion_in("Pending", {}), sample.human, unknown) == set()
	codes(deletion, sample.robot("bob"), unknown) == set()
}

test_editors if {
	codes(deletion, sample.robot("bob"), of_set({})) == set()
}
