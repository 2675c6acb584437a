package holdfast.policies.gitops_only_writes_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_only_writes

# The codes of a denial; empty where the request is allowed.
codes(request, actor, facts) := {finding.code | some finding in denied(request, actor, facts)}

denied(request, actor, facts) := findings if {
	defaults := {"actor": actor, "object": sample.managed, "change": sample.change([sample.image])}
	findings := gitops_only_writes.deny with input as {
		"request": request,
		"facts": sample.overlay(defaults, facts),
		"parameters": sample.parameters,
	}
}

scale(resource) := sample.request_for(resource, "apps", {"subResource": "scale"})

status(resource, group) := sample.request_for(resource, group, {"subResource": "status"})

status_change := sample.change([sample.changed(["status", "replicas"], "1", "2")])

revision := sample.changed(["metadata", "annotations", "deployment.kubernetes.io/revision"], "1", "2")

restart := sample.changed(["spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"], "a", "b")

test_human_is_told_what_who_which_field_and_where if {
	denied(sample.deployment, sample.human, {"source": sample.source}) == {{
		"code": "managed_object_changed",
		"message": concat("\n", [
			`deployments.apps shop/checkout is managed by the Argo CD application "checkout" and changes only through Git.`,
			"spec.template.spec.containers[app].image: shop/checkout:1.0.0 → evil:latest",
		]),
		"remedy": "Change it under shop in git://git.example.com/src and let Argo CD sync it. In an emergency, ask.",
	}}
}

test_where_grants_can_be_approved_the_command_takes_the_place_of_the_people_to_ask if {
	findings := gitops_only_writes.deny with input as {
		"request": scale("deployments"),
		"facts": {
			"actor": sample.human,
			"object": sample.managed,
			"change": sample.change([sample.replicas]),
			"source": sample.source,
			"cluster": {"name": "prod-eu-1"},
		},
		"parameters": object.union(sample.parameters, {"grantsPossible": true}),
	}
	some finding in findings
	finding.remedy == concat("\n", [
		"Change spec.replicas under shop in git://git.example.com/src and let Argo CD sync it.",
		concat(" ", [
			"In an emergency: holdfast grant request deployments.apps/shop/checkout",
			"--subresource scale --subject alice --cluster prod-eu-1",
		]),
	])
}

test_human_without_source_is_sent_to_the_application if {
	some finding in denied(sample.deployment, sample.human, {"source": null})
	finding.remedy == `Change it in the Git repository of the Argo CD application "checkout" and let Argo CD sync it. In an emergency, ask.`
}

test_repository_without_a_path if {
	every path in [".", ""] {
		some finding in denied(sample.deployment, sample.human, {"source": object.union(sample.source, {"path": path})})
		startswith(finding.remedy, "Change it in git://git.example.com/src and")
	}
}

test_flux_is_named if {
	some finding in denied(sample.deployment, sample.human, {"object": sample.by_flux})
	startswith(finding.message, `deployments.apps shop/checkout is managed by the Flux Kustomization "flux-system/apps" and`)
	contains(finding.remedy, "let Flux reconcile it")
}

test_flux_helm_release_is_named if {
	helm := object.union(sample.by_flux, {"mark": "label helm.toolkit.fluxcd.io/name"})
	some finding in denied(sample.deployment, sample.human, {"object": helm})
	contains(finding.message, `the Flux HelmRelease "flux-system/apps"`)
}

test_lost_flux_mark_is_named if {
	lost := object.union(sample.lost_mark, {"tool": "flux"})
	some finding in denied(sample.deployment, sample.human, {"object": lost})
	contains(finding.message, "by Flux, which applied it and whose labels it lacks, and")
	startswith(finding.remedy, "Change it in its Git repository")
}

test_delete if {
	request := object.union(sample.deployment, {"operation": "DELETE"})
	some finding in denied(request, sample.human, {"change": sample.whole, "source": sample.source})
	finding.code == "managed_object_deleted"
	finding.message == `deployments.apps shop/checkout is managed by the Argo CD application "checkout" and is deleted only through Git.`
	startswith(finding.remedy, "Remove it under shop in git://git.example.com/src")
}

test_delete_without_source if {
	request := object.union(sample.deployment, {"operation": "DELETE"})
	some finding in denied(request, sample.human, {"change": sample.whole})
	startswith(finding.remedy, "Remove it from the Git repository of")
}

test_delete_of_an_item_of_a_collection_is_named_by_the_stored_object if {
	request := object.union(sample.deployment, {"operation": "DELETE", "name": ""})
	some finding in denied(request, sample.human, {"change": sample.whole})
	startswith(finding.message, "deployments.apps shop/checkout ")
}

test_delete_of_what_is_being_deleted_is_allowed if {
	request := object.union(sample.deployment, {
		"operation": "DELETE",
		"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}},
	})
	codes(request, sample.human, {"change": sample.whole}) == set()
}

