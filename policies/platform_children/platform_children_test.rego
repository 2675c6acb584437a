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

service := {
	"group": "", "version": "v1", "resource": "services", "kind": "Service",
	"namespace": "shop", "name": "web", "tool": "argocd", "app": "checkout", "appNamespace": "argocd",
}

serving(services) := {"services": {"status": "known", "value": services}}

written_by(value) := {"metadata": {"labels": {"endpointslice.kubernetes.io/managed-by": value}}}

slice(state) := sample.request_for("endpointslices", "discovery.k8s.io", {"name": "web-abc", "object": state, "oldObject": state})

test_endpoints_of_a_managed_service if {
	own := slice(written_by("endpointslice-controller.k8s.io"))
	every operation in ["CREATE", "UPDATE", "DELETE"] {
		request := object.union(own, {"operation": operation})
		codes(request, sample.platform("endpointslice-controller"), serving([service])) == set()
		every name in ["deployment-controller", "endpoint-controller", "kube-controller-manager", "kube-scheduler"] {
			codes(request, sample.platform(name), serving([service])) == {"endpoints_of_another_controller"}
			codes(request, sample.platform(name), serving([])) == set()
		}
	}
	by_hand := slice(written_by("somebody.else"))
	codes(by_hand, sample.platform("endpointslice-controller"), serving([service])) == {"endpoints_of_another_controller"}
	some finding in result(by_hand, sample.platform("endpointslice-controller"), serving([service])).deny
	finding.message == `endpointslices.discovery.k8s.io shop/web-abc says where the traffic of services "web" goes, which is managed by the Argo CD application "checkout", and changes only by the endpoint controllers.`
}

test_endpoints_without_an_answer_are_their_controllers if {
	unknown := {"services": away}
	codes(slice(written_by("endpointslice-controller.k8s.io")), sample.platform("endpointslice-controller"), unknown) == set()
	codes(slice(written_by("x")), sample.platform("deployment-controller"), unknown) == {"child_owner_unknown"}
}

# An upgrade: the controller takes on what it wrote before it labelled its own.
test_endpoints_without_the_label_of_their_controller if {
	plain := sample.request_for("endpoints", "", {"name": "web", "object": {"metadata": {}}, "oldObject": {"metadata": {}}})
	codes(plain, sample.platform("endpoint-controller"), serving([service])) == set()
	codes(plain, sample.platform("endpointslice-controller"), serving([service])) == {"endpoints_of_another_controller"}
	other := object.union(plain, {"oldObject": {"metadata": {"labels": {"endpoints.kubernetes.io/managed-by": "other"}}}})
	codes(other, sample.platform("endpoint-controller"), serving([service])) == {"endpoints_of_another_controller"}
}

test_endpoints_under_the_shared_name if {
	plain := sample.request_for("endpoints", "", {"name": "web", "object": {"metadata": {}}, "oldObject": {"metadata": {}}})
	findings := platform_children.deny with input as {
		"request": plain,
		"facts": {
			"actor": sample.platform("kube-controller-manager"),
			"object": object.union(sample.unmanaged, serving([service])),
			"change": sample.change([sample.changed(["subsets", "0"], "a", "b")]),
		},
		"parameters": object.union(sample.parameters, {"gitopsOnlyNamespaces": [], "sharedControllerManager": true}),
	}
	findings == set()
	others := platform_children.deny with input as {
		"request": plain,
		"facts": {
			"actor": sample.platform("endpointslice-controller"),
			"object": object.union(sample.unmanaged, serving([service])),
			"change": sample.change([sample.changed(["subsets", "0"], "a", "b")]),
		},
		"parameters": object.union(sample.parameters, {"gitopsOnlyNamespaces": [], "sharedControllerManager": true}),
	}
	remedies(others) == {`Change services "web" or its pods in Git, and its endpoint controllers will follow.`}
	unshared := result(plain, sample.platform("kube-controller-manager"), serving([service])).deny
	remedies(unshared) == {"Where all controllers act under this name, set identity.sharedControllerManager in Holdfast's configuration."}
}

remedies(findings) := {finding.remedy | some finding in findings}

