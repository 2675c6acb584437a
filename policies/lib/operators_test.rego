package holdfast.lib.operators_test

import data.holdfast.lib.operators
import data.holdfast.lib.samples_test as sample

request := sample.request_for("virtualservices", "networking.istio.io", {})

rule(paths, patterns) := {
	"verbs": ["UPDATE"], "groups": ["*"], "resources": ["virtualservices"],
	"paths": paths, "patterns": patterns,
}

scope(paths, patterns, changed, protected_keys) := {
	"object": sample.managed,
	"change": object.union(sample.change(changed), {"protectedKeys": protected_keys}),
	"parameters": {"operators": {"cert-manager": {"rules": [rule(paths, patterns)]}}},
}

permits(patterns, segments) if {
	operators.permits(request, sample.operator, scope(["spec.of.nobody"], [patterns], [changed_at(segments, "spec.at")], []))
}

changed_at(segments, path) := {"path": path, "segments": segments, "kind": "changed", "from": "0", "to": "20"}

weight := ["spec", "http", "*", "route", "*", "weight"]

test_a_pattern_is_compared_segment_by_segment if {
	permits(weight, ["spec", "http", 0, "route", 1, "weight"])
	permits(weight, ["spec", "http", "primary", "route", 1, "weight", "below"])
	not permits(weight, ["spec", "http", 0, "route", 1, "destination"])
	not permits(weight, ["spec", "http", 0, "route", 1])
	not permits(weight, ["spec", "http", 0])
	not permits(weight, ["spec", "tls", 0, "route", 1, "weight"])
}

test_a_beginning if {
	pattern := ["spec", "env", "STAKATER_*"]
	permits(pattern, ["spec", "env", "STAKATER_A"])
	not permits(pattern, ["spec", "env", "A_STAKATER_"])
	not permits(pattern, ["spec", "env", 0])
}

permits_protected(paths, patterns, segments, key) if {
	changed := changed_at(segments, key)
	operators.permits_protected(request, sample.operator, scope(paths, patterns, [changed], [key]))
}

test_a_pattern_names_finalizers_of_its_domain if {
	pattern := ["metadata", "finalizers", "group.ingress.k8s.aws/*"]
	permits_protected(["x"], [pattern], ["metadata", "finalizers", "group.ingress.k8s.aws/shop"], "metadata.finalizers[group.ingress.k8s.aws/shop]")
	not permits_protected(["x"], [pattern], ["metadata", "finalizers", "example.com/a"], "metadata.finalizers[example.com/a]")
}

test_a_pattern_names_no_mark if {
	segments := ["metadata", "annotations", "argocd.argoproj.io/tracking-id"]
	key := "metadata.annotations[\"argocd.argoproj.io/tracking-id\"]"
	not permits_protected(["x"], [["metadata", "annotations", "argocd.argoproj.io/*"]], segments, key)
	permits_protected([key], [], segments, key)
}

test_owners_are_named_as_a_list if {
	segments := ["metadata", "ownerReferences", "c"]
	permits_protected(["metadata.ownerReferences"], [], segments, "metadata.ownerReferences[c]")
	not permits_protected(["metadata.owner"], [], segments, "metadata.ownerReferences[c]")
	not permits_protected(["metadata"], [], segments, "metadata.ownerReferences[c]")
}