test_update_of_what_is_being_deleted_is_denied if {
	request := object.union(sample.deployment, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(request, sample.human, {}) == {"managed_object_changed"}
}

test_forged_mark if {
	request := object.union(sample.deployment, {"operation": "CREATE"})
	some finding in denied(request, sample.human, {"change": sample.whole})
	finding.code == "managed_mark_forged"
	startswith(finding.remedy, "Leave its mark to the controller, and create it in the Git repository of")
}

test_create_without_a_name_yet if {
	request := object.union(sample.deployment, {
		"operation": "CREATE",
		"name": "",
		"object": {"metadata": {"name": "", "generateName": "run-"}},
		"oldObject": {"metadata": {"name": ""}},
	})
	some finding in denied(request, sample.human, {"change": sample.whole})
	startswith(finding.message, "deployments.apps shop/run-… ")
}

test_mark_taken_off if {
	mark := {
		"path": `metadata.annotations["argocd.argoproj.io/tracking-id"]`,
		"segments": ["metadata", "annotations", "argocd.argoproj.io/tracking-id"],
		"kind": "removed",
		"from": "checkout:apps/Deployment:shop/checkout",
	}
	some finding in denied(sample.deployment, sample.human, {"change": sample.protected_change(mark)})
	finding.code == "managed_mark_removed"
	contains(finding.message, "This would take it out of Git's hands.")
	contains(finding.message, "checkout:apps/Deployment:shop/checkout (removed)")
}

test_scale_by_a_human if {
	facts := {"change": sample.change([sample.replicas])}
	some finding in denied(scale("deployments"), sample.human, facts)
	finding.code == "managed_object_scaled"
	contains(finding.message, "\nspec.replicas: 1 → 5")
	startswith(finding.remedy, "Change spec.replicas in ")
}

hpa := {"tool": "hpa", "name": "checkout", "replicasMin": 2, "replicasMax": 10, "managed": true}

scaled_by(scalers) := object.union(sample.managed, {"scalers": {"status": "known", "value": scalers}})

scale_to(replicas) := object.union(scale("deployments"), {
	"oldObject": {"spec": {"replicas": 3}},
	"object": {"spec": {"replicas": replicas}},
})

replicas_change := sample.change([sample.replicas])

test_scale_by_the_autoscaler_is_allowed if {
	facts := {"change": replicas_change, "object": scaled_by([hpa])}
	codes(scale_to(5), sample.platform("horizontal-pod-autoscaler"), facts) == set()
	codes(scale_to(5), sample.platform("kube-controller-manager"), facts) == {"managed_object_scaled"}
}

test_scale_in_the_name_of_the_autoscaler if {
	actor := sample.platform("horizontal-pod-autoscaler")
	codes(scale_to(5), actor, {"change": replicas_change}) == {"managed_object_scaled"}
	codes(scale_to(5), actor, {"change": replicas_change, "object": scaled_by([])}) == {"managed_object_scaled"}
	some finding in denied(scale_to(50), actor, {"change": replicas_change, "object": scaled_by([hpa])})
	finding.code == "managed_object_scaled"
	endswith(finding.message, `50 replicas are outside the bounds of its autoscaler "checkout": 2 to 10.`)
}

test_scale_while_nobody_answers if {
	unknown := object.union(sample.managed, {"scalers": {"status": "unavailable", "reason": "the API server is away"}})
	facts := {"change": replicas_change, "object": unknown}
	codes(scale_to(5), sample.platform("horizontal-pod-autoscaler"), facts) == set()
	codes(scale_to(2), sample.platform("horizontal-pod-autoscaler"), facts) == {"managed_object_scaled"}
	codes(scale_to(5), sample.human, facts) == {"managed_object_scaled"}
}

test_the_autoscaler_changes_nothing_but_replicas if {
	codes(sample.deployment, sample.platform("horizontal-pod-autoscaler"), {}) == {"managed_object_changed"}
	both := sample.change([sample.replicas, sample.image])
	codes(scale("deployments"), sample.platform("horizontal-pod-autoscaler"), {"change": both}) == {"managed_object_scaled"}
}

test_eviction_of_a_managed_pod if {
	request := sample.request_for("pods", "", {"operation": "CREATE", "subResource": "eviction"})
	codes(request, sample.human, {"change": sample.whole}) == {"managed_object_deleted"}
}

test_what_changes_nothing_declared_is_not_drift if {
	every subresource in ["exec", "attach", "portforward", "proxy", "token", "log"] {
		request := sample.request_for("pods", "", {"operation": "CREATE", "subResource": subresource})
		codes(request, sample.human, {"change": sample.whole}) == set()
	}
}

test_the_proven_writer_may_do_everything if {
	every operation in ["CREATE", "UPDATE", "DELETE"] {
		codes(object.union(sample.deployment, {"operation": operation}), sample.writer, {}) == set()
	}
}

test_the_unproven_writer_may_do_nothing if {
	some finding in denied(sample.deployment, sample.unproven_writer, {})
	finding.code == "writer_unproven"
	contains(finding.message, `The GitOps account "argocd" did not prove itself: its token is not bound to a pod, and its entry demands "pod-bound".`)
	startswith(finding.remedy, "Let the controller use the token of its own pod.")
}

test_no_change_is_allowed_to_anyone if {
	every actor in [sample.human, sample.operator, sample.platform("storage-version-migrator-controller"), sample.node] {
		codes(sample.deployment, actor, {"change": sample.no_change}) == set()
	}
}

test_no_change_where_the_mark_is_lost if {
	facts := {"object": sample.lost_mark, "change": sample.no_change}
	codes(sample.deployment, sample.human, facts) == {"managed_object_changed"}
	codes(sample.deployment, sample.platform("storage-version-migrator-controller"), facts) == set()
	codes(sample.deployment, sample.writer, facts) == set()
}

test_restart_is_denied_with_another_way if {
	some finding in denied(sample.deployment, sample.human, {"change": sample.change([restart])})
	startswith(finding.remedy, "Delete its pods one by one to restart them, or change the pod template in ")
}

with_restart(change, object_fact) := findings if {
	findings := gitops_only_writes.deny with input as {
		"request": sample.deployment,
		"facts": {"actor": sample.human, "object": object_fact, "change": change},
		"parameters": object.union(sample.parameters, {"allowRestart": true}),
	}
}

test_restart_is_allowed_where_configured if {
	count(with_restart(sample.change([restart]), sample.managed)) == 0
}

test_restart_carries_nothing_else if {
	count(with_restart(sample.change([restart, sample.image]), sample.managed)) == 1
	count(with_restart(object.union(sample.change([restart]), {"truncated": true}), sample.managed)) == 1
	count(with_restart(object.union(sample.change([restart]), {"protectedKeys": ["metadata.managedFields[argocd-controller]"]}), sample.managed)) == 1
	count(with_restart(sample.change([object.union(restart, {"kind": "removed"})]), sample.managed)) == 1
	count(with_restart(sample.change([restart]), sample.lost_mark)) == 1
	count(with_restart(sample.change([sample.image]), sample.managed)) == 1
}

test_gitops_only_namespace if {
	facts := {"object": sample.gitops_only, "change": sample.whole}
	expected := {"CREATE": "Put it into its Git repository", "UPDATE": "Change it in its Git repository", "DELETE": "Remove it from its Git repository"}
	every operation, remedy in expected {
		request := object.union(sample.request_for("configmaps", "", {}), {"operation": operation})
		some finding in denied(request, sample.human, facts)
		finding.code == "gitops_only_namespace"
		startswith(finding.message, `Namespace "shop" changes only through Git, so configmaps shop/checkout cannot be `)
		startswith(finding.remedy, concat("", [remedy, " and let the GitOps controller apply it."]))
	}
}

test_controllers_work_in_a_gitops_only_namespace if {
	facts := {"object": sample.gitops_only, "change": sample.whole}
	create := {"operation": "CREATE"}
	child := object.union(create, {"object": {"metadata": {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "checkout-1", "controller": true}]}}})
	codes(sample.request_for("pods", "", child), sample.platform("replicaset-controller"), facts) == set()
	codes(sample.request_for("pods", "", create), sample.platform("replicaset-controller"), facts) == {"gitops_only_namespace"}
	labelled := object.union(create, {"oldObject": null, "object": {"metadata": {"labels": {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}}}})
	codes(sample.request_for("endpoints", "", labelled), sample.platform("endpoint-controller"), facts) == set()
	codes(sample.request_for("endpoints", "", create), sample.platform("endpoint-controller"), facts) == {"gitops_only_namespace"}
	codes(sample.request_for("configmaps", "", object.union(create, {"name": "kube-root-ca.crt"})), sample.platform("root-ca-cert-publisher"), facts) == set()
	codes(sample.request_for("configmaps", "", create), sample.platform("root-ca-cert-publisher"), facts) == {"gitops_only_namespace"}
}

