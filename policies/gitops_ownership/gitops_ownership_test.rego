package holdfast.policies.gitops_ownership_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.gitops_ownership

codes(request, world) := {finding.code | some finding in denied(request, world)}

denied(request, world) := findings if {
	findings := gitops_ownership.deny with input as {
		"request": request,
		"facts": {
			"actor": object.get(world, "actor", sample.writer),
			"object": object.get(world, "object", sample.managed),
		},
		"parameters": object.union(parameters, object.get(world, "parameters", {})),
	}
}

parameters := object.union(sample.parameters, {"adoptions": [], "shareTools": false})

writers(applications) := {"writers": [object.union(sample.parameters.writers[0], {"applications": applications})]}

marked(application) := {"metadata": {"name": "checkout", "annotations": {"argocd.argoproj.io/tracking-id": concat("", [
	application, ":apps/Deployment:shop/checkout",
])}}}

labelled(application) := {"metadata": {"name": "checkout", "labels": {"app.kubernetes.io/instance": application}}}

of_flux(group, name) := {"metadata": {"name": "checkout", "labels": {
	concat("", [group, ".toolkit.fluxcd.io/name"]): name,
	concat("", [group, ".toolkit.fluxcd.io/namespace"]): "flux-system",
}}}

update(old, new) := object.union(sample.deployment, {"oldObject": old, "object": new})

own := update(marked("checkout"), marked("checkout"))

flux_writer := object.union(sample.parameters.writers[0], {"tool": "flux", "writer": "flux"})

test_its_own if {
	codes(own, {}) == set()
	codes(own, {"parameters": writers(["*"])}) == set()
	codes(own, {"parameters": writers(["checkout"])}) == set()
	codes(own, {"parameters": writers(["argocd/check*"])}) == set()
}

test_another_tool if {
	some finding in denied(update(of_flux("kustomize", "apps"), of_flux("kustomize", "apps")), {"object": sample.by_flux})
	finding.code == "writer_of_another_tool"
	finding.message == concat("", [
		"deployments.apps shop/checkout is managed by the Flux Kustomization \"flux-system/apps\", ",
		"and \"argocd\" writes for Argo CD.",
	])
	codes(own, {"parameters": {"writers": [flux_writer]}}) == {"writer_of_another_tool"}
	codes(own, {"parameters": {"writers": [flux_writer], "shareTools": true}}) == set()
}

test_another_application if {
	some finding in denied(own, {"parameters": writers(["billing", "team-a/*"])})
	finding.code == "writer_of_another_application"
	contains(finding.message, `is managed by the Argo CD application "checkout", which "argocd" does not write for.`)
}

test_an_application_of_the_same_name_elsewhere if {
	elsewhere := object.union(sample.managed, {"appNamespace": "team-b"})
	codes(own, {"object": elsewhere, "parameters": writers(["checkout"])}) == {"writer_of_another_application"}
	codes(own, {"object": elsewhere, "parameters": writers(["team-b/checkout"])}) == set()
}

test_taking_over if {
	some finding in denied(update(marked("checkout"), marked("billing")), {})
	finding.code == "application_took_over"
	contains(finding.message, `would be taken over by "billing"`)
	contains(finding.remedy, `{from: "checkout", to: "billing"}`)
}

test_taking_over_by_label if {
	by_label := object.union(sample.managed, {"mark": "label app.kubernetes.io/instance"})
	codes(update(labelled("checkout"), labelled("billing")), {"object": by_label}) == {"application_took_over"}
	codes(update(labelled("checkout"), labelled("checkout")), {"object": by_label}) == set()
}

test_taking_over_in_flux if {
	world := {"object": sample.by_flux, "parameters": {"writers": [flux_writer]}}
	codes(update(of_flux("kustomize", "apps"), of_flux("kustomize", "other")), world) == {"application_took_over"}
	codes(update(of_flux("helm", "apps"), of_flux("helm", "other")), world) == {"application_took_over"}
	codes(update(of_flux("helm", "apps"), of_flux("helm", "apps")), world) == set()
}

test_an_adoption_that_is_meant if {
	request := update(marked("checkout"), marked("billing"))
	codes(request, {"parameters": {"adoptions": [{"from": "checkout", "to": "billing"}]}}) == set()
	codes(request, {"parameters": {"adoptions": [{"from": "*", "to": "billing"}]}}) == set()
	codes(request, {"parameters": {"adoptions": [{"from": "checkout", "to": "other"}]}}) == {"application_took_over"}
}

