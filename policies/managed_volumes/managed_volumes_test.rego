package holdfast.policies.managed_volumes_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.managed_volumes

codes(request, actor, object_fact) := {finding.code | some finding in denied(request, actor, object_fact)}

denied(request, actor, object_fact) := findings if {
	findings := managed_volumes.deny with input as {
		"request": request,
		"facts": {"actor": actor, "object": object_fact, "change": owners_changed},
		"parameters": object.union(sample.parameters, {"editors": ["bob"]}),
	}
}

deletion_of(state) := sample.request_for("persistentvolumeclaims", "", {
	"operation": "DELETE",
	"name": "data-db-0",
	"oldObject": state,
})

bound := {"metadata": {}, "spec": {"volumeName": "pv-1"}}

pending := deletion_of({"metadata": {}, "spec": {}, "status": {"phase": "Bound"}})

with_metadata(metadata) := deletion_of(object.union(bound, {"metadata": metadata}))

owners_changed := sample.change([object.union(
	sample.changed(["metadata", "ownerReferences", "x"], "", "{}"),
	{"kind": "added"},
)])

deletion_in(volume, metadata) := sample.request_for("persistentvolumeclaims", "", {
	"operation": "DELETE",
	"name": "data-db-0",
	"oldObject": {"metadata": metadata, "spec": {"volumeName": volume}},
})

deletion := deletion_in("pv-1", {})

gift(before, after) := sample.request_for("persistentvolumeclaims", "", {
	"operation": "UPDATE",
	"name": "data-db-0",
	"oldObject": {"metadata": {"ownerReferences": [{"uid": uid} | some uid in before]}},
	"object": {"metadata": {"ownerReferences": [{"uid": uid} | some uid in after]}},
})