test_deployment_controller_row if {
	actor := sample.platform("deployment-controller")
	codes(status("deployments", "apps"), actor, {"change": status_change}) == set()
	codes(sample.deployment, actor, {"change": sample.change([revision])}) == set()
	codes(status("deployments", "apps"), actor, {"change": sample.change([revision, sample.changed(["status", "replicas"], "1", "2")])}) == set()
	codes(status("deployments", "apps"), actor, {"change": sample.change([revision, sample.image])}) == {"managed_object_changed"}
	codes(sample.deployment, actor, {}) == {"managed_object_changed"}
	codes(sample.deployment, actor, {"change": sample.change([revision, sample.image])}) == {"managed_object_changed"}
	codes(sample.request_for("statefulsets", "apps", {}), actor, {"change": sample.change([revision])}) == {"managed_object_changed"}
	codes(object.union(sample.deployment, {"operation": "DELETE"}), actor, {}) == {"managed_object_deleted"}
}

test_a_cut_list_of_changes_proves_nothing if {
	cut := object.union(sample.change([revision]), {"truncated": true})
	codes(sample.deployment, sample.platform("deployment-controller"), {"change": cut}) == {"managed_object_changed"}
	some finding in denied(sample.deployment, sample.human, {"change": cut})
	endswith(finding.message, "\nand more than can be listed")
}

test_a_long_status_passes if {
	cut := object.union(status_change, {"truncated": true})
	codes(status("deployments", "apps"), sample.platform("deployment-controller"), {"change": cut}) == set()
}

owned := {"oldObject": {"metadata": {"name": "checkout", "ownerReferences": [{"name": "a", "uid": "a", "controller": true}]}}}

test_garbage_collector_row if {
	actor := sample.platform("generic-garbage-collector")
	codes(sample.deployment, actor, {"change": sample.change([sample.changed(["metadata", "ownerReferences", "x", "blockOwnerDeletion"], "a", "b")])}) == set()
	every segments in [["metadata", "finalizers", "orphan"], ["metadata", "finalizers", "foregroundDeletion"]] {
		removed := object.union(sample.changed(segments, "a", ""), {"kind": "removed"})
		codes(sample.deployment, actor, {"change": sample.change([removed])}) == set()
		codes(sample.deployment, actor, {"change": sample.change([sample.changed(segments, "a", "b")])}) == {"managed_object_changed"}
	}
	taken_off := object.union(sample.changed(["metadata", "ownerReferences", "x"], "{}", ""), {"kind": "removed"})
	codes(sample.deployment, actor, {"change": sample.change([taken_off])}) == set()
	other := sample.change([sample.changed(["metadata", "finalizers", "example.com/keep"], "a", "b")])
	codes(sample.deployment, actor, {"change": other}) == {"managed_object_changed"}
}

