package holdfast.policies.deletion_by_proxy_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.deletion_by_proxy

codes(request, actor, object_fact) := {finding.code | some finding in denied(request, actor, object_fact)}

denied(request, actor, object_fact) := findings if {
	findings := deletion_by_proxy.deny with input as {
		"request": request,
		"facts": {"actor": actor, "object": object_fact},
		"parameters": object.union(sample.parameters, {"protectedCrds": ["applications.argoproj.io"]}),
	}
}

namespace := sample.request_for("namespaces", "", {"operation": "DELETE", "name": "shop"})

crd(name) := sample.request_for("customresourcedefinitions", "apiextensions.k8s.io", {"operation": "DELETE", "namespace": "", "name": name})

application(finalizers) := sample.request_for("applications", "argoproj.io", {
	"operation": "DELETE",
	"oldObject": {"metadata": {"finalizers": finalizers}},
})

holding(count_of) := object.union(sample.unmanaged, {"destroys": [object_named |
	some n in numbers.range(1, count_of)
	object_named := {"kind": "ConfigMap", "name": format_int(n, 10), "app": "checkout"}
]})

test_a_namespace_with_managed_objects if {
	some finding in denied(namespace, sample.human, holding(1))
	finding.code == "namespace_holds_managed_objects"
	finding.message == `Deleting namespace "shop" would delete ConfigMap 1 (application "checkout"), which Git manages.`
}

test_three_are_named if {
	some finding in denied(namespace, sample.human, holding(4))
	contains(finding.message, `ConfigMap 3 (application "checkout") and more, which Git manages.`)
}

test_the_names_are_in_order if {
	destroys := [{"kind": "Service", "name": "s"}, {"kind": "ConfigMap", "name": "c"}]
	some finding in denied(namespace, sample.human, object.union(sample.unmanaged, {"destroys": destroys}))
	contains(finding.message, "would delete ConfigMap c, Service s, which")
}

test_an_object_without_an_application if {
	fact := object.union(sample.unmanaged, {"destroys": [{"kind": "Secret", "name": "s"}]})
	some finding in denied(namespace, sample.human, fact)
	contains(finding.message, "would delete Secret s, which")
}

test_a_namespace_without if {
	codes(namespace, sample.human, object.union(sample.unmanaged, {"destroys": []})) == set()
	codes(namespace, sample.human, sample.unmanaged) == set()
}

test_a_namespace_in_deletion if {
	condemned := object.union(namespace, {"oldObject": {"metadata": {"deletionTimestamp": "2026-11-21T06:00:00Z"}}})
	codes(condemned, sample.human, holding(1)) == set()
}

test_definitions if {
	codes(crd("applications.argoproj.io"), sample.human, sample.unmanaged) == {"crd_deletion_destroys_resources"}
	codes(crd("widgets.example.com"), sample.human, sample.managed) == {"crd_deletion_destroys_resources"}
	codes(crd("widgets.example.com"), sample.human, sample.unmanaged) == set()
}

# Of a definition that nobody declared, as a chart or an operator installs it.
test_a_definition_with_managed_objects if {
	some finding in denied(crd("widgets.example.com"), sample.human, holding(1))
	finding.code == "crd_deletion_destroys_resources"
	finding.message == `Deleting the CustomResourceDefinition "widgets.example.com" would delete every object of its kind in the whole cluster, without asking for any of them, ConfigMap 1 (application "checkout") among them, which Git manages.`
	codes(crd("widgets.example.com"), sample.platform("generic-garbage-collector"), holding(1)) == {"crd_deletion_destroys_resources"}
	codes(crd("widgets.example.com"), sample.writer, holding(1)) == set()
	codes(crd("widgets.example.com"), sample.human, object.union(sample.unmanaged, {"destroys": []})) == set()
}

test_an_application_with_a_finalizer if {
	every finalizer in ["resources-finalizer.argocd.argoproj.io", "resources-finalizer.argocd.argoproj.io/background"] {
		codes(application([finalizer]), sample.human, sample.unmanaged) == {"application_deletion_destroys_resources"}
	}
	codes(application(["example.com/x"]), sample.human, sample.unmanaged) == set()
	codes(application([]), sample.human, sample.unmanaged) == set()
}

flux(resource, group, spec) := sample.request_for(resource, group, {
	"operation": "DELETE",
	"oldObject": {"metadata": {"finalizers": ["finalizers.fluxcd.io"]}, "spec": spec},
})

kustomization(spec) := flux("kustomizations", "kustomize.toolkit.fluxcd.io", spec)

