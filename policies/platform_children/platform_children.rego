# METADATA
# title: The control plane makes what Git declares
# description: >-
#   Pods, ReplicaSets, revisions and Jobs carry no mark, so whoever wears a controller's name could run anything as a child
#   of a managed object. A child is what its owner's template declares, and only its own controller works on it. The traffic
#   of a managed Service goes where the endpoint controllers say.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     groups: ["", apps, batch, discovery.k8s.io]
#     resources: [bindings, controllerrevisions, endpoints, endpointslices, jobs, pods, replicasets]
#     subresources: ["", binding, scale, status]
#     actorClasses: [platform]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
package holdfast.policies.platform_children

import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.credentials
import data.holdfast.lib.naming
import data.holdfast.lib.platform

deny contains {
	"code": "child_differs_from_template",
	"message": $`{subject} differs from the template of {root.resource} "{root.name}", which is managed by {manager}: {listed}.`,
	"remedy": $`Change {root.resource} "{root.name}" in Git. Where a mutating webhook makes the difference, let it declare that in Git too.`,
	"details": {"root": root, "differences": template.differences},
} if {
	request.operation == "CREATE"
	root
	count(template.differences) > 0
	not credentials.is_known(actor)
}

# With a credential that is known it would pass: a new leader whose certificate nobody has accepted yet must be told so.
deny contains {
	"code": "control_plane_credential_unknown",
	"message": $`{subject} differs from the template of {root.resource} "{root.name}", and {credentials.showed(actor)}.`,
	"remedy": $"{credentials.remedy(actor)}",
} if {
	request.operation == "CREATE"
	root
	count(template.differences) > 0
	credentials.is_unknown(actor)
}

deny contains {
	"code": "child_of_another_controller",
	"message": $"{headline}{changes.below(request, change)}",
	"remedy": $"{remedy}",
	"details": {"root": root},
} if {
	root
	not permitted
}

deny contains {
	"code": "endpoints_of_another_controller",
	"message": $`{subject} says where the traffic of services "{service.name}" goes, which is managed by {service_manager}, and {verb} only by the endpoint controllers.`,
	"remedy": $"{service_remedy}",
	"details": {"service": service},
} if {
	service
	not permitted
}

# Without an answer it may be a managed Service's. The real controllers write their own endpoints, and never ask.
deny contains {
	"code": "child_owner_unknown",
	"message": $"Whether Git manages the Service of {subject} could not be found out: {input.facts.object.services.reason}.",
	"remedy": "Let the controller try again.",
} if {
	input.facts.object.services.status == "unavailable"
	not permitted
}

# Without an answer it may belong to a managed object. The real controllers work within their rows, and never ask.
deny contains {
	"code": "child_owner_unknown",
	"message": $"Whether Git manages what {subject} was made for could not be found out: {input.facts.object.root.reason}.",
	"remedy": "Let the controller try again.",
} if {
	input.facts.object.root.status == "unavailable"
	not permitted
}

# A cluster must go on living while the API server answers slowly. So a token passes without an answer, and a name does not.
deny contains {
	"code": "child_owner_unknown",
	"message": $"Whether {subject} is what its owner declares could not be found out: {unanswered}.",
	"remedy": "Let the controller try again.",
} if {
	unanswered
	not shows_token
}

audit contains {
	"code": "child_owner_unknown",
	"message": $"Whether {subject} is what its owner declares could not be found out: {unanswered}.",
} if {
	unanswered
	shows_token
}

# In a namespace that changes only through Git an owner reference is what makes a child, and anybody can write one.
deny contains {
	"code": "child_owner_absent",
	"message": $"{subject} names an owner that is not there, in a namespace that changes only through Git.",
	"remedy": "Let the controller try again; what has no owner is put into Git.",
} if {
	request.operation == "CREATE"
	request.namespace in input.parameters.gitopsOnlyNamespaces
	template.isOwned == false
}

audit contains {
	"code": "child_has_additions",
	"message": $`{subject} has more than the template of {root.resource} "{root.name}" declares: {concat(", ", template.additions)}.`,
	"details": {"additions": template.additions},
} if {
	request.operation == "CREATE"
	root
	count(template.additions) > 0
}

request := input.request

actor := input.facts.actor

change := input.facts.change

subject := naming.subject(request)

manager := naming.manager(object.union({"mark": ""}, root))

root := found if {
	found := input.facts.object.root.value
	is_object(found)
}

service := input.facts.object.services.value[0]

service_manager := naming.manager(object.union({"mark": ""}, service))

template := input.facts.object.template.value

listed := concat(", ", template.differences)

permitted if not change.semantic

permitted if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

permitted if {
	platform.permits(request, actor, {
		"change": change,
		"object": input.facts.object,
		"parameters": input.parameters,
	})
}

# Endpoints that were made before Kubernetes 1.33 bear no label of their controller yet, and it takes them on.
permitted if {
	naming.resource(request) == "endpoints"
	writes_endpoints
	not request.oldObject.metadata.labels["endpoints.kubernetes.io/managed-by"]
}

writes_endpoints if actor.name == "endpoint-controller"

writes_endpoints if {
	actor.name == "kube-controller-manager"
	input.parameters.sharedControllerManager == true
}

unanswered := reason if {
	request.operation == "CREATE"
	reason := input.facts.object.template.reason
}

unanswered := reason if {
	request.operation == "CREATE"
	count(template.differences) > 0
	reason := input.facts.object.root.reason
}

# Impersonation leaves a service account's uid out, and then it is no platform identity.
shows_token if actors.is_service_account(actor)

shows_token if input.parameters.sharedControllerManager == true

headline := $`{subject} was made for {root.resource} "{root.name}", which is managed by {manager}, and {verb} only by its own controller.`

verb := {
	"CREATE": "is made",
	"UPDATE": "changes",
	"DELETE": "is deleted",
}[request.operation]

service_remedy := share_name if {
	actor.name == "kube-controller-manager"
} else := $`Change services "{service.name}" or its pods in Git, and its endpoint controllers will follow.`

share_name := "Where all controllers act under this name, set identity.sharedControllerManager in Holdfast's configuration."

remedy := share_name if {
	actor.name == "kube-controller-manager"
} else := $`Change {root.resource} "{root.name}" in Git, and its controller will follow.`
