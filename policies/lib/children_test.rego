package holdfast.lib.children_test

import data.holdfast.lib.children
import data.holdfast.lib.samples_test as sample

nobody_s := object.union(sample.unmanaged, {"root": {"status": "known", "value": {"selectorKeys": []}}})

labelled(labels) := {"metadata": {"labels": labels}}

moves(old, new) if children.moves({"oldObject": old, "object": new}, nobody_s)

test_a_controller_is_an_owner_that_says_so if {
	children.is_controlled({"metadata": {"ownerReferences": [{"uid": "1"}, {"uid": "2", "controller": true}]}})
	every controller in [false, null, "true"] {
		not children.is_controlled({"metadata": {"ownerReferences": [{"uid": "1", "controller": controller}]}})
	}
	not children.is_controlled({"metadata": {}})
}

test_owners_finalizers_of_jobs_and_the_cost_of_a_deletion_move_a_child if {
	plain := {"metadata": {}}
	every state in [
		{"metadata": {"ownerReferences": [{"uid": "1"}]}},
		{"metadata": {"finalizers": ["batch.kubernetes.io/job-tracking"]}},
		{"metadata": {"annotations": {"controller.kubernetes.io/pod-deletion-cost": "1"}}},
	] {
		moves(plain, state)
		moves(state, plain)
		not moves(state, state)
	}
	moves(labelled({"pod-template-hash": "1"}), labelled(null))
	every state in [
		{"metadata": {"finalizers": ["example.com/x"]}},
		{"metadata": {"annotations": {"team": "a"}}},
		labelled({"team": "a"}),
		labelled(null),
	] {
		not moves(plain, state)
		not moves(state, plain)
	}
}

test_the_labels_of_controllers_move_a_child if {
	every key in [
		"apps.kubernetes.io/pod-index", "batch.kubernetes.io/job-name", "controller-revision-hash", "controller-uid", "job-name",
		"pod-template-generation", "pod-template-hash", "statefulset.kubernetes.io/pod-name",
	] {
		moves(labelled({}), labelled({key: "1"}))
		moves(labelled({key: "1"}), labelled({key: "2"}))
		moves(labelled({key: "1"}), labelled({}))
		not moves(labelled({key: "1"}), labelled({key: "1"}))
	}
	every key in {"app", "kubernetes.io/name"} | sample.words_of_no_rule {
		not moves(labelled({key: "1"}), labelled({key: "2"}))
	}
}
