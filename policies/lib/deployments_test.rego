package holdfast.lib.deployments_test

import data.holdfast.lib.deployments
import data.holdfast.lib.samples_test as sample

application := sample.request_for("applications", "argoproj.io", {
	"object": {"metadata": {"name": "checkout"}, "spec": {"source": {"repoURL": "https://git.example.com/shop"}}},
	"oldObject": {"metadata": {"name": "checkout"}, "spec": {"source": {"repoURL": "https://git.example.com/shop"}}},
})

status := sample.change([sample.changed(["status", "sync", "status"], "Synced", "OutOfSync")])

many := object.union(status, {"truncated": true})

test_a_dry_run_is_stored_nowhere if {
	deployments.is_stored_nowhere({"dryRun": true})
	not deployments.is_stored_nowhere({"dryRun": false})
	not deployments.is_stored_nowhere({})
}

test_the_status_of_an_application_is_bookkeeping_and_that_of_others_is_not if {
	deployments.is_bookkeeping(application, status)
	not deployments.is_bookkeeping(sample.deployment, status)
	not deployments.is_bookkeeping(application, sample.change([sample.changed(["spec", "project"], "a", "b")]))
}

test_only_an_update_is if not deployments.is_bookkeeping(object.union(application, {"operation": "CREATE"}), status)

test_finalizers_and_annotations_of_the_controllers_are_bookkeeping_everywhere if {
	every segments in [
		["metadata", "finalizers", "finalizers.fluxcd.io"],
		["metadata", "finalizers", "resources-finalizer.argocd.argoproj.io"],
		["metadata", "annotations", "argocd.argoproj.io/refresh"],
		["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"],
	] {
		deployments.is_bookkeeping(sample.deployment, sample.change([sample.changed(segments, "", "x")]))
	}
	not deployments.is_bookkeeping(
		sample.deployment,
		sample.change([sample.changed(["metadata", "annotations", "team"], "", "x")]),
	)
}

test_a_longer_list_of_changes_is_compared_by_its_content if {
	deployments.is_bookkeeping(application, many)
	not deployments.is_bookkeeping(object.union(application, {"object": {"spec": {"project": "other"}}}), many)
	not deployments.is_bookkeeping(object.union(application, {"object": {"metadata": {"labels": {"a": "b"}}}}), many)
	not deployments.is_bookkeeping(sample.deployment, many)
}

operation(source) := {"object": {"operation": {"sync": {"source": source}}}}

test_an_operation_that_brings_a_source_is_none if {
	deployments.is_bookkeeping(object.union(application, operation({"repoURL": "https://git.example.com/shop"})), status)
	not deployments.is_bookkeeping(object.union(application, operation({"repoURL": "https://git.example.com/evil"})), status)
}