test_what_flux_prunes if {
	every spec in [{"prune": true}, {"prune": false, "deletionPolicy": "Delete"}, {"prune": false, "deletionPolicy": "WaitForTermination"}] {
		some finding in denied(kustomization(spec), sample.human, sample.unmanaged)
		finding.code == "application_deletion_destroys_resources"
		endswith(finding.remedy, `set spec.deletionPolicy to "Orphan" in Git first.`)
	}
	every spec in [{"prune": false}, {"prune": true, "deletionPolicy": "Orphan"}, {"prune": true, "suspend": true}] {
		codes(kustomization(spec), sample.human, sample.unmanaged) == set()
	}
	codes(kustomization({"prune": true}), sample.writer, sample.unmanaged) == set()
	codes(object.union(kustomization({"prune": true}), {"oldObject": {"metadata": {"finalizers": []}}}), sample.human, sample.unmanaged) == set()
}

test_what_flux_uninstalls if {
	release := flux("helmreleases", "helm.toolkit.fluxcd.io", {})
	some finding in denied(release, sample.human, sample.unmanaged)
	finding.message == "helmreleases.helm.toolkit.fluxcd.io shop/checkout is pruned by Flux: deleting it deletes everything that it has applied."
	codes(flux("helmreleases", "helm.toolkit.fluxcd.io", {"suspend": true}), sample.human, sample.unmanaged) == set()
}

test_who_may if {
	request := application(["resources-finalizer.argocd.argoproj.io"])
	every actor in [
		sample.writer,
		sample.robot("bob"),
	] {
		codes(request, actor, sample.unmanaged) == set()
	}
	every actor in [
		sample.unproven_writer,
		sample.platform("deployment-controller"),
		sample.platform("generic-garbage-collector"),
		sample.platform("kube-controller-manager"),
		sample.platform("namespace-controller"),
		sample.robot("system:serviceaccount:argocd:argocd-applicationset-controller"),
		sample.robot("system:serviceaccount:argocd:argocd-notifications-controller"),
		sample.impersonated("system:serviceaccount:argocd:argocd-applicationset-controller"),
	] {
		codes(request, actor, sample.unmanaged) == {"application_deletion_destroys_resources"}
	}
}

test_the_words_for_each_kind_of_container if {
	messages(crd("applications.argoproj.io")) == {concat("", [
		`Deleting the CustomResourceDefinition "applications.argoproj.io" would delete every object of its kind `,
		"in the whole cluster, without asking for any of them.",
	])}
	messages(application(["resources-finalizer.argocd.argoproj.io"])) == {concat("", [
		"applications.argoproj.io shop/checkout carries a finalizer that deletes ",
		"everything the application has deployed.",
	])}
}

messages(request) := {finding.message | some finding in denied(request, sample.human, sample.unmanaged)}

test_an_application_set_ends_its_own_applications if {
	generator := "system:serviceaccount:argocd:argocd-applicationset-controller"
	codes(owned_application, sample.robot(generator), sample.unmanaged) == set()
	codes(owned_application, sample.impersonated(generator), sample.unmanaged) == {"application_deletion_destroys_resources"}
}

owned_application := sample.request_for("applications", "argoproj.io", {
	"operation": "DELETE",
	"oldObject": {"metadata": {
		"finalizers": ["resources-finalizer.argocd.argoproj.io"],
		"ownerReferences": [{"kind": "ApplicationSet", "name": "set", "uid": "set", "controller": true}],
	}},
})

test_clean_up_after_an_owner_or_a_namespace if {
	collector := sample.platform("generic-garbage-collector")
	gone := object.union(sample.unmanaged, {"owners": [{"uid": "set", "state": "gone"}]})
	codes(owned_application, collector, gone) == set()
	every state in ["deleting", "present", "unknown"] {
		object_fact := object.union(sample.unmanaged, {"owners": [{"uid": "set", "state": state}]})
		codes(owned_application, collector, object_fact) == {"application_deletion_destroys_resources"}
	}
	going := object.union(sample.unmanaged, {"namespaceTerminating": true})
	codes(owned_application, sample.platform("namespace-controller"), going) == set()
}

# Whoever wears a controller's name would destroy what these hold.
test_no_controller_deletes_a_namespace_or_a_definition if {
	every name in ["generic-garbage-collector", "kube-controller-manager", "namespace-controller"] {
		known := {"namespaceTerminating": true, "owners": [{"uid": "set", "state": "gone"}]}
		owned := {"oldObject": {"metadata": {"ownerReferences": [{"uid": "set"}]}}}
		codes(object.union(namespace, owned), sample.platform(name), object.union(holding(1), known)) == {"namespace_holds_managed_objects"}
		codes(object.union(crd("applications.argoproj.io"), owned), sample.platform(name), object.union(sample.managed, known)) == {"crd_deletion_destroys_resources"}
	}
}

