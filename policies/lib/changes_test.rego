package holdfast.lib.changes_test

import data.holdfast.lib.changes
import data.holdfast.lib.samples_test as sample

field(segments) := sample.changed(segments, "a", "b")

below(paths, fields) := changes.below(sample.deployment, object.union(sample.change(paths), fields))

test_three_changes_are_shown_and_the_rest_is_counted if {
	below([field(["a"]), field(["b"])], {}) == "\na: a → b\nb: a → b"
	five := [field([name]) | some name in ["a", "b", "c", "d", "e"]]
	below(five, {}) == "\na: a → b\nb: a → b\nc: a → b\nand 2 more"
	below(five, {"truncated": true}) == "\na: a → b\nb: a → b\nc: a → b\nand more than can be listed"
	below([], {}) == ""
	changes.below(object.union(sample.deployment, {"operation": "DELETE"}), sample.change(five)) == ""
}

test_what_comes_and_goes if {
	below([object.union(field(["a"]), {"kind": "added"}), object.union(field(["b"]), {"kind": "removed"})], {}) == "\na: b (added)\nb: a (removed)"
}

# The annotation of kubectl repeats what has changed; a field of the same name elsewhere does not.
test_the_annotation_of_kubectl_is_shown_where_nothing_else_changed if {
	noise := field(["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"])
	below([noise], {}) == $"\n{noise.path}: a → b"
	below([noise, field(["spec", "replicas"])], {}) == "\nspec.replicas: a → b"
	every segments in [
		["spec", "annotations", "kubectl.kubernetes.io/last-applied-configuration"],
		["metadata", "labels", "kubectl.kubernetes.io/last-applied-configuration"],
		["metadata", "annotations", "team"],
	] {
		other := field(segments)
		below([noise, other], {}) == $"\n{other.path}: a → b"
	}
}

test_a_field_lies_below_a_prefix_by_whole_segments if {
	prefixes := [["spec", "replicas"], ["metadata", "annotations", "pv.kubernetes.io/*"]]
	every segments in [["spec", "replicas"], ["spec", "replicas", "x"], ["metadata", "annotations", "pv.kubernetes.io/bind"]] {
		changes.only_below(sample.change([field(segments)]), prefixes)
	}
	every segments in [[], ["spec"], ["spec", "replica"], ["metadata", "annotations"], ["metadata", "annotations", "pv"], ["metadata", "labels", "pv.kubernetes.io/bind"]] {
		not changes.only_below(sample.change([field(segments)]), prefixes)
		not changes.only_below(sample.change([field(["spec", "replicas"]), field(segments)]), prefixes)
	}
	cut := object.union(sample.change([field(["spec", "replicas"])]), {"truncated": true})
	not changes.only_below(cut, prefixes)
	changes.all_below(cut, prefixes)
}

application := sample.request_for("applications", "argoproj.io", {})

refresh := field(["metadata", "annotations", "argocd.argoproj.io/refresh"])

test_a_refresh_is_asked_for_by_annotations_alone if {
	every prefix in changes.refresh_prefixes {
		count(prefix) == 3
		changes.only_refresh(application, sample.change([field(prefix)]))
	}
	every segments in [["metadata", "annotations", "team"], ["metadata", "annotations"], ["spec"]] {
		not changes.only_refresh(application, sample.change([refresh, field(segments)]))
	}
	not changes.only_refresh(application, sample.change([]))
	not changes.only_refresh(object.union(application, {"operation": "CREATE"}), sample.change([refresh]))
	not changes.only_refresh(application, sample.protected_change(refresh))
}

test_only_what_a_gitops_controller_reads_is_refreshed if {
	every group in ["argoproj.io", "kustomize.toolkit.fluxcd.io", "source.toolkit.fluxcd.io"] {
		changes.only_refresh(sample.request_for("x", group, {}), sample.change([refresh]))
	}
	every group in {"", "apps", "toolkit.fluxcd.io"} | sample.words_of_no_rule {
		not changes.only_refresh(sample.request_for("x", group, {}), sample.change([refresh]))
	}
}