test_the_garbage_collector_gives_no_owners if {
	actor := sample.platform("generic-garbage-collector")
	given := object.union(sample.changed(["metadata", "ownerReferences", "x"], "", "{}"), {"kind": "added"})
	codes(sample.deployment, actor, {"change": sample.change([given])}) == {"managed_object_changed"}
	moved := sample.changed(["metadata", "ownerReferences", "x", "uid"], "1", "2")
	codes(sample.deployment, actor, {"change": sample.change([moved])}) == {"managed_object_changed"}
}

test_the_garbage_collector_deletes_what_has_owners if {
	actor := sample.platform("generic-garbage-collector")
	every state in ["foreground", "gone"] {
		codes(object.union(deletion, owned), actor, owners_in([state])) == set()
	}
	every states in [[], ["present"], ["deleting"], ["unknown"], ["gone", "gone"]] {
		codes(object.union(deletion, owned), actor, owners_in(states)) == {"managed_object_deleted"}
	}
	codes(object.union(deletion, owned), actor, alive) == {"managed_object_deleted"}
	codes(deletion, actor, owners_in([])) == {"managed_object_deleted"}
	codes(object.union(deletion, owned), sample.platform("kube-controller-manager"), owners_in(["gone"])) == {"managed_object_deleted"}
}

owners_in(states) := {"object": object.union(sample.managed, {"owners": [{"uid": "a", "state": state} | some state in states]})}

deletion := object.union(sample.deployment, {"operation": "DELETE"})

alive := {"object": object.union(sample.managed, {"namespaceTerminating": false})}

test_namespace_controller_row if {
	actor := sample.platform("namespace-controller")
	going := {"object": object.union(sample.managed, {"namespaceTerminating": true})}
	codes(deletion, actor, going) == set()
	codes(deletion, actor, {}) == {"managed_object_deleted"}
	codes(deletion, actor, alive) == {"managed_object_deleted"}
	codes(sample.deployment, actor, going) == {"managed_object_changed"}
	finalize := sample.request_for("namespaces", "", {"subResource": "finalize", "name": "shop"})
	finalized := {"change": sample.change([sample.changed(["spec", "finalizers"], "a", "b")])}
	codes(finalize, actor, finalized) == {"managed_object_changed"}
	ending := object.union(finalize, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(ending, actor, finalized) == set()
	codes(ending, actor, {}) == {"managed_object_changed"}
}

test_jobs_go_when_they_say_so if {
	actor := sample.platform("ttl-after-finished-controller")
	job := sample.request_for("jobs", "batch", {"operation": "DELETE"})
	codes(job, actor, {}) == {"managed_object_deleted"}
	timed := object.union(job, {"oldObject": {"spec": {"ttlSecondsAfterFinished": 0}}})
	codes(timed, actor, {}) == {"managed_object_deleted"}
	codes(object.union(timed, {"oldObject": {"status": {"conditions": [{"type": "Failed", "status": "True"}]}}}), actor, {}) == set()
}

test_volumes_are_bound_and_released_as_they_are if {
	actor := sample.platform("persistent-volume-binder")
	volume := sample.request_for("persistentvolumes", "", {"namespace": ""})
	bound := {"change": sample.change([sample.changed(["spec", "claimRef", "uid"], "1", "2")])}
	codes(object.union(volume, claim_refs(null, "1")), actor, bound) == set()
	codes(object.union(volume, claim_refs("1", "1")), actor, bound) == set()
	every refs in [claim_refs("1", "2"), claim_refs("1", null)] {
		codes(object.union(volume, refs), actor, bound) == {"managed_object_changed"}
		codes(object.union(volume, refs), actor, object.union(bound, claim_is("gone"))) == set()
		codes(object.union(volume, refs), actor, object.union(bound, claim_is("present"))) == {"managed_object_changed"}
	}
	codes(volume, actor, {"change": sample.change([sample.changed(["spec", "nfs", "path"], "/a", "/b")])}) == {"managed_object_changed"}
	deleted := object.union(volume, {"operation": "DELETE", "oldObject": {"spec": {"persistentVolumeReclaimPolicy": "Delete"}}})
	codes(deleted, actor, claim_is("gone")) == set()
	codes(deleted, actor, claim_is("present")) == {"managed_object_deleted"}
	codes(deleted, actor, claim_is("none")) == {"managed_object_deleted"}
	codes(deleted, actor, {}) == {"managed_object_deleted"}
	retained := object.union(deleted, {"oldObject": {"spec": {"persistentVolumeReclaimPolicy": "Retain"}}})
	codes(retained, actor, claim_is("gone")) == {"managed_object_deleted"}
}

claim_is(state) := {"object": object.union(sample.managed, {"claim": {"status": "known", "value": state}})}

claim_refs(from, to) := {"oldObject": {"spec": claim_ref(from)}, "object": {"spec": claim_ref(to)}}

claim_ref(uid) := {"claimRef": {"namespace": "shop", "name": "data", "uid": uid}} if is_string(uid)

claim_ref(null) := {}

test_a_retention_policy_gives_claims_an_owner if {
	claim := sample.request_for("persistentvolumeclaims", "", {})
	given := {"change": sample.change([object.union(sample.changed(["metadata", "ownerReferences", "db"], "", "{}"), {"kind": "added"})])}
	reowned := object.union(claim, {"object": {"metadata": {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "set"}]}}})
	volume_owner := {"name": "db", "uid": "set", "whenDeleted": "Delete", "whenScaled": "Retain"}
	with_owner := {"object": object.union(sample.managed, {"volumeOwner": {"status": "known", "value": volume_owner}})}
	codes(reowned, sample.platform("statefulset-controller"), object.union(given, with_owner)) == set()
	codes(reowned, sample.platform("statefulset-controller"), given) == {"managed_object_changed"}
	codes(claim, sample.platform("deployment-controller"), given) == {"managed_object_changed"}
}

