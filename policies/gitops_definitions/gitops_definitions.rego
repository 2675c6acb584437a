# METADATA
# title: What the GitOps controllers are made of in the whole cluster stays as Git says
# description: >-
#   A definition that is no longer served, or is converted by somebody's webhook, hides every Application; an APIService
#   that hands a served group to a Service answers in the API server's name; a binding gives the rights of a
#   controller's account away. They lie in no namespace, and are guarded by what they are about.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     groups: [apiextensions.k8s.io, apiregistration.k8s.io, rbac.authorization.k8s.io]
#     resources:
#       - apiservices
#       - clusterrolebindings
#       - clusterroles
#       - customresourcedefinitions
#       - rolebindings
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, change, grant]
#   parameters:
#     editors: []
#     constraintAccounts: []
#     definitionGroups:
#       - fluxcd.controlplane.io
#       - helm.toolkit.fluxcd.io
#       - holdfast.dev
#       - image.toolkit.fluxcd.io
#       - kustomize.toolkit.fluxcd.io
#       - notification.toolkit.fluxcd.io
#       - source.extensions.fluxcd.io
#       - source.toolkit.fluxcd.io
#     definitions:
#       - applications.argoproj.io
#       - applicationsets.argoproj.io
#       - appprojects.argoproj.io
#     clusterRoles:
#       - argocd-application-controller
#       - argocd-applicationset-controller
#       - argocd-server
#       - cluster-reconciler-flux-system
#       - crd-controller-flux-system
#       - holdfast
#       - holdfast-events
#       - holdfast-healer
#     servedGroups:
#       - ""
#       - admissionregistration.k8s.io
#       - apiextensions.k8s.io
#       - apiregistration.k8s.io
#       - apps
#       - argoproj.io
#       - authentication.k8s.io
#       - authorization.k8s.io
#       - autoscaling
#       - batch
#       - certificates.k8s.io
#       - coordination.k8s.io
#       - discovery.k8s.io
#       - events.k8s.io
#       - extensions
#       - flowcontrol.apiserver.k8s.io
#       - internal.apiserver.k8s.io
#       - networking.k8s.io
#       - node.k8s.io
#       - policy
#       - rbac.authorization.k8s.io
#       - resource.k8s.io
#       - scheduling.k8s.io
#       - storage.k8s.io
#       - storagemigration.k8s.io
#   parametersSchema:
#     editors: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.gitops_definitions

import data.holdfast.lib.accounts
import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.grants
import data.holdfast.lib.naming
import data.holdfast.lib.platform

deny contains {
	"code": "gitops_definition_changed",
	"message": $"{naming.subject(request)} defines what GitOps or Holdfast reads, so it {verb} only through Git.{changed}",
	"remedy": remedy,
} if {
	naming.resource(request) == "customresourcedefinitions.apiextensions.k8s.io"
	is_guarded_definition

	# deletion_by_proxy says what a deletion destroys.
	request.operation != "DELETE"
	not allowed
}

deny contains {
	"code": "served_api_redirected",
	"message": $"{naming.subject(request)} stands for an API that the API server serves itself: whoever redirects it answers in its name.{changed}",
	"remedy": $"Serve an API group of your own. Accounts that may change this one are listed in {editors}.{grants.offer}",
} if {
	naming.resource(request) == "apiservices.apiregistration.k8s.io"
	redirects
	not allowed
}

deny contains {
	"code": "gitops_rights_changed",
	"message": $"{naming.subject(request)} holds the rights of {whose}, so it {verb} only through Git.{changed}",
	"remedy": remedy,
} if {
	whose
	not allowed
}

request := input.request

actor := input.facts.actor

change := input.facts.change

changed := changes.below(request, change)

remedy := $"Change it where the installation is declared in Git. Accounts that install by hand are listed in {editors}.{grants.offer}"

editors := "policies.settings.gitops_definitions.parameters.editors of Holdfast's configuration"

verb := {
	"CREATE": "is created",
	"UPDATE": "changes",
	"DELETE": "is deleted",
}[request.operation]

allowed if actors.is_proven_writer(actor)

# A grant for every resource was not meant for what decides about all of them.
allowed if {
	actors.is_under_grant(actor)
	input.facts.grant.namesResource
}

allowed if actors.is_listed(actor, input.parameters.editors)

# Whoever makes the kinds that Gatekeeper's templates declare.
allowed if {
	is_constraint_definition
	endswith(naming.name(request), ".constraints.gatekeeper.sh")
	actor.username in input.parameters.constraintAccounts
	actors.is_running_account(actor)
}

allowed if not change.semantic

allowed if platform.permits(request, actor, {"change": change, "object": {}, "parameters": input.parameters})

allowed if {
	request.operation == "DELETE"
	request.oldObject.metadata.deletionTimestamp
}

is_guarded_definition if naming.name(request) in input.parameters.definitions

# A kind that prunes or converts what constraints say changes policy without writing one.
is_guarded_definition if is_constraint_definition

is_constraint_definition if {
	naming.resource(request) == "customresourcedefinitions.apiextensions.k8s.io"
	count(input.parameters.constraintAccounts) > 0
	[_, group] := split_once(naming.name(request))
	group in {
		"config.gatekeeper.sh",
		"constraints.gatekeeper.sh",
		"syncset.gatekeeper.sh",
		"templates.gatekeeper.sh",
	}
}

# The name of a definition is its plural and its group; the API server holds it to that.
is_guarded_definition if {
	[_, group] := split_once(naming.name(request))
	group in input.parameters.definitionGroups
}

# A new way for a group that is served already, or the end of one: the next one could be anybody's.
redirects if {
	request.object.spec.service
	group_of_service in served_groups
}

redirects if {
	request.operation == "DELETE"
	group_of_service in served_groups
}

redirects if {
	request.operation in {"UPDATE", "DELETE"}
	is_served_locally(request.oldObject)
}

served_groups := {group |
	some key in ["definitionGroups", "servedGroups"]
	some group in input.parameters[key]
}

# `v1.apps`, and `v1.` for the core group.
group_of_service := group if [_, group] := split_once(naming.name(request))

is_served_locally(service) if not service.spec.service

split_once(name) := [before, after] if {
	position := indexof(name, ".")
	position > 0
	before := substring(name, 0, position)
	after := substring(name, position + 1, -1)
}

# Whom the roles and bindings are about, old or new.
whose := "a GitOps controller or Holdfast" if {
	naming.resource(request) == "clusterroles.rbac.authorization.k8s.io"
	naming.name(request) in input.parameters.clusterRoles
}

# Not which of them: a binding may name a great many, and one is enough.
whose := "an account of GitOps or Holdfast" if {
	naming.resource(request) in {"clusterrolebindings.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"}
	some field in ["object", "oldObject"]
	some subject in request[field].subjects
	names_account(subject)
}

names_account(subject) if {
	subject.kind == "ServiceAccount"
	is_guarded(subject.namespace, subject.name)
}

# The same account, as a user or by the group of its namespace.
names_account(subject) if {
	startswith(subject.name, "system:serviceaccount:")
	subject.kind == "User"
	parts := split(subject.name, ":")
	is_guarded(parts[2], parts[3])
}

names_account(subject) if {
	startswith(subject.name, "system:serviceaccounts:")
	subject.kind == "Group"
	split(subject.name, ":")[2] in installations
}

is_guarded(namespace, _) if namespace in installations

is_guarded(namespace, name) if known_accounts[{"namespace": namespace, "name": name}]

# Worked out once: a binding may name a great many.
installations := accounts.installations(input.parameters)

known_accounts := accounts.known(input.parameters)
