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

scope_of(given, facts) := sample.overlay(
	{
		"object": sample.managed,
		"change": sample.change([sample.image]),
		"parameters": {"operators": {"cert-manager": {"rules": [given]}}},
	},
	facts,
)

allows(given, asked, facts) if operators.permits(asked, sample.operator, scope_of(given, facts))

protects(given, asked, facts) if operators.permits_protected(asked, sample.operator, scope_of(given, facts))

whole := {"verbs": ["UPDATE"], "groups": ["apps"], "resources": ["deployments"]}

with_verb(verb) := object.union(sample.deployment, {"operation": verb})

test_a_rule_covers_its_verbs_groups_and_resources_only if {
	allows(whole, sample.deployment, {})
	every verb in ["CREATE", "DELETE", "CONNECT"] {
		not allows(whole, with_verb(verb), {"object": sample.unmanaged})
	}
	not allows(whole, sample.request_for("statefulsets", "apps", {}), {})
	not allows(whole, sample.request_for("deployments", "extensions", {}), {})
	not allows(whole, object.union(sample.deployment, {"subResource": "scale"}), {})
}

test_a_truncated_list_of_changes_is_covered_by_no_path if {
	given := object.union(whole, {"paths": ["spec"]})
	allows(given, sample.deployment, {})
	not allows(given, sample.deployment, {"change": object.union(sample.change([sample.image]), {"truncated": true})})
}

test_what_git_declares_is_kept if {
	given := object.union(whole, {"verbs": ["CREATE", "UPDATE"], "undeclared": true})
	free := object.union(sample.image, {"gitOwned": false})
	allows(given, sample.deployment, {"change": sample.change([free])})
	not allows(given, sample.deployment, {"change": sample.change([object.union(sample.image, {"gitOwned": true})])})
	not allows(given, sample.deployment, {"change": object.union(sample.change([free]), {"truncated": true})})
	not allows(given, with_verb("CREATE"), {"object": sample.unmanaged, "change": sample.change([free])})
}

scaled(subresource, replicas) := object.union(sample.deployment, {"subResource": subresource, "object": {"spec": {"replicas": replicas}}})

test_a_scale_keeps_within_the_bounds_of_the_autoscaler if {
	given := object.union(whole, {"resources": ["deployments", "deployments/scale"], "autoscaled": true})
	scaler := {"name": "checkout", "replicasMin": 2, "replicasMax": 10, "managed": true}
	known := {"object": object.union(sample.managed, {"scalers": {"status": "known", "value": [scaler]}})}
	allows(given, scaled("scale", 5), known)
	not allows(given, scaled("scale", 50), known)
	not allows(given, scaled("", 5), known)
}

listed(value) := {"object": object.union(sample.managed, {"listed": {"status": "known", "value": value}})}

test_what_bears_a_mark_is_created_only_where_it_is_listed if {
	given := object.union(whole, {"verbs": ["CREATE"]})
	allows(given, with_verb("CREATE"), listed(true))
	not allows(given, with_verb("CREATE"), listed(false))
	not allows(given, with_verb("CREATE"), {})
	allows(given, with_verb("CREATE"), {"object": object.union(sample.managed, {"self": false})})
	every tool in ["helm", "scope", "secrets", "selector"] {
		allows(given, with_verb("CREATE"), {"object": object.union(sample.managed, {"tool": tool})})
	}
	not allows(given, with_verb("CREATE"), {"object": sample.by_flux})
}

finalizer(name) := {
	"path": $"metadata.finalizers[{name}]",
	"segments": ["metadata", "finalizers", name],
	"kind": "added",
	"to": name,
}

protecting(paths, keys) := {"change": object.union(sample.change(paths), {"protectedKeys": keys})}

test_a_protected_key_is_named_within_the_rule if {
	named := finalizer("example.com/x")
	given := object.union(whole, {"paths": [named.path]})
	one := protecting([named], [named.path])
	protects(given, sample.deployment, one)
	not protects(given, with_verb("DELETE"), one)
	not protects(given, sample.request_for("statefulsets", "apps", {}), one)
	not protects(given, sample.deployment, protecting([named, sample.image], [named.path]))
	not protects(object.union(given, {"undeclared": true}), sample.deployment, one)
}

test_naming_owners_names_no_other_key if {
	given := object.union(whole, {"paths": ["metadata.ownerReferences"]})
	owner := changed_at(["metadata", "ownerReferences", "c"], "metadata.ownerReferences[c]")
	protects(given, sample.deployment, protecting([owner], [owner.path]))
	not protects(given, sample.deployment, protecting([owner], ["metadata.finalizers[example.com/x]"]))
}

test_a_pattern_names_the_key_that_matches_and_no_other if {
	pattern := ["metadata", "finalizers", "group.ingress.k8s.aws/*"]
	mine := finalizer("group.ingress.k8s.aws/shop")
	other := finalizer("example.com/a")
	given := object.union(whole, {"paths": ["metadata.finalizers"], "patterns": [pattern]})
	protects(given, sample.deployment, protecting([mine, other], [mine.path]))
	not protects(given, sample.deployment, protecting([mine, other], [other.path]))
	not protects(given, sample.deployment, protecting([other], [other.path]))
}

test_a_segment_without_a_star_is_whole if {
	permits(["spec", "weight"], ["spec", "weight"])
	not permits(["spec", "weight"], ["spec", "weighted"])
}