test_accounts_that_every_namespace_has if {
	actor := sample.platform("service-account-controller")
	account := sample.request_for("serviceaccounts", "", {"operation": "CREATE"})
	codes(object.union(account, {"name": "default"}), actor, {"object": sample.gitops_only}) == set()
	codes(account, actor, {"object": sample.gitops_only}) == {"gitops_only_namespace"}
}

annotated(key, kind) := object.union(sample.changed(["metadata", "annotations", key], "", "x"), {"kind": kind})

with_free_annotations(change, object_fact) := findings if {
	findings := gitops_only_writes.deny with input as {
		"request": sample.deployment,
		"facts": {"actor": sample.human, "object": object_fact, "change": change},
		"parameters": object.union(sample.parameters, {"allowedAnnotations": ["example.com/note", "team.example.com/*"]}),
	}
}

with_rule(rule, request, facts) := findings if {
	findings := gitops_only_writes.deny with input as {
		"request": request,
		"facts": object.union({"actor": sample.operator}, facts),
		"parameters": object.union(
			object.remove(sample.parameters, ["operators"]),
			{"operators": {"cert-manager": {"rules": [rule]}}},
		),
	}
}

test_allowed_annotations if {
	count(with_free_annotations(sample.change([annotated("example.com/note", "added")]), sample.managed)) == 0
	count(with_free_annotations(sample.change([annotated("team.example.com/a", "removed")]), sample.managed)) == 0
	count(with_free_annotations(sample.change([annotated("example.com/notes", "added")]), sample.managed)) == 1
	count(with_free_annotations(sample.change([annotated("example.com/note", "added"), sample.image]), sample.managed)) == 1
	count(with_free_annotations(sample.protected_change(annotated("example.com/note", "added")), sample.managed)) == 1
	count(with_free_annotations(sample.change([annotated("example.com/note", "added")]), sample.lost_mark)) == 1
	codes(sample.deployment, sample.human, {"change": sample.change([annotated("example.com/note", "added")])}) == {"managed_object_changed"}
}

test_operators_that_may_write_what_git_does_not_declare if {
	rule := {"verbs": ["UPDATE"], "groups": ["apps"], "resources": ["deployments"], "undeclared": true}
	free := object.union(sample.image, {"gitOwned": false})
	count(with_rule(rule, sample.deployment, {"object": sample.managed, "change": sample.change([free])})) == 0
	count(with_rule(rule, sample.deployment, {"object": sample.managed, "change": sample.change([object.union(sample.image, {"gitOwned": true})])})) == 1
	count(with_rule(rule, sample.deployment, {"object": sample.managed, "change": sample.change([sample.image])})) == 1
	count(with_rule(rule, sample.deployment, {"object": sample.managed, "change": sample.change([free, sample.replicas])})) == 1
	count(with_rule(rule, sample.deployment, {"object": sample.managed, "change": object.union(sample.change([free]), {"truncated": true})})) == 1
}

test_operators_that_scale_as_git_declares if {
	rule := {"verbs": ["UPDATE"], "groups": ["*"], "resources": ["*/scale", "deployments"], "autoscaled": true}
	count(with_rule(rule, scale_to(5), {"object": scaled_by([hpa]), "change": replicas_change})) == 0
	count(with_rule(rule, scale_to(50), {"object": scaled_by([hpa]), "change": replicas_change})) == 1
	count(with_rule(rule, scale_to(5), {"object": scaled_by([]), "change": replicas_change})) == 1
	count(with_rule(rule, sample.deployment, {"object": scaled_by([hpa]), "change": replicas_change})) == 1
}

test_selectors_and_releases_are_named if {
	helm := object.union(sample.managed, {"tool": "helm"})
	some finding in denied(sample.deployment, sample.human, {"object": helm})
	startswith(finding.message, `deployments.apps shop/checkout is managed by the Helm release "argocd/checkout" and changes`)
	selected := object.union(sample.managed, {"tool": "selector", "app": "legacy"})
	some other in denied(sample.deployment, sample.human, {"object": selected})
	contains(other.message, `by Git, as the selector "legacy" of Holdfast's configuration says, and changes`)
}

test_aggregation_controller_row if {
	actor := sample.platform("clusterrole-aggregation-controller")
	role := sample.request_for("clusterroles", "rbac.authorization.k8s.io", {"namespace": ""})
	rules := {"change": sample.change([sample.changed(["rules", "0"], "a", "b")])}
	aggregated := object.union(role, {"oldObject": {"aggregationRule": {"clusterRoleSelectors": [{}]}}})
	codes(aggregated, actor, rules) == set()
	codes(role, actor, rules) == {"managed_object_changed"}
	codes(aggregated, actor, {}) == {"managed_object_changed"}
}

test_binder_row_by_annotation_prefix if {
	actor := sample.platform("persistent-volume-binder")
	claim := sample.request_for("persistentvolumeclaims", "", {})
	codes(claim, actor, {"change": sample.change([sample.changed(["metadata", "annotations", "pv.kubernetes.io/bind-completed"], "", "yes")])}) == set()
	codes(claim, actor, {"change": sample.change([sample.changed(["spec", "volumeName"], "", "pv-1")])}) == set()
	codes(claim, actor, {"change": sample.change([sample.changed(["metadata", "annotations", "evil.example.com/x"], "", "y")])}) == {"managed_object_changed"}
	codes(claim, actor, {"change": sample.change([sample.changed(["metadata"], "", "y")])}) == {"managed_object_changed"}
}

