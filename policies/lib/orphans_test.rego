package holdfast.lib.orphans_test

import data.holdfast.lib.orphans
import data.holdfast.lib.samples_test as sample

parameters := {"orphanEditors": ["alice", "system:serviceaccount:shop:cleaner"], "orphanAfterMs": 600000}

left := object.union(sample.managed, {"leftBehind": {"goneForMs": 600000}})

deletion := sample.request_for("configmaps", "", {"operation": "DELETE"})

permitted(request, actor, managed) if {
	orphans.permits(request, actor, {"change": sample.change([]), "object": managed, "parameters": parameters})
}

test_its_editors_delete_what_was_left_behind if {
	permitted(deletion, sample.human, left)
	permitted(deletion, sample.robot("system:serviceaccount:shop:cleaner"), left)
}

test_nobody_else_does if {
	not permitted(deletion, object.union(sample.human, {"username": "mallory"}), left)
	not permitted(deletion, sample.impersonated("system:serviceaccount:shop:cleaner"), left)
	not permitted(object.union(deletion, {"subResource": "eviction"}), sample.human, left)
}

test_what_is_not_known_to_be_gone_long_enough_is_kept if {
	not permitted(deletion, sample.human, sample.managed)
	not permitted(deletion, sample.human, object.union(left, {"leftBehind": {"goneForMs": 599999}}))
	not permitted(deletion, sample.human, object.union(left, {"leftBehind": {"listedBy": "argocd/other"}}))
	not permitted(deletion, sample.human, object.union(left, {"self": false}))
	not orphans.permits(deletion, sample.human, {"change": sample.change([]), "object": left, "parameters": {}})
}

annotated(annotations, labels) := {"metadata": {"annotations": annotations, "labels": labels}}

tracking := {"argocd.argoproj.io/tracking-id": "shop:/ConfigMap:shop/checkout"}

flux := {"kustomize.toolkit.fluxcd.io/name": "shop", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}

update(before, after) := sample.request_for("configmaps", "", {"operation": "UPDATE", "oldObject": before, "object": after})

released(before, after, paths, managed) if {
	scope := {"change": sample.change(paths), "object": managed, "parameters": parameters}
	orphans.permits(update(before, after), sample.human, scope)
}

annotations := sample.changed(["metadata", "annotations"], "a", "b")

labels := sample.changed(["metadata", "labels"], "a", "b")

test_the_marks_come_off if {
	released(annotated(tracking, {"app": "web"}), annotated({}, {"app": "web"}), [annotations], left)
	released(annotated(tracking, {}), {"metadata": {}}, [annotations], left)
	released(annotated({"a": "b"}, flux), annotated({"a": "b"}, {}), [labels], object.union(left, {"tool": "flux"}))
	by_label := object.union(left, {"mark": "label app.kubernetes.io/instance"})
	released(annotated({}, {"app.kubernetes.io/instance": "shop"}), annotated({}, {}), [labels], by_label)
}

test_all_of_them_and_nothing_else if {
	image := sample.changed(["spec", "image"], "a", "b")
	not released(annotated(tracking, {}), annotated({}, {}), [annotations, image], left)
	not released(annotated(tracking, {"app": "web"}), annotated({}, {}), [annotations], left)
	not released(annotated(tracking, {}), annotated({}, {"app": "web"}), [annotations], left)
	not released(annotated(tracking, flux), annotated({}, flux), [annotations], left)
	not released(annotated({}, flux), annotated({}, object.remove(flux, ["kustomize.toolkit.fluxcd.io/name"])), [labels], left)
	not released(annotated(tracking, {}), annotated({"argocd.argoproj.io/tracking-id": "bank:/ConfigMap:shop/checkout"}, {}), [annotations], left)
}

test_the_command_that_frees_it if {
	orphans.release_command(deletion, left) == "kubectl annotate configmaps checkout -n shop argocd.argoproj.io/tracking-id-"
	orphans.release_command(deletion, sample.by_flux) == concat("", [
		"kubectl label configmaps checkout -n shop ",
		"kustomize.toolkit.fluxcd.io/name- kustomize.toolkit.fluxcd.io/namespace-",
	])
	by_label := object.union(left, {"mark": "label app.kubernetes.io/instance"})
	orphans.release_command(object.remove(deletion, ["namespace"]), by_label) == "kubectl label configmaps checkout app.kubernetes.io/instance-"
	not orphans.release_command(deletion, object.union(left, {"mark": "selector legacy"}))
}

test_a_release_is_an_update_that_changes_annotations_and_labels_alone if {
	finalizers := sample.changed(["metadata", "finalizers"], "a", "b")
	not released(annotated(tracking, {}), annotated({}, {}), [annotations, finalizers], left)
	scope := {"change": sample.change([annotations]), "object": left, "parameters": parameters}
	request := update(annotated(tracking, {}), annotated({}, {}))
	orphans.permits(request, sample.human, scope)
	not orphans.permits(object.union(request, {"operation": "CREATE"}), sample.human, scope)
}

test_a_map_that_is_nothing_is_an_empty_one if {
	released(annotated(tracking, {}), {"metadata": {"annotations": null, "labels": {}}}, [annotations], left)
}

test_no_other_key_comes_off if {
	every word in sample.words_of_no_rule {
		not released(annotated(object.union(tracking, {word: "x"}), {}), annotated({}, {}), [annotations], left)
	}
}
