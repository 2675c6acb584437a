package holdfast.lib.naming_test

import data.holdfast.lib.naming
import data.holdfast.lib.samples_test as sample

test_the_group_of_a_resource_is_part_of_its_name if {
	naming.resource(sample.deployment) == "deployments.apps"
	naming.resource(sample.request_for("pods", "", {})) == "pods"
	naming.subject(sample.deployment) == "deployments.apps shop/checkout"
}

named(value) := {"metadata": {"name": value}}

test_the_name_stands_in_the_request_or_in_an_object if {
	bare := {"resource": sample.deployment_resource, "operation": "CREATE"}
	naming.name(object.union(bare, {"name": "a", "oldObject": named("b"), "object": named("c")})) == "a"
	naming.name(object.union(bare, {"name": "", "oldObject": named("b"), "object": named("c")})) == "b"
	naming.name(object.union(bare, {"object": named("c")})) == "c"
	naming.name(object.union(bare, {"object": {"metadata": {"generateName": "web-"}}})) == "web-…"
	every generated in [null, 1, ["x"]] {
		naming.name(object.union(bare, {"object": {"metadata": {"generateName": generated}}})) == "(no name)"
	}
	naming.name(bare) == "(no name)"
	naming.has_name(sample.deployment)
	not naming.has_name(bare)
}

test_a_namespace_lies_in_none if {
	naming.qualified_name(sample.request_for("namespaces", "", {"name": "shop", "namespace": "shop"})) == "shop"
	naming.qualified_name(sample.request_for("nodes", "", {"name": "a", "namespace": ""})) == "a"
	naming.qualified_name(sample.deployment) == "shop/checkout"
}

test_who_manages if {
	managers := {
		`the Argo CD application "checkout"`: sample.managed,
		"Argo CD, which applied it and whose mark it lacks,": sample.lost_mark,
		`the Flux Kustomization "flux-system/apps"`: sample.by_flux,
		`the Flux HelmRelease "flux-system/apps"`: object.union(sample.by_flux, {"mark": "label helm.toolkit.fluxcd.io/name"}),
		"Flux, which applied it and whose labels it lacks,": object.union(sample.lost_mark, {"tool": "flux", "mark": "label helm."}),
		`the Helm release "shop/checkout"`: object.union(sample.managed, {"tool": "helm", "appNamespace": "shop", "mark": "label helm.sh/x"}),
		`Git, as the selector "checkout" of Holdfast's configuration says,`: object.union(sample.managed, {"tool": "selector"}),
		"its GitOps-only namespace": object.union(sample.managed, {"tool": "scope"}),
	}
	every words, managed in managers { naming.manager(managed) == words }
}

test_an_application_of_the_home_namespace_has_a_short_name if {
	naming.applications(sample.managed, "argocd") == {"argocd/checkout", "checkout"}
	naming.applications(sample.managed, "gitops") == {"argocd/checkout"}
}