abandoned(actor, left) := findings if {
	destroys := [object.union({"kind": "Deployment", "name": "web", "app": "shop"}, fact) | some fact in left]
	findings := deletion_by_proxy.deny with input as {
		"request": sample.request_for("namespaces", "", {"operation": "DELETE", "name": "shop"}),
		"facts": {"actor": actor, "object": object.union(sample.unmanaged, {"destroys": destroys})},
		"parameters": object.union(sample.parameters, {"orphanEditors": ["alice"], "orphanAfterMs": 600000}),
	}
}

old := {"leftBehind": {"goneForMs": 600000}}

test_a_namespace_with_nothing_but_what_was_left_behind_is_deleted_by_an_orphan_editor if {
	abandoned(sample.human, [old, old]) == set()
	count(abandoned(sample.human, [{}, old])) == 1
	count(abandoned(sample.human, [{"leftBehind": {"goneForMs": 599999}}, old])) == 1
	count(abandoned(sample.human, [{"leftBehind": {"goneForMs": 600000, "listedBy": "argocd/bank"}}])) == 1
	some finding in abandoned(object.union(sample.human, {"username": "mallory"}), [old])
	startswith(finding.remedy, "What is in it was left behind by applications that are gone.")
}

test_nothing_else_is_deleted_through_a_finalizer if {
	every resource in {"appprojects"} | sample.words_of_no_rule {
		every group in ["", "argoproj.io", "kustomize.toolkit.fluxcd.io"] {
			request := flux(resource, group, {"prune": true})
			held := {"oldObject": {"metadata": {"finalizers": ["finalizers.fluxcd.io", "resources-finalizer.argocd.argoproj.io"]}}}
			codes(object.union(request, held), sample.human, sample.unmanaged) == set()
		}
	}
}

test_what_flux_keeps if {
	every spec in [{"prune": true, "deletionPolicy": policy} | some policy in ({"Orphan"} | sample.words_of_no_rule)] {
		codes(kustomization(spec), sample.human, sample.unmanaged) == set()
	}
	codes(kustomization({"suspend": true, "deletionPolicy": "Delete"}), sample.human, sample.unmanaged) == set()
	released := object.union(flux("helmreleases", "helm.toolkit.fluxcd.io", {}), {"oldObject": {"metadata": {"finalizers": []}}})
	codes(released, sample.human, sample.unmanaged) == set()
	both := denied(flux("helmreleases", "helm.toolkit.fluxcd.io", {"prune": true}), sample.human, sample.unmanaged)
	{finding.remedy | some finding in both} == {"Remove it from Git. To keep what it applied, set spec.suspend to true in Git first."}
}

test_an_application_set_ends_nothing_else if {
	generator := sample.robot("system:serviceaccount:argocd:argocd-applicationset-controller")
	set := {"kind": "ApplicationSet", "name": "set", "uid": "set", "controller": true}
	every owner in [object.union(set, {"controller": false}), object.union(set, {"kind": "Application"})] {
		owned := object.union(owned_application, {"oldObject": {"metadata": {"ownerReferences": [owner]}}})
		codes(owned, generator, sample.unmanaged) == {"application_deletion_destroys_resources"}
	}
	nested := object.union(owned_application, {"resource": {"group": "argoproj.io", "version": "v1", "resource": "applicationsets"}})
	codes(nested, generator, sample.unmanaged) == {"application_deletion_destroys_resources"}
}

test_an_orphan_editor_deletes_no_definition if {
	findings := deletion_by_proxy.deny with input as {
		"request": crd("widgets.example.com"),
		"facts": {"actor": sample.human, "object": object.union(sample.unmanaged, {"destroys": [object.union({"kind": "Widget", "name": "w"}, old)]})},
		"parameters": object.union(sample.parameters, {"protectedCrds": [], "orphanEditors": ["alice"], "orphanAfterMs": 600000}),
	}
	{finding.code | some finding in findings} == {"crd_deletion_destroys_resources"}
}

test_what_is_still_declared_goes_through_git if {
	some finding in abandoned(sample.human, [{}])
	startswith(finding.remedy, "Remove the applications from Git first and let the GitOps controller prune them; then delete the empty namespace.")
}
