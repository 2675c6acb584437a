package holdfast.policies.namespace_labels_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.namespace_labels

parameters := object.union(sample.parameters, {
	"decidingLabels": ["stage", "team"],
	"editors": ["bob"],
})

denied(request, actor) := denied_with(request, actor, {})

denied_with(request, actor, facts) := findings if {
	findings := namespace_labels.deny with input as {
		"request": request,
		"facts": object.union({"actor": actor, "cluster": {"name": "prod"}}, facts),
		"parameters": parameters,
	}
}

labels(request, actor) := {label |
	some finding in denied(request, actor)
	some label in finding.details.labels
}

namespace(changes) := object.union(
	{
		"operation": "UPDATE",
		"kind": {"group": "", "version": "v1", "kind": "Namespace"},
		"resource": {"group": "", "version": "v1", "resource": "namespaces"},
		"name": "shop",
		"namespace": "shop",
	},
	changes,
)

labelled(changes) := {"metadata": {"name": "shop", "labels": changes}}

bare := {"metadata": {"name": "shop"}}

relabelled := namespace({"oldObject": labelled({"stage": "production"}), "object": labelled({"stage": "dev"})})

created := namespace({"operation": "CREATE", "oldObject": null, "object": labelled({"stage": "dev"})})

test_a_label_that_decides_is_not_set_changed_or_removed if {
	labels(relabelled, sample.human) == {"stage"}
	labels(created, sample.human) == {"stage"}
	labels(namespace({"oldObject": bare, "object": labelled({"stage": "dev"})}), sample.human) == {"stage"}
	labels(namespace({"oldObject": labelled({"stage": "dev"}), "object": bare}), sample.human) == {"stage"}
	labels(namespace({"oldObject": labelled({"stage": "dev"}), "object": labelled({})}), sample.human) == {"stage"}
	labels(namespace({"oldObject": labelled({"stage": ""}), "object": bare}), sample.human) == {"stage"}
}

test_all_of_them_are_named_in_one_finding if {
	request := namespace({
		"oldObject": labelled({"team": "a", "stage": "dev"}),
		"object": labelled({}),
	})
	count(denied(request, sample.human)) == 1
	labels(request, sample.human) == {"stage", "team"}
}

test_other_labels_are_free if {
	request := namespace({
		"oldObject": labelled({"stage": "dev", "note": "a"}),
		"object": labelled({"stage": "dev", "colour": "blue"}),
	})
	denied(request, sample.human) == set()
	denied(namespace({"operation": "CREATE", "oldObject": null, "object": bare}), sample.human) == set()
}

test_every_subresource_is_judged if {
	every subresource in ["status", "finalize"] {
		labels(object.union(relabelled, {"subResource": subresource}), sample.human) == {"stage"}
	}
}

test_only_a_proven_writer_and_listed_editors_may if {
	every actor in [sample.writer, object.union(sample.human, {"username": "bob"})] {
		labels(relabelled, actor) == set()
		labels(created, actor) == set()
	}
	every actor in [
		sample.unproven_writer,
		sample.platform("namespace-controller"),
		sample.operator,
		sample.node,
		sample.robot("system:serviceaccount:argocd:argocd-server"),
	] {
		labels(relabelled, actor) == {"stage"}
		labels(created, actor) == {"stage"}
	}
}

test_an_editor_that_is_impersonated_may_not if {
	account := "system:serviceaccount:tenants:operator"
	listed := object.union(parameters, {"editors": [account]})
	every actor, count_of in {"impersonated": 1, "robot": 0} {
		actors := {"impersonated": sample.impersonated(account), "robot": sample.robot(account)}
		findings := namespace_labels.deny with input as {
			"request": relabelled,
			"facts": {"actor": actors[actor], "cluster": {"name": "prod"}},
			"parameters": listed,
		}
		count(findings) == count_of
	}
}

test_a_grant_must_name_the_resource if {
	granted := object.union(sample.human, {"class": "breakglass"})
	count(denied_with(relabelled, granted, {"grant": {"id": "G", "namesResource": true}})) == 0
	count(denied_with(relabelled, granted, {"grant": {"id": "G", "namesResource": false}})) == 1
	count(denied_with(relabelled, sample.human, {"grant": {"id": "G", "namesResource": true}})) == 1
}

test_the_words if {
	some finding in denied(relabelled, sample.human)
	finding.code == "namespace_label_changed"
	finding.path == "metadata.labels"
	finding.message == `The label "stage" of namespaces shop decides how policies judge what is in the namespace, so it changes only through Git.`
	startswith(finding.remedy, "Set it where the namespace is declared in Git. Accounts that label namespaces by hand are listed in policies.settings.namespace_labels.parameters.editors of Holdfast's configuration.")
}
