# METADATA
# title: Rollout safety
# description: A change to a workload keeps its selector and stays inside the replica range.
# scope: package
# custom:
#   severity: error
#   match:
#     operations: [UPDATE]
#     groups: [apps]
#     kinds: [Deployment, StatefulSet]
#     subresources: [""]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
#   parameters:
#     replicasMax: 50
#     frozenPaths: [spec.selector, spec.serviceName, metadata.ownerReferences]
package holdfast.policies.rollout_safety

deny contains finding if {
	some change in input.facts.change.paths
	some frozen in input.parameters.frozenPaths
	startswith(change.path, frozen)
	not input.facts.actor.class in {"gitops", "platform"}
	finding := {
		"code": "frozen_field_changed",
		"message": $`Field "{change.path}" never changes once the workload runs`,
		"path": $"{change.path}",
		"remedy": "Create a new workload beside the old one and move the traffic",
	}
}

deny contains finding if {
	replicas := input.request.object.spec.replicas
	replicas > input.parameters.replicasMax
	replicas > object.get(input.request.oldObject.spec, "replicas", 0)
	finding := {
		"code": "too_many_replicas",
		"message": $"{replicas} replicas are more than the {input.parameters.replicasMax} that one workload may have",
		"path": "spec.replicas",
	}
}

audit contains finding if {
	input.facts.object.managed
	input.facts.change.semantic
	input.facts.actor.class == "other"
	finding := {
		"code": "managed_workload_touched",
		"message": $"{input.facts.actor.username} touched {count(input.facts.change.paths)} fields of a managed workload",
	}
}