test_shared_identity_has_the_controllers_rows_only if {
	actor := sample.platform("kube-controller-manager")
	codes(status("deployments", "apps"), actor, {"change": status_change}) == {"managed_object_changed"}
	binding := sample.request_for("pods", "", {"operation": "CREATE", "subResource": "binding"})
	codes(binding, sample.platform("kube-scheduler"), {"change": sample.whole}) == set()
	bindings := sample.request_for("bindings", "", {"operation": "CREATE"})
	codes(bindings, sample.platform("kube-scheduler"), {"change": sample.whole}) == set()
	codes(bindings, actor, {"change": sample.whole}) == {"managed_object_changed"}
}

test_an_unknown_row_permits_nothing if {
	codes(sample.deployment, sample.platform("somebody-new"), {}) == {"managed_object_changed"}
}

test_a_row_is_nothing_without_the_class if {
	pretender := object.union(sample.platform("generic-garbage-collector"), {"class": "other"})
	codes(object.union(sample.deployment, {"operation": "DELETE"}), pretender, {}) == {"managed_object_deleted"}
}

test_nodes_work_on_pods if {
	codes(status("pods", ""), sample.node, {"change": status_change}) == set()
	codes(sample.request_for("pods", "", {"operation": "DELETE"}), sample.node, {"change": sample.whole}) == set()
	codes(sample.request_for("pods", "", {}), sample.node, {}) == {"managed_object_changed"}
	codes(sample.deployment, sample.node, {}) == {"managed_object_changed"}
	codes(status("deployments", "apps"), sample.node, {"change": status_change}) == {"managed_object_changed"}
}

test_status_is_for_service_accounts if {
	certificate := status("certificates", "cert-manager.io")
	facts := {"change": status_change}
	robot := sample.robot("system:serviceaccount:cert-manager:cert-manager")
	codes(certificate, robot, facts) == set()
	codes(certificate, sample.human, facts) == {"managed_object_changed"}
	codes(certificate, sample.impersonated(robot.username), facts) == {"managed_object_changed"}

	# Built-in status strategies let annotations, finalizers and owners through.
	codes(certificate, robot, {"change": sample.change([sample.changed(["metadata", "finalizers", "x"], "a", "b")])}) == {"managed_object_changed"}
	codes(sample.request_for("certificates", "cert-manager.io", {}), robot, facts) == {"managed_object_changed"}
}

# A name of the control plane with a pod's token reports no more than its row.
test_status_of_the_control_plane_is_its_rows if {
	ingress := status("ingresses", "networking.k8s.io")
	address := {"change": sample.change([sample.changed(["status", "loadBalancer"], "", "192.0.2.1")])}
	codes(ingress, sample.robot("system:serviceaccount:edge:controller"), address) == set()
	in_pod := object.union(sample.platform("job-controller"), {"proof": {"grade": "pod-bound", "sufficient": true}})
	codes(ingress, in_pod, address) == {"managed_object_changed"}
	codes(status("jobs", "batch"), in_pod, {"change": status_change}) == set()
}

test_status_is_for_what_runs if {
	certificate := status("certificates", "cert-manager.io")
	facts := {"change": status_change}
	every grade in ["unbound", "legacy", "none"] {
		made_up := object.union(sample.robot("system:serviceaccount:shop:made-up"), {"proof": {"grade": grade}})
		codes(certificate, made_up, facts) == {"managed_object_changed"}
	}
}

test_built_in_status_has_its_own_writers if {
	robot := sample.robot("system:serviceaccount:ingress-nginx:ingress-nginx")
	address := {"change": sample.change([sample.changed(["status", "loadBalancer", "ingress"], "a", "b")])}
	codes(status("ingresses", "networking.k8s.io"), robot, address) == set()
	codes(status("services", ""), robot, address) == set()
	codes(status("services", ""), sample.human, address) == {"managed_object_changed"}
	codes(status("services", ""), robot, {"change": status_change}) == {"managed_object_changed"}
	every kind in [["deployments", "apps"], ["persistentvolumes", ""], ["namespaces", ""], ["jobs", "batch"], ["customresourcedefinitions", "apiextensions.k8s.io"], ["apiservices", "apiregistration.k8s.io"]] {
		codes(status(kind[0], kind[1]), robot, {"change": status_change}) == {"managed_object_changed"}
	}
	resized := {"change": sample.change([sample.changed(["status", "capacity", "storage"], "1Gi", "2Gi")])}
	codes(status("persistentvolumeclaims", ""), robot, resized) == set()
	phase := {"change": sample.change([sample.changed(["status", "phase"], "Bound", "Pending")])}
	codes(status("persistentvolumeclaims", ""), robot, phase) == {"managed_object_changed"}
}

test_custom_kinds_of_kubernetes_groups_have_controllers if {
	robot := sample.robot("system:serviceaccount:gateway:controller")
	codes(status("gateways", "gateway.networking.k8s.io"), robot, {"change": status_change}) == set()
}

test_the_status_of_what_steers_is_no_accounts if {
	robot := sample.robot("system:serviceaccount:shop:anything")
	codes(status("applications", "argoproj.io"), robot, {"change": status_change}) == {"managed_object_changed"}
	codes(status("gitrepositories", "source.toolkit.fluxcd.io"), robot, {"change": status_change}) == {"managed_object_changed"}
	codes(status("rollouts", "argoproj.io"), robot, {"change": status_change}) == set()
}

