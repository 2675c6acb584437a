# METADATA
# title: What controllers made for a managed object is theirs
# description: >-
#   A ReplicaSet, a ControllerRevision, a Job or a Pod carries no mark, but runs what a managed object declares. Whoever
#   edits one runs what nobody declared, and so does whoever takes one from its controller, changes it and gives it back,
#   or makes one that the controller takes for its own. Whoever writes an EndpointSlice takes the traffic of its Service,
#   and whoever binds a pod chooses the node that gets its secrets. Deleting a pod and evicting it are no edits: its
#   controller makes another.
# custom:
#   severity: error
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     groups: ["", apps, batch, discovery.k8s.io]
#     resources: [bindings, controllerrevisions, endpoints, endpointslices, jobs, pods, replicasets]
#     subresources: ["", binding, ephemeralcontainers, resize, scale, status]
#     actorClasses: [breakglass, node, operator, other]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
#   parameters:
#     guarded:
#       - bindings
#       - controllerrevisions.apps
#       - endpoints
#       - endpointslices.discovery.k8s.io
#       - jobs.batch
#       - jobs.batch/status
#       - pods
#       - pods/binding
#       - pods/resize
#       - pods/status
#       - replicasets.apps
#       - replicasets.apps/scale
#       - replicasets.apps/status
#     deletable: [jobs.batch, pods]
#     editors: []
#     endpointWriters: ["system:serviceaccount:kube-system:cilium-operator"]
#     schedulers: []
#   parametersSchema:
#     editors: { type: array, items: { type: string, minLength: 1 } }
#     schedulers: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.managed_children

import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.children
import data.holdfast.lib.naming
import data.holdfast.lib.operators

deny contains {
	"code": code,
	"message": $"{headline}{changes.below(request, change)}",
	"remedy": remedy,
	"details": {"root": root},
} if {
	is_guarded
	root
	not is_binding
	not allowed
}

# Proxies follow the label of a slice and the name of Endpoints, whoever wrote them.
deny contains {
	"code": "managed_service_redirected",
	"message": $`{subject} says where the traffic of services "{service.name}" goes, which is managed by {service_manager}: its endpoint controllers alone write that.`,
	"remedy": $"Change the Service or its pods in Git, or declare the endpoints beside the Service in Git. Accounts that write endpoints are listed in {endpoint_writers}.",
	"details": {"service": service},
} if {
	is_guarded
	service
	not allowed
}

# The node of a pod gets its secrets.
deny contains {
	"code": "managed_child_bound",
	"message": $`{subject} says on which node a pod of {root.resource} "{root.name}" runs, which is managed by {manager}: its scheduler alone decides that.`,
	"remedy": $"Let the scheduler that the pod names bind it. Accounts that bind pods of the default scheduler are listed in {schedulers}.",
	"details": {"root": root},
} if {
	is_guarded
	root
	is_binding
	not allowed
}

# Nobody controls it, and a managed object's controller would: it counts what its selector matches.
deny contains {
	"code": "managed_child_adopted",
	"message": $`{subject} has the labels by which {adopter.resource} "{adopter.name}" selects, which is managed by {adopter_name}: it would be taken for one of its own.`,
	"remedy": "Give it other labels. To try something out, copy a pod without its labels: kubectl debug POD --copy-to=NAME.",
	"details": {"adopter": adopter},
} if {
	is_guarded
	adopter
	not allowed
}

# Pods of the GitOps controllers: whoever takes one from its workload takes the writer's proof from it, and stops every
# sync. Whether Git declares that workload is of no matter.
deny contains {
	"code": "gitops_pod_changed",
	"message": $"{subject} was made by a workload of the GitOps controllers, and changes with that one only.{changes.below(request, change)}",
	"remedy": "Change the workload in Git. To have the pod made again, delete it.",
} if {
	is_guarded
	request.operation == "UPDATE"
	request.namespace in gitops_namespaces
	children.is_controlled(request.oldObject)
	not root
	not allowed
}

# Without an answer it may belong to a managed object.
deny contains {
	"code": "child_owner_unknown",
	"message": $"Whether Git manages what {subject} was made for could not be found out: {unknown.reason}.",
	"remedy": "Try again, or change the object that it was made for in Git.",
} if {
	is_guarded
	some relation in ["adopters", "root", "services"]
	unknown := input.facts.object[relation]
	unknown.status == "unavailable"
	not allowed
}

request := input.request

actor := input.facts.actor

change := input.facts.change

root := found if {
	found := input.facts.object.root.value
	is_object(found)
}

service := input.facts.object.services.value[0]

service_manager := naming.manager(object.union({"mark": ""}, service))

endpoint_writers := "policies.settings.managed_children.parameters.endpointWriters of Holdfast's configuration"

schedulers := "policies.settings.managed_children.parameters.schedulers of Holdfast's configuration"

adopter := input.facts.object.adopters.value[0]

adopter_name := naming.manager(object.union({"mark": ""}, adopter))

gitops_namespaces := {input.parameters.argocdNamespace, input.parameters.fluxNamespace}

guarded_name := naming.resource(request) if naming.subresource(request) == ""

guarded_name := $"{naming.resource(request)}/{naming.subresource(request)}" if {
	naming.subresource(request) != ""
}

