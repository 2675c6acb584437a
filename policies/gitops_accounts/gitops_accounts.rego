# METADATA
# title: The controllers' accounts are theirs alone
# description: >-
#   Whoever holds a token of a GitOps controller's service account is that controller. Nobody but the node that runs its
#   pod mints one, no Secret keeps one, no other pod runs under the account, and nobody enters the pods. So for the
#   writers, and for every account where the controllers and Holdfast are installed: each of them steers what is applied.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, CONNECT]
#     groups: ["", apps, batch]
#     resources:
#       - cronjobs
#       - daemonsets
#       - deployments
#       - jobs
#       - pods
#       - replicasets
#       - replicationcontrollers
#       - secrets
#       - serviceaccounts
#       - services
#       - statefulsets
#     subresources: ["", attach, ephemeralcontainers, exec, portforward, proxy, token]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor]
#   optionalFacts: [object]
#   parameters:
#     accounts: []
#     otherAccounts: []
#     editors: []
#   parametersSchema:
#     accounts:
#       type: array
#       items:
#         type: object
#         properties: { namespace: { type: string }, name: { type: string } }
#         required: [namespace, name]
#         additionalProperties: false
#     otherAccounts:
#       type: array
#       items:
#         type: object
#         properties: { namespace: { type: string }, name: { type: string } }
#         required: [namespace, name]
#         additionalProperties: false
#     editors: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.gitops_accounts

import data.holdfast.lib.accounts
import data.holdfast.lib.actors
import data.holdfast.lib.credentials
import data.holdfast.lib.naming

deny contains {
	"code": "writer_token_requested",
	"message": $"serviceaccounts {naming.qualified_name(request)} is an account of GitOps or Holdfast: {only_a_node}.",
	"remedy": $"Use an account of your own. To see what the controller may do: kubectl auth can-i --list --as {username}",
} if {
	request.operation == "CREATE"
	naming.resource(request) == "serviceaccounts"
	naming.subresource(request) == "token"
	accounts.is_known(input.parameters, request.namespace, naming.name(request))
	not runs_its_pod
	not is_own_healer
}

# The real node, whose certificate nobody has seen renewed, must be told apart from whoever wears its name.
deny contains {
	"code": "control_plane_credential_unknown",
	"message": $"The token is for a pod that runs on the node, and {credentials.showed(actor)}.",
	"remedy": $"{credentials.remedy(actor)}",
} if {
	request.operation == "CREATE"
	naming.resource(request) == "serviceaccounts"
	naming.subresource(request) == "token"
	accounts.is_known(input.parameters, request.namespace, naming.name(request))
	is_for_its_pod
	credentials.is_unknown(actor)
	not credentials.is_believed(actor)
}

deny contains {
	"code": "writer_token_secret",
	"message": $`{naming.subject(request)} would hold a token of the {controller_account} "{account}" that never expires.`,
	"remedy": "Use an account of your own for what the token is meant to do.",
} if {
	naming.resource(request) == "secrets"
	request.object.type == "kubernetes.io/service-account-token"
	some account in token_accounts
	accounts.is_known(input.parameters, request.namespace, account)
	not may_keep_tokens
}

deny contains {
	"code": "writer_account_used",
	"message": $`{naming.subject(request)} would run as the {controller_account} "{account}": {whoever_is_in_it}.`,
	"remedy": $"Give it a service account of its own. {how_the_controller_is_installed}.",
} if {
	naming.subresource(request) == ""
	some account in accounts_used
	accounts.is_known(input.parameters, request.namespace, account)
	not may_run
}

deny contains {
	"code": "writer_pod_entered",
	"message": $`Nobody enters pods of namespace "{request.namespace}" ({entry}): the tokens of GitOps or Holdfast are in there.`,
	"remedy": "Read its logs (kubectl logs) and its metrics instead; to restart it, delete the pod.",
} if {
	naming.resource(request) in {"pods", "services"}
	enters
	request.namespace in accounts.namespaces(input.parameters)
	not actors.is_listed(actor, input.parameters.editors)
}

only_a_node := $`{only_the_node}, and "{actor.username}" showed no credential that is known to be its own` if {
	is_for_its_pod
} else := only_the_node

only_the_node := "only the node that runs its pod may request its token, for that pod"

username := $"system:serviceaccount:{request.namespace}:{naming.name(request)}"

controller_account := "account of GitOps or Holdfast"

whoever_is_in_it := "whoever is in such a pod is that controller"

how_the_controller_is_installed := $"The controller itself is installed and upgraded through Git, or by {an_editor}"

an_editor := "an account in policies.settings.gitops_accounts.parameters.editors"

entry := $"{naming.subresource(request)} into {naming.name(request)}"

request := input.request

actor := input.facts.actor

enters if naming.subresource(request) in {"attach", "ephemeralcontainers", "exec", "portforward", "proxy"}

# The kubelet asks for a token of a pod that is bound to its node. Whoever only wears a node's name may ask for any.
runs_its_pod if {
	is_for_its_pod
	credentials.is_believed(actor)
}

# Holdfast itself asks for a token of the account that heals drift, which can do nothing else, with the token of its own running pod.
# Not longer than a moment: it asks again.
is_own_healer if {
	username == input.parameters.healer
	actors.is_account(actor, request.namespace, "holdfast")
	request.object.spec.expirationSeconds <= 600
}

is_for_its_pod if {
	actor.class == "node"
	pod := input.facts.object.tokenPod
	pod.value.nodeName == actor.name
	pod.value.serviceAccountName == naming.name(request)
}

# Old or new: a Secret whose annotation is taken off still holds the token.
token_accounts contains account if {
	some field in ["object", "oldObject"]
	account := request[field].metadata.annotations["kubernetes.io/service-account.name"]
}

# The control plane fills token Secrets that are there; a proven writer brings one from Git.
may_keep_tokens if actors.is_proven_writer(actor)

may_keep_tokens if actors.is_listed(actor, input.parameters.editors)

may_keep_tokens if {
	actor.class == "platform"
	request.operation == "UPDATE"
}

may_run if actors.is_proven_writer(actor)

may_run if actors.is_listed(actor, input.parameters.editors)

# The workload controllers make the pods of a workload whose own creation was judged.
may_run if actor.class == "platform"

# A node reports on pods that run, and its API server lets it create none with an account.
may_run if actor.class == "node"

# Taking a label off a pod that runs already gives nobody anything: only what newly uses the account counts.
accounts_used contains object.get(pod_spec(request.object), "serviceAccountName", "default")

accounts_used contains account if {
	account := object.get(request.object, ["spec", "serviceAccountName"], "default")
	naming.resource(request) == "pods"
	request.operation == "CREATE"
}

pod_spec(workload) := workload.spec.template.spec if naming.resource(request) != "cronjobs.batch"

pod_spec(workload) := workload.spec.jobTemplate.spec.template.spec if naming.resource(request) == "cronjobs.batch"