test_operator_rules if {
	secret := sample.request_for("secrets", "", {})
	data_change := sample.change([sample.changed(["data", "tls.crt"], "(hidden)", "(hidden)")])
	codes(secret, sample.operator, {"change": data_change}) == set()
	codes(secret, sample.operator, {}) == {"managed_object_changed"}
	codes(secret, sample.operator, {"change": sample.change([sample.changed(["database"], "a", "b")])}) == {"managed_object_changed"}
	codes(secret, sample.operator, {"change": object.union(data_change, {"truncated": true})}) == {"managed_object_changed"}
	codes(secret, sample.human, {"change": data_change}) == {"managed_object_changed"}
	codes(sample.request_for("ingresses", "networking.k8s.io", {"operation": "DELETE"}), sample.operator, {}) == set()
	codes(sample.request_for("ingresses", "networking.k8s.io", {}), sample.operator, {}) == {"managed_object_changed"}
	codes(scale("deployments"), sample.operator, {}) == set()
	codes(scale("statefulsets"), sample.operator, {}) == {"managed_object_scaled"}
}

test_refresh_of_an_application_is_allowed if {
	application := sample.request_for("applications", "argoproj.io", {"name": "checkout", "namespace": "argocd"})
	refresh := sample.change([sample.changed(["metadata", "annotations", "argocd.argoproj.io/refresh"], "a", "hard")])
	codes(application, sample.human, {"change": refresh}) == set()
	codes(application, sample.human, {"change": refresh, "object": sample.lost_mark}) == {"managed_object_changed"}
	codes(sample.deployment, sample.human, {"change": refresh}) == {"managed_object_changed"}
	more := sample.change(array.concat(refresh.paths, [sample.image]))
	codes(application, sample.human, {"change": more}) == {"managed_object_changed"}
}

test_flux_works_on_its_own_objects if {
	source := sample.request_for("gitrepositories", "source.toolkit.fluxcd.io", {})
	controller := sample.robot("system:serviceaccount:flux-system:source-controller")
	finalizer := sample.change([sample.changed(["metadata", "finalizers", "finalizers.fluxcd.io"], "", "x")])
	codes(source, controller, {"change": finalizer}) == set()
	codes(source, sample.human, {"change": finalizer}) == {"managed_object_changed"}
	codes(source, controller, {}) == {"managed_object_changed"}
	codes(sample.deployment, controller, {"change": finalizer}) == {"managed_object_changed"}
}

test_at_most_three_lines_of_changes if {
	many := sample.change([path | some n in numbers.range(1, 5); path := sample.changed(["data", format_int(n, 10)], "a", "b")])
	some finding in denied(sample.deployment, sample.human, {"change": many})
	split(finding.message, "\n")[4] == "and 2 more"
	count(split(finding.message, "\n")) == 5
}

last_applied := sample.changed(["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"], "{a}", "{b}")

test_what_kubectl_keeps_is_not_shown_beside_the_change if {
	some finding in denied(sample.deployment, sample.human, {"change": sample.change([last_applied, sample.image])})
	not contains(finding.message, "last-applied")
}

test_what_kubectl_keeps_is_shown_alone if {
	some finding in denied(sample.deployment, sample.human, {"change": sample.change([last_applied])})
	contains(finding.message, "last-applied")
}

test_added_fields_say_so if {
	added := {"path": "data.x", "segments": ["data", "x"], "kind": "added", "to": "1"}
	some finding in denied(sample.deployment, sample.human, {"change": sample.change([added])})
	endswith(finding.message, "\ndata.x: 1 (added)")
}

test_cluster_scoped_objects_have_no_namespace if {
	request := sample.request_for("clusterroles", "rbac.authorization.k8s.io", {"namespace": "", "name": "admin"})
	some finding in denied(request, sample.human, {})
	startswith(finding.message, "clusterroles.rbac.authorization.k8s.io admin is managed by")
}

test_a_denial_stands_where_a_part_of_its_text_is_undefined if {
	findings := gitops_only_writes.deny with input as {
		"request": {"operation": "UPDATE"},
		"facts": {"actor": {"class": "other"}, "object": {"managed": true}, "change": {"semantic": true}},
		"parameters": {},
	}
	findings == {{
		"code": "managed_object_changed",
		"message": "<undefined> (no name) is managed by its GitOps-only namespace and changes only through Git.",
		"remedy": "Change it in its Git repository and let the GitOps controller apply it.",
	}}
}

test_a_break_glass_grant if {
	person := object.union(sample.human, {"class": "breakglass", "name": "G"})
	findings := gitops_only_writes.deny with input as {
		"request": sample.deployment,
		"facts": {"actor": person, "object": sample.managed, "change": sample.change([sample.image])},
		"parameters": sample.parameters,
	}
	findings == set()
}

test_the_words_for_a_scale_a_forged_mark_and_an_unproven_writer if {
	messages(scale("deployments"), sample.human, [sample.replicas]) == {concat("\n", [
		`deployments.apps shop/checkout is managed by the Argo CD application "checkout" and is scaled only through Git or by its autoscaler.`,
		"spec.replicas: 1 → 5",
	])}
	created := object.union(sample.deployment, {"operation": "CREATE"})
	messages(created, sample.human, []) == {concat("", [
		`deployments.apps shop/checkout carries the mark of the Argo CD application "checkout": `,
		"only its GitOps controller creates what bears it.",
	])}
	messages(sample.deployment, sample.unproven_writer, []) == {concat("", [
		`deployments.apps shop/checkout is managed by the Argo CD application "checkout" `,
		`and is written only by its controller. The GitOps account "argocd" did not prove itself: `,
		`its token is not bound to a pod, and its entry demands "pod-bound".`,
	])}
}

