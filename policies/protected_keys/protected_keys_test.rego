package holdfast.policies.protected_keys_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.protected_keys

denied(request, actor, change) := findings if {
	findings := protected_keys.deny with input as {
		"request": request,
		"facts": {"actor": actor, "object": sample.managed, "change": change},
		"parameters": sample.parameters,
	}
}

key(segments) := sample.changed(segments, "a", "b")

owner := key(["metadata", "ownerReferences", "x"])

orphan := key(["metadata", "finalizers", "orphan"])

test_nothing_protected_is_nothing_to_say if {
	denied(sample.deployment, sample.human, sample.change([sample.image])) == set()
}

test_each_kind_of_key_says_its_harm if {
	harms := {
		"metadata.ownerReferences[x]": "an owner reference gets an object deleted with its owner, and hides it from Argo CD",
		"metadata.finalizers[x]": "a finalizer keeps an object from being deleted, and taking one off skips its cleanup",
		"metadata.managedFields[argocd-controller]": "managed fields say what Git declares, and without them changes go unseen",
		`metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]`: "it tells the controller what Git last declared",
		`metadata.annotations["argocd.argoproj.io/sync-options"]`: "it says who manages the object and how, and editing it turns reconciliation off",
	}
	every path, harm in harms {
		change := {"semantic": true, "paths": [], "protectedKeys": [path], "truncated": false}
		denied(sample.deployment, sample.human, change) == {{
			"code": "protected_key_changed",
			"message": concat("", [path, " is protected: ", harm, "."]),
			"path": path,
			"remedy": "",
			"details": {"keys": [path]},
		}}
	}
}

test_more_keys_are_counted if {
	change := {"semantic": true, "paths": [], "protectedKeys": ["metadata.finalizers[a]", "metadata.finalizers[b]"], "truncated": false}
	some finding in denied(sample.deployment, sample.human, change)
	startswith(finding.message, "metadata.finalizers[a] (with 1 more) is protected")
}

test_the_writer_owns_them if {
	denied(sample.deployment, sample.writer, sample.protected_change(owner)) == set()
	count(denied(sample.deployment, sample.unproven_writer, sample.protected_change(owner))) == 1
}

test_the_garbage_collector_owns_owners_and_its_finalizers if {
	collector := sample.platform("generic-garbage-collector")
	denied(sample.deployment, collector, sample.protected_change(object.union(owner, {"kind": "removed"}))) == set()
	count(denied(sample.deployment, collector, sample.protected_change(owner))) == 1
	denied(sample.deployment, collector, sample.protected_change(object.union(orphan, {"kind": "removed"}))) == set()
	count(denied(sample.deployment, collector, sample.protected_change(orphan))) == 1
	count(denied(sample.deployment, collector, sample.protected_change(key(["metadata", "finalizers", "x"])))) == 1
}

# A row that allows any field allows no protected key.
test_a_row_without_fields_owns_none if {
	set_of := sample.request_for("replicasets", "apps", {})
	count(denied(set_of, sample.platform("deployment-controller"), sample.protected_change(owner))) == 1
}

test_status_updates_own_none if {
	status := sample.request_for("deployments", "apps", {"subResource": "status"})
	count(denied(status, sample.platform("deployment-controller"), sample.protected_change(owner))) == 1
}

test_an_operator_owns_the_key_it_names if {
	secret := sample.request_for("secrets", "", {})
	named := object.union(key(["metadata", "finalizers"]), {"path": "metadata.finalizers[cert-manager.io/x]"})
	denied(secret, sample.operator, sample.protected_change(named)) == set()
	other := object.union(named, {"path": "metadata.finalizers[cert-manager.io/y]"})
	count(denied(secret, sample.operator, sample.protected_change(other))) == 1
	count(denied(sample.request_for("ingresses", "networking.k8s.io", {}), sample.operator, sample.protected_change(named))) == 1
}

test_flux_puts_its_finalizer_on_its_own_objects if {
	request := sample.request_for("kustomizations", "kustomize.toolkit.fluxcd.io", {})
	finalizer := sample.protected_change(key(["metadata", "finalizers", "finalizers.fluxcd.io"]))
	controller := sample.robot("system:serviceaccount:flux-system:kustomize-controller")
	denied(request, controller, finalizer) == set()
	count(denied(request, sample.human, finalizer)) == 1
}

test_nodes_own_none if {
	count(denied(sample.request_for("pods", "", {"subResource": "status"}), sample.node, sample.protected_change(owner))) == 1
}

test_an_orphan_editor_takes_the_mark_of_what_was_left_behind_off if {
	mark := {"argocd.argoproj.io/tracking-id": "checkout:apps/Deployment:shop/checkout"}
	release := object.union(sample.deployment, {"oldObject": {"metadata": {"annotations": mark}}})
	findings := protected_keys.deny with input as {
		"request": release,
		"facts": {
			"actor": sample.human,
			"object": object.union(sample.managed, {"leftBehind": {"goneForMs": 600000}}),
			"change": sample.protected_change(key(["metadata", "annotations"])),
		},
		"parameters": object.union(sample.parameters, {"orphanEditors": ["alice"], "orphanAfterMs": 600000}),
	}
	findings == set()
	count(denied(release, sample.human, sample.protected_change(key(["metadata", "annotations"])))) == 1
}

test_where_no_entry_is_offered_the_command_is_the_whole_remedy if {
	findings := protected_keys.deny with input as {
		"request": sample.deployment,
		"facts": {
			"actor": sample.human,
			"object": sample.managed,
			"change": sample.protected_change(owner),
			"cluster": {"name": "prod"},
		},
		"parameters": object.union(sample.parameters, {"grantsPossible": true}),
	}
	some finding in findings
	startswith(finding.remedy, "In an emergency: holdfast grant request ")
}
