# Who may write the status of an object that Git manages, where no control-plane row, node or operator entry says so.
#
# A status is what a controller observed. The control plane's own rows say what each of its names reports. A person observes
# nothing there, and neither does an account whose token anybody with the right to mint tokens can have: only a token that is
# bound to a pod comes from something that runs.
package holdfast.lib.status_writers

import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.gitops
import data.holdfast.lib.naming

# Whether the whole request is such a report. Only on the subresource: it keeps the rest of the object as it is.
permits(request, actor, change) if {
	naming.subresource(request) == "status"
	request.operation == "UPDATE"
	actor.class != "platform"
	actors.is_running_account(actor)
	some fields in fields_of(request)
	changes.all_below(change, fields)
}

# Controllers of custom kinds write the whole status of their own. What steers the GitOps controllers is not among them.
fields_of(request) := {[["status"]]} if is_custom(request)

# Of built-in kinds the control plane writes the status, but for these: ingress and load-balancer controllers, and the
# drivers that resize volumes and hand out devices.
fields_of(request) := {reported[naming.resource(request)]} if not is_custom(request)

reported["ingresses.networking.k8s.io"] := [["status", "loadBalancer"]]

reported["services"] := [["status", "loadBalancer"], ["status", "conditions"]]

# Never the phase: it says whether a claim holds anything.
reported["persistentvolumeclaims"] := [
	["status", "allocatedResourceStatuses"],
	["status", "allocatedResources"],
	["status", "capacity"],
	["status", "conditions"],
	["status", "currentVolumeAttributesClassName"],
	["status", "modifyVolumeStatus"],
]

reported["resourceclaims.resource.k8s.io"] := [["status", "devices"]]

is_custom(request) if {
	not request.resource.group in built_in_groups
	not naming.resource(request) in gitops.argocd_resources
	not gitops.flux_controllers[naming.resource(request)]
}

# The groups that the API server itself serves. Others of *.k8s.io come with a CustomResourceDefinition.
built_in_groups := {
	"",
	"admissionregistration.k8s.io",
	"apiextensions.k8s.io",
	"apiregistration.k8s.io",
	"apps",
	"authentication.k8s.io",
	"authorization.k8s.io",
	"autoscaling",
	"batch",
	"certificates.k8s.io",
	"coordination.k8s.io",
	"discovery.k8s.io",
	"events.k8s.io",
	"extensions",
	"flowcontrol.apiserver.k8s.io",
	"internal.apiserver.k8s.io",
	"networking.k8s.io",
	"node.k8s.io",
	"policy",
	"rbac.authorization.k8s.io",
	"resource.k8s.io",
	"scheduling.k8s.io",
	"storage.k8s.io",
	"storagemigration.k8s.io",
}