test_status_and_scale_of_a_child if {
	set := object.union(sample.request_for("replicasets", "apps", {"object": state, "oldObject": state}), {"subResource": "scale"})
	codes(set, sample.platform("horizontal-pod-autoscaler"), root(deployment)) == {"child_of_another_controller"}
	codes(set, sample.platform("job-controller"), root(deployment)) == {"child_of_another_controller"}
	codes(set, sample.platform("job-controller"), root(null)) == set()
}

test_a_pod_is_bound_by_the_scheduler if {
	binding := object.union(pod, {"subResource": "binding", "object": {"target": {"name": "worker-1"}}})
	codes(binding, sample.platform("kube-scheduler"), root(deployment)) == set()
	codes(binding, controller, root(deployment)) == {"child_of_another_controller"}
	codes(binding, controller, root(null)) == set()
}

# By its name alone, as where no credential is known.
controller := sample.with_credential(sample.platform("replicaset-controller"), sample.absent_credential)

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
	codes(pod, sample.platform("replicaset-controller"), facts) == set()
	unknown := sample.with_credential(controller, sample.unknown_token)
	codes(pod, unknown, facts) == {"child_differs_from_template", "control_plane_credential_unknown"}
	codes(pod, unknown, object.union(template([], []), root(deployment))) == set()
	every status in ["absent", "off", "unavailable"] {
		caller := object.union(controller, {"credential": {"status": status, "kind": "none", "believed": true}})
		codes(pod, caller, facts) == {"child_differs_from_template"}
	}
}

test_a_child_as_declared if {
	codes(pod, controller, template([], [])) == set()
	loose := object.union(template(["hostNetwork"], ["containers[istio-proxy]"]), root(null))
	every actor in [controller, sample.with_credential(controller, sample.unknown_token)] {
		codes(pod, actor, loose) == set()
		audited(pod, actor, loose) == set()
	}
}

test_additions_are_recorded if {
	facts := object.union(template([], ["containers[istio-proxy]"]), root(deployment))
	codes(pod, controller, facts) == set()
	audited(pod, controller, facts) == {"child_has_additions"}
	audited(pod, controller, template([], [])) == set()
	audited(pod, controller, object.union(template([], []), root(deployment))) == set()
	audited(edit, controller, facts) == set()
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
		audited(pod, named, facts) == set()
	}
	named := object.union(controller, {"username": "system:kube-controller-manager", "name": "kube-controller-manager"})
	codes(pod, named, object.union(template([], []), root(null))) == set()
}

# Whoever wears a controller's name, and makes what another one makes.
test_without_an_answer_no_other_controller_makes_a_child if {
	facts := object.union(template([], []), {"root": away})
	codes(pod, sample.platform("kube-scheduler"), facts) == {"child_owner_unknown"}
	codes(pod, controller, facts) == set()
	audited(pod, controller, facts) == set()
}

condemned := object.union(
	sample.request_for("pods", "", {"operation": "DELETE", "name": "web-1-x"}),
	{"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z", "ownerReferences": [owner]}}},
)

# Only what is made is compared with a template; what is deleted already was judged.
test_what_ends_is_not_compared if {
	unknown := sample.with_credential(controller, sample.unknown_token)
	absent := {"template": {"status": "known", "value": {"isOwned": false, "differences": [], "additions": ["x"]}}}
	every facts in [
		object.union(template(["hostPID"], ["x"]), root(deployment)),
		object.union(absent, root(deployment)),
		{"root": away, "template": away},
		object.union(template(["hostPID"], []), {"root": away}),
	] {
		every request in [condemned, object.union(condemned, {"namespace": "prod"})] {
			codes(request, unknown, facts) == set()
			audited(request, unknown, facts) == set()
		}
	}
	edited := object.union(condemned, {"operation": "UPDATE"})
	codes(edited, unknown, root(deployment)) == {"child_of_another_controller"}
}

test_an_owner_that_is_not_there if {
	absent := {"template": {"status": "known", "value": {"isOwned": false, "differences": [], "additions": []}}}
	codes(pod, controller, object.union(absent, root(null))) == set()
	codes(object.union(pod, {"namespace": "prod"}), controller, object.union(absent, root(null))) == {"child_owner_absent"}
	codes(object.union(pod, {"namespace": "prod"}), controller, template([], [])) == set()
}
