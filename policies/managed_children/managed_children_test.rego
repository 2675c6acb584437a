package holdfast.policies.managed_children_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.managed_children

codes(request, actor, facts) := {finding.code | some finding in denied(request, actor, facts)}

denied(request, actor, facts) := findings if {
	defaults := {"actor": actor, "object": child_of(deployment), "change": sample.change([sample.image])}
	findings := managed_children.deny with input as {
		"request": request,
		"facts": sample.overlay(defaults, facts),
		"parameters": object.union(sample.parameters, {
			"editors": ["bob"],
			"guarded": ["controllerrevisions.apps", "jobs.batch", "pods", "pods/resize", "replicasets.apps", "replicasets.apps/scale"],
			"deletable": ["jobs.batch", "pods"],
		}),
	}
}

deployment := {
	"group": "apps", "version": "v1", "resource": "deployments", "kind": "Deployment",
	"namespace": "shop", "name": "checkout", "tool": "argocd", "app": "checkout", "appNamespace": "argocd",
}

rollout := object.union(deployment, {"group": "argoproj.io", "resource": "rollouts", "kind": "Rollout"})

child_of(root) := object.union(sample.unmanaged, {"root": {"status": "known", "value": root}})

unknown := object.union(sample.unmanaged, {"root": {"status": "unavailable", "reason": "the API server is away"}})

replicaset := sample.request_for("replicasets", "apps", {"name": "checkout-5794cc9dbd"})

pod := sample.request_for("pods", "", {"name": "checkout-5794cc9dbd-x"})

job := sample.request_for("jobs", "batch", {})

service_account := sample.robot("system:serviceaccount:argo-rollouts:argo-rollouts")

test_a_replicaset_of_a_managed_deployment if {
	denied(replicaset, sample.human, {}) == {{
		"code": "managed_child_changed",
		"message": concat("\n", [
			`replicasets.apps shop/checkout-5794cc9dbd was made for deployments "checkout", which is managed by the Argo CD application "checkout" and changes with it only.`,
			"spec.template.spec.containers[app].image: shop/checkout:1.0.0 → evil:latest",
		]),
		"remedy": `Change deployments "checkout" in Git, and its controller will follow.`,
		"details": {"root": deployment},
	}}
}

test_its_history_is_not_deleted if {
	every resource in ["replicasets", "controllerrevisions"] {
		request := sample.request_for(resource, "apps", {"operation": "DELETE"})
		some finding in denied(request, sample.human, {"change": sample.whole})
		finding.code == "managed_child_deleted"
		contains(finding.message, " and is deleted with it only.")
	}
}

test_by_flux if {
	by_flux := object.union(deployment, {"tool": "flux", "app": "apps", "appNamespace": "flux-system"})
	some finding in denied(replicaset, sample.human, {"object": child_of(by_flux)})
	contains(finding.message, `which is managed by the Flux Kustomization "flux-system/apps" and`)
}

test_scaling_a_replicaset if {
	request := object.union(replicaset, {"subResource": "scale"})
	codes(request, sample.human, {"change": sample.change([sample.replicas])}) == {"managed_child_changed"}
}

test_pods_and_jobs_are_not_edited if {
	codes(pod, sample.human, {}) == {"managed_child_changed"}
	codes(object.union(pod, {"subResource": "resize"}), sample.human, {}) == {"managed_child_changed"}
	codes(job, sample.human, {}) == {"managed_child_changed"}
}

test_pods_and_jobs_are_deleted if {
	codes(object.union(pod, {"operation": "DELETE"}), sample.human, {"change": sample.whole}) == set()
	codes(object.union(job, {"operation": "DELETE"}), sample.human, {"change": sample.whole}) == set()
}

test_a_note_on_a_pod if {
	every member in ["annotations", "labels"] {
		note := {"change": sample.change([sample.changed(["metadata", member, "team"], "a", "b")])}
		codes(pod, sample.human, note) == set()
		codes(replicaset, sample.human, note) == {"managed_child_changed"}
	}
	codes(pod, sample.human, {"change": sample.change([sample.changed(["metadata", "ownerReferences", "x"], "a", "b")])}) == {"managed_child_changed"}
}

test_debugging_is_left_to_the_setting if {
	codes(object.union(pod, {"subResource": "ephemeralcontainers"}), sample.human, {}) == set()
}

test_what_belongs_to_nobody if {
	codes(replicaset, sample.human, {"object": child_of(null)}) == set()
	codes(replicaset, sample.human, {"object": sample.unmanaged}) == set()
}

test_without_an_answer if {
	some finding in denied(replicaset, sample.human, {"object": unknown})
	finding.code == "child_owner_unknown"
	finding.message == "Whether Git manages what replicasets.apps shop/checkout-5794cc9dbd was made for could not be found out: the API server is away."
	codes(replicaset, service_account, {"object": unknown}) == {"child_owner_unknown"}
	codes(object.union(pod, {"operation": "DELETE"}), sample.human, {"object": unknown}) == set()
}

test_controllers_of_their_own_kinds if {
	codes(replicaset, service_account, {"object": child_of(rollout)}) == set()
	codes(replicaset, service_account, {}) == {"managed_child_changed"}
	codes(replicaset, sample.human, {"object": child_of(rollout)}) == {"managed_child_changed"}
	codes(replicaset, sample.impersonated(service_account.username), {"object": child_of(rollout)}) == {"managed_child_changed"}
}

test_editors_and_operators if {
	codes(replicaset, sample.robot("bob"), {}) == set()
	codes(replicaset, sample.operator, {}) == {"managed_child_changed"}
	rule := {"verbs": ["UPDATE"], "groups": ["apps"], "resources": ["replicasets"]}
	findings := managed_children.deny with input as {
		"request": replicaset,
		"facts": {"actor": sample.operator, "object": child_of(deployment), "change": sample.change([sample.image])},
		"parameters": {"guarded": ["replicasets.apps"], "deletable": [], "editors": [], "operators": {"cert-manager": {"rules": [rule]}}},
	}
	count(findings) == 0
}

test_no_change_and_what_is_going if {
	codes(replicaset, sample.human, {"change": sample.no_change}) == set()
	going := object.union(replicaset, {"operation": "DELETE", "oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(going, sample.human, {"change": sample.whole}) == set()
}

test_a_refusal_does_not_hang_on_its_words if {
	findings := managed_children.deny with input as {
		"request": {"operation": "UPDATE", "resource": {"group": "apps", "resource": "replicasets"}},
		"facts": {"actor": {"class": "other"}, "object": {"root": {"status": "known", "value": {}}}, "change": {"semantic": true}},
		"parameters": {"guarded": ["replicasets.apps"], "deletable": [], "editors": []},
	}
	{finding.code | some finding in findings} == {"managed_child_changed"}
}
