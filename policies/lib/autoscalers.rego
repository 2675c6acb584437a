# Whether a scale is the work of an autoscaler that Git declares.
#
# The account of an autoscaler is not enough: whoever may make an HPA, or wears the account's name, could otherwise set
# the replicas of everything that Git manages.
package holdfast.lib.autoscalers

# An autoscaler targets the object, and the number lies between its bounds.
permits(request, object_fact, parameters) if {
	some scaler in targeting(object_fact, parameters)
	wanted(request) >= scaler.replicasMin
	wanted(request) <= scaler.replicasMax
}

# Nobody could say whether there is one. More replicas cost money, fewer cost the service; and an autoscaler that is
# refused tries again in seconds. So up is allowed and down is not: an outage of ours never keeps a cluster from growing.
permits(request, object_fact, parameters) if {
	object.get(parameters, "scaleUpWithoutAnswer", true)
	object_fact.scalers.status == "unavailable"
	wanted(request) > request.oldObject.spec.replicas
}

# Why not, in one line.
reason(request, object_fact, parameters) := $"{question} could not be found out: {why}. Autoscalers try again." if {
	object_fact.scalers.status == "unavailable"
	question := $"Whether an autoscaler may set {wanted(request)} replicas"
	why := object_fact.scalers.reason
} else := $`{wanted(request)} replicas are outside the bounds of its autoscaler "{scaler.name}": {bounds}.` if {
	scaler := targeting(object_fact, parameters)[0]
	bounds := $"{scaler.replicasMin} to {scaler.replicasMax}"
} else := "The autoscaler that targets it does not come from Git." if {
	count(object_fact.scalers.value) > 0
} else := "No autoscaler targets it."

# A Scale leaves a zero out.
wanted(request) := object.get(object.get(request.object, "spec", {}), "replicas", 0)

targeting(object_fact, parameters) := [scaler |
	object_fact.scalers.status == "known"
	some scaler in object_fact.scalers.value
	comes_from_git(scaler, parameters)
]

comes_from_git(scaler, _) if scaler.managed

comes_from_git(_, parameters) if object.get(parameters, "unmanagedAutoscalers", false)
