# Whether a scale comes from an autoscaler that Git declares.
#
# The account of an autoscaler is not enough: anyone who can create an HPA, or impersonate the account, could otherwise
# set the replicas of every managed object.
package holdfast.lib.autoscalers

# An autoscaler targets the object, and the number lies between its bounds.
permits(request, object_fact, parameters) if {
	some scaler in targeting(object_fact, parameters)
	wanted(request) >= scaler.replicasMin
	wanted(request) <= scaler.replicasMax
}

# The look-up failed. Too many replicas cost money, too few break the service, and a refused autoscaler retries in
# seconds. So scaling up is allowed and scaling down is not: our outage never keeps a cluster from growing.
permits(request, object_fact, parameters) if {
	object.get(parameters, "scaleUpWithoutAnswer", true)
	object_fact.scalers.status == "unavailable"
	wanted(request) > request.oldObject.spec.replicas
}

# Why not, in one line.
reason(request, object_fact, parameters) := $"{question} could not be found out: {why}. Autoscalers try again." if {
	question := $"Whether an autoscaler may set {wanted(request)} replicas"
	why := object_fact.scalers.reason
} else := $`{wanted(request)} replicas are outside the bounds of its autoscaler "{scaler.name}": {bounds}.` if {
	scaler := targeting(object_fact, parameters)[0]
	bounds := $"{scaler.replicasMin} to {scaler.replicasMax}"
} else := "The autoscaler that targets it does not come from Git." if {
	count(object_fact.scalers.value) > 0
} else := "No autoscaler targets it."

# A Scale omits zero replicas.
wanted(request) := object.get(object.get(request.object, "spec", {}), "replicas", 0)

targeting(object_fact, parameters) := [scaler |
	some scaler in object_fact.scalers.value
	comes_from_git(scaler, parameters)
]

comes_from_git(scaler, _) if scaler.managed

comes_from_git(_, parameters) if object.get(parameters, "unmanagedAutoscalers", false)
