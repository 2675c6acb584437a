package holdfast.policies.platform_children_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.platform_children

codes(request, actor, facts) := {finding.code | some finding in result(request, actor, facts).deny}

audited(request, actor, facts) := {finding.code | some finding in result(request, actor, facts).audit}

result(request, actor, facts) := policy if {
	policy := platform_children with input as {
		"request": request,
		"facts": {
			"actor": actor,
			"object": object.union(sample.unmanaged, facts),
			"change": sample.change([sample.changed(["spec", "containers", "app", "image"], "a:1", "evil")]),
		},
		"parameters": object.union(sample.parameters, {"gitopsOnlyNamespaces": ["prod"]}),
	}
}

owner := {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "rs", "controller": true}

state := {"metadata": {"name": "web-1-x", "ownerReferences": [owner]}}

pod := sample.request_for("pods", "", {"operation": "CREATE", "name": "web-1-x", "object": state, "oldObject": null})

edit := sample.request_for("pods", "", {"name": "web-1-x", "object": state, "oldObject": state})

deployment := {
	"group": "apps", "version": "v1", "resource": "deployments", "kind": "Deployment",
	"namespace": "shop", "name": "web", "tool": "argocd", "app": "checkout", "appNamespace": "argocd",
}

root(value) := {"root": {"status": "known", "value": value}}

away := {"status": "unavailable", "reason": "the API server is away"}

template(differences, additions) := {"template": {"status": "known", "value": {
	"isOwned": true, "differences": differences, "additions": additions,
}}}

controller := sample.platform("replicaset-controller")

test_a_child_that_differs if {
	facts := object.union(template(["containers[app].image"], []), root(deployment))
	result(pod, controller, facts).deny == {{
		"code": "child_differs_from_template",
		"message": `pods shop/web-1-x differs from the template of deployments "web", which is managed by the Argo CD application "checkout": containers[app].image.`,
		"remedy": `Change deployments "web" in Git. Where a mutating webhook makes the difference, let it declare that in Git too.`,
		"details": {"root": deployment, "differences": ["containers[app].image"]},
	}}
}

test_a_child_that_differs_by_a_known_credential if {
	facts := object.union(template(["containers[app].image"], []), root(deployment))
	known := object.union(controller, {"credential": {"status": "known"}})
	codes(pod, known, facts) == set()
	every status in ["absent", "unavailable", "unknown"] {
		codes(pod, object.union(controller, {"credential": {"status": status}}), facts) == {"child_differs_from_template"}
	}
}

test_a_child_as_declared if {
	codes(pod, controller, template([], [])) == set()
	codes(pod, controller, object.union(template(["hostNetwork"], []), root(null))) == set()
}

test_additions_are_recorded if {
	facts := object.union(template([], ["containers[istio-proxy]"]), root(deployment))
	codes(pod, controller, facts) == set()
	audited(pod, controller, facts) == {"child_has_additions"}
	audited(pod, controller, template([], [])) == set()
}

test_another_controller if {
	facts := object.union(template([], []), root(deployment))
	every name in ["daemon-set-controller", "endpoint-controller", "kube-controller-manager", "kube-scheduler"] {
		codes(pod, sample.platform(name), facts) == {"child_of_another_controller"}
		codes(pod, sample.platform(name), object.union(template([], []), root(null))) == set()
	}
}

test_the_shared_name_is_told_the_setting if {
	facts := object.union(template([], []), root(deployment))
	some finding in result(pod, sample.platform("kube-controller-manager"), facts).deny
	finding.message == `pods shop/web-1-x was made for deployments "web", which is managed by the Argo CD application "checkout", and is made only by its own controller.`
	finding.remedy == "Where all controllers act under this name, set identity.sharedControllerManager in Holdfast's configuration."
}

test_an_edit if {
	every name in ["kube-controller-manager", "replicaset-controller", "statefulset-controller"] {
		codes(edit, sample.platform(name), root(deployment)) == {"child_of_another_controller"}
		codes(edit, sample.platform(name), root(null)) == set()
		codes(edit, sample.platform(name), {"root": away}) == {"child_owner_unknown"}
	}
	some finding in result(edit, controller, root(deployment)).deny
	endswith(finding.message, ", and changes only by its own controller.\nspec.containers.app.image: a:1 → evil")
	finding.remedy == `Change deployments "web" in Git, and its controller will follow.`
}

test_a_release if {
	findings := platform_children.deny with input as {
		"request": edit,
		"facts": {
			"actor": controller,
			"object": object.union(sample.unmanaged, root(deployment)),
			"change": sample.change([sample.changed(["metadata", "ownerReferences", "web-1"], "{}", "")]),
		},
		"parameters": sample.parameters,
	}
	findings == set()
}

test_the_garbage_collector_deletes_revisions_of_what_is_gone if {
	deletion := sample.request_for("replicasets", "apps", {"operation": "DELETE", "oldObject": state})
	collector := sample.platform("generic-garbage-collector")
	codes(deletion, collector, object.union(root(deployment), {"owners": [{"uid": "rs", "state": "present"}]})) == {"child_of_another_controller"}
	codes(deletion, collector, object.union(root(deployment), {"owners": [{"uid": "rs", "state": "foreground"}]})) == set()
	condemned := object.union(deletion, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(condemned, controller, root(deployment)) == set()
}

test_without_an_answer_a_token_passes_and_a_name_does_not if {
	every facts in [{"template": away}, object.union(template(["hostPID"], []), {"root": away})] {
		codes(pod, controller, facts) == set()
		audited(pod, controller, facts) == {"child_owner_unknown"}
		named := object.union(controller, {"username": "system:kube-controller-manager", "name": "kube-controller-manager"})
		codes(pod, named, facts) == {"child_owner_unknown"}
	}
}

test_an_owner_that_is_not_there if {
	absent := {"template": {"status": "known", "value": {"isOwned": false, "differences": [], "additions": []}}}
	codes(pod, controller, object.union(absent, root(null))) == set()
	codes(object.union(pod, {"namespace": "prod"}), controller, object.union(absent, root(null))) == {"child_owner_absent"}
	codes(object.union(pod, {"namespace": "prod"}), controller, template([], [])) == set()
}
