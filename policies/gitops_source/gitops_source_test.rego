package holdfast.policies.gitops_source_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_source

codes(request, facts) := {finding.code | some finding in denied(request, facts)}

denied(request, facts) := findings if {
	defaults := {"actor": sample.writer, "object": sample.managed, "source": sample.source}
	findings := gitops_source.deny with input as {
		"request": request,
		"facts": sample.overlay(defaults, facts),
		"parameters": sample.parameters,
	}
}

create := sample.request_for("configmaps", "", {"operation": "CREATE"})

inline := object.union(sample.source, {"inlineManifests": true})

unmarked := {"object": sample.unmanaged, "source": null}

test_from_the_repository if {
	codes(create, {}) == set()
	codes(create, {"source": null}) == set()
}

test_inline_manifests if {
	some finding in denied(create, {"source": inline})
	finding.code == "source_inline_manifests"
	contains(finding.message, `the running operation of the Argo CD application "checkout" applies manifests that are in no repository`)
}

test_the_mark_of_an_application_that_is_not_syncing if {
	idle := object.union(sample.source, {"operation": "idle"})
	some finding in denied(create, {"source": idle})
	finding.code == "source_not_syncing"
	contains(finding.message, `it bears the mark of the Argo CD application "checkout", which is not syncing now.`)
	codes(create, {"source": object.union(sample.source, {"operation": "absent"})}) == {"source_not_syncing"}
	some elsewhere in denied(create, {"source": object.union(sample.source, {"operation": "elsewhere"})})
	contains(elsewhere.message, `it bears the mark of the Argo CD application "checkout", which deploys to another cluster.`)
	codes(object.union(create, {"dryRun": true}), {"source": idle}) == set()
	codes(sample.request_for("applications", "argoproj.io", {}), {"source": idle}) == set()
	codes(create, {"source": object.union(sample.source, {"operation": "deleting"})}) == set()
}

test_an_idle_application_can_be_tolerated if {
	findings := gitops_source.deny with input as {
		"request": create,
		"facts": {
			"actor": sample.writer, "object": sample.managed,
			"source": object.union(sample.source, {"operation": "idle"}),
		},
		"parameters": object.union(sample.parameters, {"refuseIdle": false}),
	}
	findings == set()
}

test_without_a_mark if {
	codes(create, unmarked) == {"source_unknown"}
	codes(sample.request_for("configmaps", "", {}), unmarked) == {"source_unknown"}
}

test_deletions_leave_no_mark_to_ask_for if {
	codes(sample.request_for("configmaps", "", {"operation": "DELETE"}), unmarked) == set()
}

test_a_copied_mark_is_not_missing if {
	copied := object.union(sample.unmanaged, {"mark": "annotation argocd.argoproj.io/tracking-id"})
	codes(create, {"object": copied, "source": null}) == set()
}

test_what_argocd_never_marks if {
	never := {
		"customresourcedefinitions": "apiextensions.k8s.io",
		"events": "",
		"namespaces": "",
		"applications": "argoproj.io",
		"selfsubjectaccessreviews": "authorization.k8s.io",
	}
	every resource, group in never {
		codes(sample.request_for(resource, group, {"operation": "CREATE"}), unmarked) == set()
	}
	codes(sample.request_for("configmaps", "", {"operation": "CREATE", "namespace": "argocd"}), unmarked) == set()
	codes(sample.request_for("kustomizations", "kustomize.toolkit.fluxcd.io", {"operation": "CREATE"}), unmarked) == set()
	codes(sample.request_for("workflows", "argoproj.io", {"operation": "CREATE"}), unmarked) == set()
}

test_flux_writers_are_not_asked_for_argocds_mark if {
	flux := object.union(sample.writer, {"username": "system:serviceaccount:flux-system:kustomize-controller"})
	codes(create, object.union(unmarked, {"actor": flux})) == set()
}

test_unproven_writers_are_refused_elsewhere if {
	codes(create, {"actor": sample.unproven_writer, "source": inline}) == set()
	codes(create, object.union(unmarked, {"actor": sample.unproven_writer})) == set()
}

test_the_missing_mark_can_be_tolerated if {
	findings := gitops_source.deny with input as {
		"request": create,
		"facts": {"actor": sample.writer, "object": sample.unmanaged, "source": null},
		"parameters": object.union(sample.parameters, {"refuseUnmarked": false}),
	}
	findings == set()
}

test_the_words_for_what_has_no_mark if {
	some finding in denied(create, unmarked)
	finding.message == concat("", [
		`configmaps shop/checkout was not written: the GitOps account "argocd" applied it without a tracking mark, `,
		"so it comes from no repository.",
	])
}

test_the_application_that_takes_an_object_over_is_named if {
	moving := object.union(sample.managed, {"movesTo": {"tool": "argocd", "app": "billing", "appNamespace": "argocd"}})
	update := sample.request_for("configmaps", "", {})
	some finding in denied(update, {"object": moving, "source": object.union(sample.source, {"operation": "idle"})})
	contains(finding.message, `it bears the mark of the Argo CD application "billing", which is not syncing now.`)
}

idle := object.union(sample.source, {"operation": "idle"})

# An application that is not syncing says nothing about what another tool or another account writes.
test_only_a_proven_writer_of_argo_cd_writes_while_it_syncs if {
	codes(create, {"source": idle}) == {"source_not_syncing"}
	codes(create, {"actor": sample.unproven_writer, "source": idle}) == set()
	codes(create, {"object": sample.by_flux, "source": idle}) == set()
	findings := gitops_source.deny with input as {
		"request": create,
		"facts": {"actor": sample.writer, "object": sample.managed, "source": idle},
		"parameters": object.union(sample.parameters, {"writers": [object.union(sample.parameters.writers[0], {"tool": "flux"})]}),
	}
	findings == set()
}