messages(request, actor, paths) := {finding.message |
	some finding in denied(request, actor, {"change": sample.change(paths)})
}

orphaned(request, actor, goneForMs) := findings if {
	findings := gitops_only_writes.deny with input as {
		"request": request,
		"facts": {"actor": actor, "object": object.union(sample.managed, {"leftBehind": {"goneForMs": goneForMs}}), "change": sample.whole},
		"parameters": object.union(sample.parameters, {"orphanEditors": ["alice"], "orphanAfterMs": 600000}),
	}
}

orphan_deletion := sample.request_for("configmaps", "", {"operation": "DELETE"})

mallory := object.union(sample.human, {"username": "mallory"})

test_what_an_application_left_behind_is_deleted_by_its_editors_only if {
	orphaned(orphan_deletion, sample.human, 600000) == set()
	count(orphaned(orphan_deletion, mallory, 600000)) == 1
	count(orphaned(orphan_deletion, sample.human, 599999)) == 1
	count(orphaned(sample.request_for("configmaps", "", {}), sample.human, 600000)) == 1
}

test_the_words_for_an_orphan if {
	some finding in orphaned(orphan_deletion, mallory, 600000)
	startswith(finding.remedy, concat("", [
		"Its application is gone. Declare it in an application in Git again, or let an account in ownership.orphans.editors ",
		"delete it, or release it: kubectl annotate configmaps checkout -n shop argocd.argoproj.io/tracking-id-",
	]))
	some young in orphaned(orphan_deletion, sample.human, 200000)
	startswith(young.remedy, concat("", [
		"Its application has been gone for 3 of 10 minutes; then it may be deleted or released by an account in ",
		"ownership.orphans.editors.",
	]))
}

test_the_words_where_nobody_can_tell_since_when_it_is_gone if {
	findings := gitops_only_writes.deny with input as {
		"request": orphan_deletion,
		"facts": {
			"actor": sample.human,
			"object": sample.managed,
			"change": sample.whole,
			"source": object.union(sample.source, {"operation": "absent", "repository": ""}),
		},
		"parameters": object.union(sample.parameters, {"orphanEditors": ["alice"], "orphanAfterMs": 600000}),
	}
	some finding in findings
	startswith(finding.remedy, "Its application is not there, and for how long cannot be told yet. Declare it in Git again, or try later.")
}

restored(operation, resource, listed) := findings if {
	velero := object.union(sample.robot("system:serviceaccount:velero:velero"), {"class": "operator", "name": "velero"})
	entry := {"velero": {"rules": [{"verbs": ["CREATE"], "groups": [""], "resources": ["configmaps"]}]}}
	findings := gitops_only_writes.deny with input as {
		"request": sample.request_for(resource, "", {"operation": operation}),
		"facts": {"actor": velero, "object": object.union(sample.managed, {"listed": listed}), "change": sample.whole},
		"parameters": object.union(sample.parameters, {"operators": entry}),
	}
}

known(value) := {"status": "known", "value": value}

test_a_restore_creates_what_its_entry_names_and_the_application_lists if {
	restored("CREATE", "configmaps", known(true)) == set()
	count(restored("CREATE", "secrets", known(true))) == 1
	count(restored("DELETE", "configmaps", known(true))) == 1
	some forged in restored("CREATE", "configmaps", known(false))
	forged.code == "managed_mark_forged"
	forged.message == concat("", [
		`configmaps shop/checkout carries the mark of the Argo CD application "checkout", `,
		"which does not list it as its own: a restore brings back only what it lists.",
	])
	some unknown in restored("CREATE", "configmaps", {"status": "unavailable", "reason": "no answer"})
	endswith(unknown.message, "and whether that lists it could not be found out: no answer.")
}

healer := sample.overlay(
	sample.robot("system:serviceaccount:holdfast-system:holdfast-healer"),
	{"proof": {"grade": "unbound", "sufficient": true}},
)

codes_of_healing(request, actor, facts) := {finding.code |
	some finding in gitops_only_writes.deny with input as {
		"request": request,
		"facts": sample.overlay({"actor": actor, "object": sample.managed}, facts),
		"parameters": sample.overlay(sample.parameters, {"healer": healer.username, "allowRefresh": false}),
	}
}

taken_off := sample.change([{
	"path": "metadata.labels.team", "segments": ["metadata", "labels", "team"],
	"kind": "removed", "from": "blue", "gitOwned": false,
}])

test_the_account_that_heals_takes_off_what_was_added if {
	codes_of_healing(sample.deployment, healer, {"change": taken_off}) == set()
	codes_of_healing(sample.deployment, sample.human, {"change": taken_off}) == {"managed_object_changed"}
	codes(sample.deployment, healer, {"change": taken_off}) == {"managed_object_changed"}
	codes_of_healing(sample.deployment, healer, {"change": sample.change([sample.image])}) == {"managed_object_changed"}

	# Where the mark is lost, nobody knows what Git declares.
	codes_of_healing(sample.deployment, healer, {"change": taken_off, "object": sample.lost_mark}) == {"managed_object_changed"}
}

test_the_account_that_heals_asks_of_an_application_that_another_one_declares if {
	application := sample.request_for("applications", "argoproj.io", {})
	refreshed := sample.change([sample.changed(["metadata", "annotations", "argocd.argoproj.io/refresh"], "a", "normal")])
	codes_of_healing(application, healer, {"change": refreshed}) == set()
	codes_of_healing(application, healer, {"change": refreshed, "object": sample.lost_mark}) == {"managed_object_changed"}
	codes_of_healing(application, sample.human, {"change": refreshed}) == {"managed_object_changed"}
}
