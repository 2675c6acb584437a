package holdfast.lib.autoscalers_test

import data.holdfast.lib.autoscalers

scale(from, to) := {"oldObject": {"spec": {"replicas": from}}, "object": {"spec": {"replicas": to}}}

known(scalers) := {"scalers": {"status": "known", "value": scalers}}

hpa := {"tool": "hpa", "name": "checkout", "replicasMin": 2, "replicasMax": 10, "managed": true}

by_hand := object.union(hpa, {"managed": false})

unknown := {"scalers": {"status": "unavailable", "reason": "GET /x had no answer before its deadline"}}

test_within_the_bounds_of_an_autoscaler_from_git if {
	every wanted in [2, 5, 10] {
		autoscalers.permits(scale(3, wanted), known([hpa]), {})
	}
	every wanted in [0, 1, 11] {
		not autoscalers.permits(scale(3, wanted), known([hpa]), {})
	}
}

test_one_of_several if {
	keda := object.union(hpa, {"tool": "keda", "replicasMin": 0})
	autoscalers.permits(scale(3, 0), known([hpa, keda]), {})
}

test_a_scale_leaves_a_zero_out if {
	to_zero := {"oldObject": {"spec": {"replicas": 3}}, "object": {"spec": {}}}
	not autoscalers.permits(to_zero, known([hpa]), {})
	autoscalers.permits(to_zero, known([object.union(hpa, {"replicasMin": 0})]), {})
}

test_none_targets_it if {
	not autoscalers.permits(scale(3, 5), known([]), {})
	autoscalers.reason(scale(3, 5), known([]), {}) == "No autoscaler targets it."
}

test_nobody_asked if {
	not autoscalers.permits(scale(3, 5), {}, {})
}

test_one_that_somebody_made_by_hand if {
	not autoscalers.permits(scale(3, 5), known([by_hand]), {})
	autoscalers.permits(scale(3, 5), known([by_hand]), {"unmanagedAutoscalers": true})
	autoscalers.reason(scale(3, 5), known([by_hand]), {}) == "The autoscaler that targets it does not come from Git."
}

test_beyond_its_bounds if {
	autoscalers.reason(scale(3, 50), known([hpa]), {}) == `50 replicas are outside the bounds of its autoscaler "checkout": 2 to 10.`
}

test_without_an_answer_only_up if {
	autoscalers.permits(scale(3, 5), unknown, {})
	not autoscalers.permits(scale(3, 2), unknown, {})
	not autoscalers.permits(scale(3, 3), unknown, {})
	not autoscalers.permits(scale(3, 5), unknown, {"scaleUpWithoutAnswer": false})
	autoscalers.reason(scale(3, 2), unknown, {}) == "Whether an autoscaler may set 2 replicas could not be found out: GET /x had no answer before its deadline. Autoscalers try again."
}