test_what_nobody_owned_is_taken_freely if {
	fresh := object.union(sample.managed, {"wasManaged": false})
	codes(update({"metadata": {}}, marked("billing")), {"object": fresh}) == set()
	codes(object.union(sample.deployment, {"operation": "CREATE", "object": marked("billing")}), {"object": fresh}) == set()
}

test_the_controllers_own_objects if {
	application := sample.request_for("applications", "argoproj.io", {})
	codes(application, {"object": sample.by_flux}) == set()
	codes(object.union(own, {"subResource": "status"}), {"object": sample.by_flux}) == set()
}

test_unproven_writers_are_refused_elsewhere if {
	codes(own, {"actor": sample.unproven_writer, "parameters": writers(["billing"])}) == set()
}

taken_over(left, applications) := codes(update(marked("checkout"), marked("billing")), {
	"object": object.union(sample.managed, {
		"leftBehind": left,
		"movesTo": {"tool": "argocd", "app": "billing", "appNamespace": "argocd"},
	}),
	"parameters": object.union(writers(applications), {"orphanAfterMs": 600000}),
})

test_what_an_application_left_behind_is_taken_over if {
	taken_over({"goneForMs": 600000}, ["*"]) == set()
	taken_over({"goneForMs": 600000, "listedBy": "argocd/billing"}, ["*"]) == set()
	taken_over({"goneForMs": 599999}, ["*"]) == {"application_took_over"}
}

test_a_writer_takes_over_for_its_own_applications if {
	taken_over({"goneForMs": 600000}, ["checkout", "billing"]) == set()
	taken_over({"goneForMs": 600000}, ["checkout"]) == {"writer_of_another_application"}
	taken_over({"goneForMs": 600000}, ["billing"]) == {"writer_of_another_application"}
}

test_only_argo_cd_and_flux_are_tools_of_writers if {
	every tool in {"helm", "scope", "selector"} | sample.words_of_no_rule {
		codes(own, {"object": object.union(sample.managed, {"tool": tool})}) == set()
	}
}

test_only_what_bears_its_own_mark_belongs_to_somebody if {
	copied := object.union(sample.managed, {"self": false})
	codes(own, {"object": copied, "parameters": writers(["billing"])}) == set()
	codes(update(marked("checkout"), marked("billing")), {"object": copied}) == set()
	fresh := object.union(sample.managed, {"wasManaged": false})
	codes(update(marked("checkout"), marked("billing")), {"object": fresh}) == set()
	nameless := object.remove(sample.managed, ["app", "appNamespace"])
	codes(own, {"object": nameless, "parameters": writers(["billing"])}) == {"writer_of_another_application"}
}

test_a_mark_that_comes_or_goes_takes_nothing_over if {
	codes(update({"metadata": {}}, marked("billing")), {}) == set()
	codes(update(marked("checkout"), {"metadata": {}}), {}) == set()
}

test_a_status_takes_nothing_over if {
	codes(object.union(update(marked("checkout"), marked("billing")), {"subResource": "status"}), {}) == set()
}

test_how_to_let_go if {
	some finding in denied(update(marked("checkout"), marked("billing")), {})
	startswith(finding.remedy, `Remove it from the repository of the Argo CD application "checkout" first. `)
	some other in denied(update(marked("checkout"), marked("billing")), {
		"object": object.union(sample.managed, {"leftBehind": {"goneForMs": 1}}),
		"parameters": {"orphanAfterMs": 600000},
	})
	startswith(other.remedy, "It is gone, and what it left behind may be taken over after 10 minutes. ")
}

test_the_entry_of_a_writer_is_found_by_its_username if {
	others := object.union(flux_writer, {"username": "system:serviceaccount:flux-system:kustomize-controller"})
	codes(own, {"parameters": {"writers": [others, sample.parameters.writers[0]]}}) == set()
}

test_a_pattern_without_a_star_is_the_whole_name if {
	codes(own, {"parameters": writers(["check"])}) == {"writer_of_another_application"}
}

# Each tool has its own marks; those of another one are labels as any.
test_the_marks_of_another_tool_move_nothing if {
	flux_world := {"object": sample.by_flux, "parameters": {"writers": [flux_writer]}}
	codes(update(marked("checkout"), marked("billing")), flux_world) == set()
	codes(update(labelled("checkout"), labelled("billing")), flux_world) == set()
	codes(update(labelled("checkout"), labelled("billing")), {}) == set()
	every group in ["kustomize", "helm"] {
		codes(update(of_flux(group, "apps"), of_flux(group, "other")), {}) == set()
	}
}