stateful_set := {
	"group": "apps", "version": "v1", "resource": "statefulsets", "kind": "StatefulSet",
	"namespace": "shop", "name": "db", "uid": "set", "tool": "argocd", "app": "checkout", "appNamespace": "argocd",
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

owned_by(kind, name, uid) := object.union(gift([], []), {"object": {"metadata": {"ownerReferences": [{
	"apiVersion": {"Pod": "v1", "StatefulSet": "apps/v1"}[kind], "kind": kind, "name": name, "uid": uid,
}]}}})

test_the_retention_policy_gives_owners if {
	set_gone := of_set({"whenDeleted": "Delete"})
	scaled := of_set({"whenScaled": "Delete"})
	codes(owned_by("StatefulSet", "db", "set"), controller, set_gone) == set()
	codes(owned_by("Pod", "db-0", "pod"), controller, scaled) == set()
	every object_fact in [of_set({}), scaled] {
		codes(owned_by("StatefulSet", "db", "set"), controller, object_fact) == {"managed_volume_given_away"}
	}
	codes(owned_by("StatefulSet", "db", "dead"), controller, set_gone) == {"managed_volume_given_away"}
	codes(owned_by("Pod", "other-0", "pod"), controller, scaled) == {"managed_volume_given_away"}
	codes(owned_by("Pod", "db-0", "pod"), controller, set_gone) == {"managed_volume_given_away"}
	codes(owned_by("StatefulSet", "db", "set"), sample.human, set_gone) == {"managed_volume_given_away"}
	codes(owned_by("StatefulSet", "db", "set"), sample.platform("kube-controller-manager"), set_gone) == {"managed_volume_given_away"}
}

# It gives claims owners, and leaves the rest to the garbage collector.
test_the_stateful_set_controller_deletes_no_claim if {
	codes(deletion, controller, of_set({"whenDeleted": "Delete"})) == {"managed_volume_deleted"}
}

test_claims_of_nobody if {
	every name in ["generic-garbage-collector", "kube-controller-manager", "namespace-controller"] {
		codes(deletion, sample.platform(name), of(null)) == set()
	}
	codes(deletion, sample.human, of(null)) == set()
	codes(gift([], ["dead"]), sample.human, of(null)) == set()
	codes(gift([], ["dead"]), sample.human, sample.unmanaged) == set()
}

test_claims_without_data if {
	codes(pending, sample.human, of_set({})) == set()
	codes(with_metadata({"deletionTimestamp": "2026-11-21T06:00:00Z"}), sample.human, of_set({})) == set()
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
	owned := deletion_in("pv-1", {"ownerReferences": [{"uid": "set"}]})
	collector := sample.platform("generic-garbage-collector")
	codes(owned, collector, owners_in(["gone"])) == set()
	every object_fact in [owners_in(["present"]), owners_in(["unknown"]), owners_in([]), sample.unmanaged] {
		codes(owned, collector, object_fact) == {"managed_volume_deleted"}
		codes(deletion, collector, object_fact) == {"managed_volume_deleted"}
	}
	codes(owned, sample.platform("kube-controller-manager"), owners_in(["gone"])) == {"managed_volume_deleted"}
	count(denied(deletion, collector, of_set({}))) == 2
}

owners_in(states) := object.union(sample.unmanaged, {"owners": [{"uid": "set", "state": state} | some state in states]})

test_a_namespace_takes_its_claims_along if {
	going := object.union(sample.unmanaged, {"namespaceTerminating": true})
	living := object.union(sample.unmanaged, {"namespaceTerminating": false})
	actor := sample.platform("namespace-controller")
	codes(deletion, actor, going) == set()
	codes(deletion, actor, sample.unmanaged) == {"managed_volume_deleted"}
	codes(deletion, actor, living) == {"managed_volume_deleted"}
	codes(deletion, sample.platform("kube-scheduler"), going) == {"managed_volume_deleted"}
}

test_without_an_answer if {
	some finding in denied(deletion, sample.human, unknown)
	finding.code == "volume_owner_unknown"
	finding.message == "Whether persistentvolumeclaims shop/data-db-0 holds the data of something that Git declares could not be found out: the API server is away."
	codes(gift([], ["dead"]), sample.human, unknown) == {"volume_owner_unknown"}
	codes(pending, sample.human, unknown) == set()
	codes(deletion, sample.robot("bob"), unknown) == set()
}

test_editors if {
	codes(deletion, sample.robot("bob"), of_set({})) == set()
}

test_a_forged_phase_changes_nothing if {
	forged := deletion_of(object.union(bound, {"status": {"phase": "Pending"}}))
	codes(forged, sample.human, of_set({})) == {"managed_volume_deleted"}
}

test_nobody_forges_the_phase if {
	every actor in [sample.human, sample.robot("system:serviceaccount:shop:made-up")] {
		codes(status_update({"phase": "Pending"}), actor, of_set({})) == {"managed_volume_released"}
	}
	codes(status_update({"phase": "Bound", "capacity": {"storage": "2Gi"}}), sample.human, of_set({})) == set()
	codes(status_update({"phase": "Pending"}), sample.human, of(null)) == set()
}

status_update(status) := sample.request_for("persistentvolumeclaims", "", {
	"operation": "UPDATE",
	"subResource": "status",
	"name": "data-db-0",
	"oldObject": object.union(bound, {"status": {"phase": "Bound"}}),
	"object": object.union(bound, {"status": status}),
})

claim_ref := {"namespace": "shop", "name": "data-db-0", "uid": "claim-1"}

volume := {"metadata": {"finalizers": ["kubernetes.io/pv-protection"]}, "spec": {
	"claimRef": claim_ref,
	"persistentVolumeReclaimPolicy": "Retain",
}}

volume_deletion := sample.request_for("persistentvolumes", "", {
	"operation": "DELETE",
	"name": "pv-1",
	"namespace": "",
	"oldObject": volume,
})

volume_update(changes) := sample.request_for("persistentvolumes", "", {
	"operation": "UPDATE",
	"name": "pv-1",
	"namespace": "",
	"oldObject": volume,
	"object": object.union(volume, changes),
})

claim_owner := {
	"group": "", "version": "v1", "resource": "persistentvolumeclaims", "kind": "PersistentVolumeClaim",
	"namespace": "shop", "name": "uploads", "tool": "argocd", "app": "checkout", "appNamespace": "argocd",
	"whenDeleted": "Retain", "whenScaled": "Retain", "deletionAllowed": false,
}

test_the_volume_behind_a_claim if {
	denied(volume_deletion, sample.human, of(claim_owner)) == {{
		"code": "managed_volume_deleted",
		"message": `persistentvolumes pv-1 holds the data of PersistentVolumeClaim "shop/uploads", which is managed by the Argo CD application "checkout", and is bound.`,
		"remedy": `To let its volumes be deleted, set the annotation "holdfast.dev/allow-volume-deletion" of PersistentVolumeClaim "shop/uploads" to "true" in Git.`,
		"details": {"owner": claim_owner},
	}}
	every actor in [sample.human, sample.writer] {
		codes(volume_deletion, actor, of_set({})) == {"managed_volume_deleted"}
	}
	codes(volume_deletion, sample.human, unknown) == {"volume_owner_unknown"}
	codes(volume_deletion, sample.robot("bob"), of_set({})) == set()
}

test_what_holds_a_volume_stays if {
	every changes in [
		{"metadata": {"finalizers": []}},
		{"spec": {"claimRef": {"uid": "another"}}},
		{"spec": {"claimRef": {"name": "mine"}}},
		{"spec": {"persistentVolumeReclaimPolicy": "Delete"}},
	] {
		codes(volume_update(changes), sample.human, of_set({})) == {"managed_volume_released"}
		codes(volume_update(changes), sample.human, of(null)) == set()
		codes(volume_update(changes), sample.human, unknown) == {"volume_owner_unknown"}
	}
	codes(volume_update({"metadata": {"ownerReferences": [{"uid": "dead"}]}}), sample.human, of_set({})) == {"managed_volume_given_away"}
	codes(volume_update({"metadata": {"finalizers": ["kubernetes.io/pv-protection", "external-attacher/x"]}}), sample.human, of_set({})) == set()
	codes(volume_update({"spec": {"capacity": {"storage": "2Gi"}}}), sample.human, of_set({})) == set()
}

test_a_volume_in_deletion_is_still_held_back if {
	going := {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z", "finalizers": ["kubernetes.io/pv-protection"]}, "spec": {"claimRef": claim_ref}}
	update := object.union(object.remove(volume_update({}), ["oldObject", "object"]), {
		"oldObject": going,
		"object": object.union(going, {"metadata": {"finalizers": []}}),
	})
	some finding in denied(update, sample.human, of_set({}))
	finding.code == "managed_volume_released"
	finding.message == `persistentvolumes pv-1 holds the data of StatefulSet "db", which is managed by the Argo CD application "checkout", and its finalizer "kubernetes.io/pv-protection" keeps that data from being deleted.`
}

test_a_claim_in_deletion_is_let_go if {
	going := {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z", "finalizers": ["kubernetes.io/pvc-protection"]}, "spec": {"volumeName": "pv-1"}}
	update := sample.request_for("persistentvolumeclaims", "", {
		"operation": "UPDATE",
		"name": "data-db-0",
		"oldObject": going,
		"object": object.union(going, {"metadata": {"finalizers": []}}),
	})
	codes(update, sample.platform("pvc-protection-controller"), of_set({})) == set()
}

claim_is(state) := object.union(sample.unmanaged, {"claim": {"status": "known", "value": state}})

test_the_control_plane_deletes_volumes_after_their_claims if {
	binder := sample.platform("persistent-volume-binder")
	wiped := object.union(volume_deletion, {"oldObject": {"spec": {"persistentVolumeReclaimPolicy": "Delete"}}})
	codes(wiped, binder, claim_is("gone")) == set()
	codes(wiped, binder, claim_is("present")) == {"managed_volume_deleted"}
	codes(volume_deletion, binder, claim_is("present")) == {"managed_volume_deleted"}
	codes(volume_deletion, binder, sample.unmanaged) == {"managed_volume_deleted"}
	codes(volume_deletion, sample.platform("namespace-controller"), claim_is("gone")) == {"managed_volume_deleted"}
}

left_behind(goneForMs) := {finding.code | some finding in findings} if {
	owner := object.union(sample.managed, {"resource": "persistentvolumeclaims", "namespace": "shop", "name": "data-db-0"})
	findings := managed_volumes.deny with input as {
		"request": deletion,
		"facts": {
			"actor": sample.human,
			"object": object.union(sample.managed, {
				"leftBehind": {"goneForMs": goneForMs},
				"volumeOwner": {"status": "known", "value": owner},
			}),
			"change": sample.whole,
		},
		"parameters": object.union(sample.parameters, {"editors": [], "orphanEditors": ["alice"], "orphanAfterMs": 600000}),
	}
}

test_a_claim_that_its_application_left_behind_is_deleted_by_an_orphan_editor if {
	left_behind(600000) == set()
	left_behind(599999) == {"managed_volume_deleted"}
}

test_an_update_of_the_status_gives_no_owner_and_takes_no_finalizer if {
	every state in [bound, volume] {
		before := object.union(state, {"metadata": {"finalizers": ["kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"]}})
		update := object.union(object.remove(status_update({}), ["object", "oldObject"]), {"oldObject": before})
		owned := object.union(update, {"object": object.union(before, {"metadata": {"ownerReferences": [{"uid": "dead"}]}})})
		loose := object.union(update, {"object": object.union(before, {"metadata": {"finalizers": []}})})
		codes(owned, sample.human, of_set({})) == {"managed_volume_given_away"}
		codes(loose, sample.human, of_set({})) == {"managed_volume_released"}
		codes(object.union(update, {"object": before}), sample.human, of_set({})) == set()
	}
}

test_each_protection_is_kept_by_itself if {
	every name in ["kubernetes.io/pv-protection", "kubernetes.io/pvc-protection"] {
		state := object.union(bound, {"metadata": {"finalizers": [name]}})
		update := object.union(object.remove(status_update({}), ["object", "oldObject", "subResource"]), {
			"oldObject": state,
			"object": object.union(state, {"metadata": {"finalizers": []}}),
		})
		codes(update, sample.human, of_set({})) == {"managed_volume_released"}
	}
}

# What is not bound holds no data, and what is wiped already is not wiped by an update of something else.
test_what_is_not_bound_or_stays_as_it_was_is_nobody_s if {
	free := {"spec": {"persistentVolumeReclaimPolicy": "Retain"}, "status": {"phase": "Available"}}
	wiped := {"spec": {"claimRef": claim_ref, "persistentVolumeReclaimPolicy": "Delete"}}
	every states in [
		[free, object.union(free, {"spec": {"persistentVolumeReclaimPolicy": "Delete"}})],
		[free, object.union(free, {"status": {"phase": "Bound"}})],
		[wiped, object.union(wiped, {"spec": {"capacity": {"storage": "2Gi"}}})],
	] {
		update := object.union(object.remove(volume_update({}), ["object", "oldObject"]), {"oldObject": states[0], "object": states[1]})
		codes(update, sample.human, of_set({})) == set()
	}
}

test_a_volume_is_judged_by_its_claim_and_a_claim_by_its_owners if {
	binder := sample.platform("persistent-volume-binder")
	denied(volume_deletion, binder, sample.unmanaged) == {{
		"code": "managed_volume_deleted",
		"message": "persistentvolumes pv-1 is bound, and its claim is not known to be gone: no controller deletes such a volume.",
		"remedy": "Delete it as yourself, so that it can be judged whose data it holds.",
	}}
	{finding.message | some finding in denied(deletion, binder, sample.unmanaged)} == {"persistentvolumeclaims shop/data-db-0 is bound, has no owner, and its namespace is not known to be going: no controller deletes such a claim."}
	codes(volume_update({"spec": {"capacity": {"storage": "2Gi"}}}), sample.platform("kube-scheduler"), sample.unmanaged) == set()
}

test_the_deletion_of_a_volume_in_deletion_was_judged if {
	going := object.union(volume_deletion, {"oldObject": object.union(volume, {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}})})
	codes(going, sample.human, of_set({})) == set()
}

# People are asked whose data it holds; what cannot be answered says so once.
test_only_what_cleans_up_is_asked_for_owners if {
	codes(deletion, sample.human, sample.unmanaged) == set()
	codes(deletion, sample.operator, sample.unmanaged) == set()
	codes(deletion, controller, unknown) == {"volume_owner_unknown"}
	codes(deletion, sample.platform("generic-garbage-collector"), unknown) == {"managed_volume_deleted", "volume_owner_unknown"}
}

test_an_orphan_editor_deletes_and_loosens_nothing if {
	owner := object.union(sample.managed, {"resource": "persistentvolumeclaims", "namespace": "shop", "name": "data-db-0"})
	findings := managed_volumes.deny with input as {
		"request": status_update({"phase": "Pending"}),
		"facts": {
			"actor": sample.human,
			"object": object.union(sample.managed, {
				"leftBehind": {"goneForMs": 600000},
				"volumeOwner": {"status": "known", "value": owner},
			}),
			"change": sample.whole,
		},
		"parameters": object.union(sample.parameters, {"editors": [], "orphanEditors": ["alice"], "orphanAfterMs": 600000}),
	}
	{finding.code | some finding in findings} == {"managed_volume_released"}
}