is_guarded if {
	guarded_name in input.parameters.guarded
	not is_free_deletion
	not is_kubelet_work
}

is_binding if guarded_name in {"bindings", "pods/binding"}

# What a kubelet does to pods is judged by gitops_only_writes and by the API server's NodeRestriction. It has nothing to do with
# what stands above them: only somebody who wears a node's name changes a ReplicaSet.
is_kubelet_work if {
	actor.class == "node"
	naming.resource(request) == "pods"
	not is_binding
}

is_free_deletion if {
	request.operation == "DELETE"
	guarded_name in input.parameters.deletable
}

allowed if {
	request.operation == "UPDATE"
	not change.semantic
}

allowed if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

allowed if actors.is_listed(actor, input.parameters.editors)

allowed if {
	service
	actors.is_listed(actor, object.get(input.parameters, "endpointWriters", []))
}

allowed if {
	is_binding
	actors.is_listed(actor, object.get(input.parameters, "schedulers", []))
}

# Schedulers of other names run in pods of their own, and the template says which one is meant.
allowed if {
	is_binding
	actors.is_running_account(actor)
	input.facts.object.schedulerName.value != "default-scheduler"
}

allowed if {
	operators.permits(request, actor, {"change": change, "object": input.facts.object, "parameters": input.parameters})
}

# Controllers of their own kinds (Rollouts, CloneSets) work on the ReplicaSets, revisions and pods that they made.
allowed if {
	actors.is_running_account(actor)
	group := root.group
	not group in {"", "apps", "batch"}
}

# A note on a pod or a Job declares nothing, and network plugins write theirs with a pod's status. A label by which its
# controller finds it is no note.
allowed if {
	request.operation == "UPDATE"
	guarded_name in {"jobs.batch", "pods", "pods/status"}
	not adopter
	changes.only_below(change, [["metadata", "annotations"], ["metadata", "labels"]])
	not children.moves(request, input.facts.object)
	not changes_declared_label
}

# Services, network policies and budgets of Git select by what the template declares. What runs may change it, as those
# that elect a leader among pods do.
changes_declared_label if {
	some key, value in children.labels(request.oldObject)
	object.get(children.labels(request.object), key, null) != value
	is_declared(key)
}

is_declared(key) if key in root.declaredLabels

is_declared(_) if not root.declaredLabels

# What runs in the cluster and works on pods and Jobs: queues let them start, and autoscalers resize them.
allowed if {
	request.operation == "UPDATE"
	actors.is_running_account(actor)
	not adopter
	changes.only_below(change, free_here)
	not children.moves(request, input.facts.object)
}

# Only resources, on a subresource that takes nothing else.
allowed if {
	guarded_name == "pods/resize"
	actors.is_running_account(actor)
	not change.truncated
	every path in change.paths {
		path.segments[1] in {"containers", "initContainers"}
		path.segments[3] == "resources"
	}
}

# Readiness gates are reported by service accounts, and virtual kubelets report all that a node's own does.
allowed if {
	guarded_name == "pods/status"
	actors.is_running_account(actor)
	changes.all_below(change, [["metadata", "annotations"], ["metadata", "labels"], ["status"]])
	not children.moves(request, input.facts.object)
}

# Queues take the start time back of Jobs that they suspend.
allowed if {
	guarded_name == "jobs.batch/status"
	actors.is_running_account(actor)
	changes.all_below(change, [["status"]])
}

notes := [["metadata", "annotations"], ["metadata", "finalizers"], ["metadata", "labels"]]

free_here := free_fields[guarded_name]

free_fields["pods"] := array.concat(notes, [["spec", "schedulingGates"]])

free_fields["jobs.batch"] := array.concat(notes, [["spec", "suspend"]])

code := "managed_child_forged" if {
	is_new
} else := "managed_child_deleted" if {
	request.operation == "DELETE"
} else := "managed_child_released" if {
	children.moves(request, input.facts.object)
} else := "managed_child_changed"

# It was nobody's before.
is_new if request.operation == "CREATE"

is_new if {
	request.operation == "UPDATE"
	naming.subresource(request) == ""
	not children.is_controlled(request.oldObject)
}

verb := {"CREATE": "is made", "UPDATE": "changes", "DELETE": "is deleted"}[request.operation]

subject := naming.subject(request)

manager := naming.manager(object.union({"mark": ""}, root))

headline := $`{subject} names a controller that belongs to {root.resource} "{root.name}", which is managed by {manager}: only that one makes its children.` if {
	code == "managed_child_forged"
} else := $`{subject} was made for {root.resource} "{root.name}", which is managed by {manager}, and this is how its controller knows it and decides which ones to keep.` if {
	code == "managed_child_released"
} else := $`{subject} was made for {root.resource} "{root.name}", which is managed by {manager} and {verb} with it only.`

remedy := $`Delete the pod to have another made, or copy it to look into it: kubectl debug {naming.name(request)} --copy-to=NAME. What it runs changes in {root.resource} "{root.name}" in Git.` if {
	code == "managed_child_released"
	naming.resource(request) == "pods"
} else := "Make it without that owner reference." if {
	code == "managed_child_forged"
} else := $`Change {root.resource} "{root.name}" in Git, and its controller will follow.`
