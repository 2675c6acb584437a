package holdfast.lib.status_writers_test

import data.holdfast.lib.gitops
import data.holdfast.lib.samples_test as sample
import data.holdfast.lib.status_writers

observer := sample.robot("system:serviceaccount:ingress:nginx")

report(resource, group) := sample.request_for(resource, group, {"subResource": "status"})

changed(paths) := sample.change([sample.changed(path, "a", "b") | some path in paths])

permitted(request, paths) if status_writers.permits(request, observer, changed(paths))

own := report("widgets", "example.com")

test_a_controller_of_a_custom_kind_reports_what_it_wants if {
	every group in {"example.com", "metrics.k8s.io", "gateway.networking.k8s.io"} | sample.words_of_no_rule {
		permitted(report("widgets", group), [["status"]])
		permitted(report("widgets", group), [["status", "phase"], ["status", "conditions"]])
		not permitted(report("widgets", group), [["status"], ["metadata", "labels", "x"]])
	}
}

test_only_what_runs_reports_and_only_by_the_subresource if {
	phase := changed([["status", "phase"]])
	every actor in [
		sample.human,
		sample.impersonated(observer.username),
		object.union(observer, {"proof": {"grade": "unbound"}}),
		object.union(observer, {"class": "platform"}),
	] {
		not status_writers.permits(own, actor, phase)
	}
	every subresource in {"", "scale"} | sample.words_of_no_rule {
		not status_writers.permits(object.union(own, {"subResource": subresource}), observer, phase)
	}
	every operation in ["CREATE", "DELETE"] {
		not status_writers.permits(object.union(own, {"operation": operation}), observer, phase)
	}
}

reported := {
	["ingresses", "networking.k8s.io"]: ["loadBalancer"],
	["services", ""]: ["loadBalancer", "conditions"],
	["persistentvolumeclaims", ""]: [
		"allocatedResourceStatuses", "allocatedResources", "capacity", "conditions",
		"currentVolumeAttributesClassName", "modifyVolumeStatus",
	],
	["resourceclaims", "resource.k8s.io"]: ["devices"],
}

test_of_built_in_kinds_some_fields_are_reported if {
	every kind, fields in reported {
		every field in fields {
			permitted(report(kind[0], kind[1]), [["status", field]])
			not permitted(report(kind[0], kind[1]), [["status", field], ["status", "phase"]])
		}
		every path in [["status"], ["status", "phase"], ["spec"], []] {
			not permitted(report(kind[0], kind[1]), [path])
		}
	}
	every kind in [["deployments", "apps"], ["pods", ""], ["nodes", ""], ["jobs", "batch"], ["ingresses", ""]] {
		not permitted(report(kind[0], kind[1]), [["status", "conditions"]])
	}
}

test_what_steers_is_reported_by_its_own_controllers if {
	every kind in gitops.argocd_resources | object.keys(gitops.flux_controllers) {
		parts := split(kind, ".")
		request := report(parts[0], concat(".", array.slice(parts, 1, 9)))
		not permitted(request, [["status", "conditions"]])
	}
}
