# METADATA
# title: Labels that decide about policies change only through Git
# description: >-
#   Where the configuration gives policies another mode or other parameters by the labels of a namespace, whoever writes
#   such a label chooses what is enforced there. So these labels are set, changed and removed by the GitOps writers alone.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [""]
#     resources: [namespaces]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, grant]
#   parameters:
#     editors: []
#   parametersSchema:
#     editors: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.namespace_labels

import data.holdfast.lib.actors
import data.holdfast.lib.grants
import data.holdfast.lib.naming

# A status update and a finalization may change labels, too: every subresource is judged.
deny contains {
	"code": "namespace_label_changed",
	"message": $`The label "{changed[0]}" of {naming.subject(request)} decides how policies judge what is in the namespace, so it changes only through Git.`,
	"path": "metadata.labels",
	"remedy": $"Set it where the namespace is declared in Git. Accounts that label namespaces by hand are listed in {editors}.{grants.offer}",
	"details": {"labels": changed},
} if {
	count(changed) > 0
	not allowed
}

request := input.request

actor := input.facts.actor

editors := "policies.settings.namespace_labels.parameters.editors of Holdfast's configuration"

# The keys by which the configuration selects namespaces; removing one is a change.
changed := sort([key |
	some key in input.parameters.decidingLabels
	label_before(key) != label_after(key)
])

label_before(key) := label if {
	label := request.oldObject.metadata.labels[key]
} else := null

label_after(key) := label if {
	label := request.object.metadata.labels[key]
} else := null

allowed if actors.is_proven_writer(actor)

# A grant for every resource was not meant for what decides about all of them.
allowed if {
	actors.is_under_grant(actor)
	input.facts.grant.namesResource
}

allowed if actors.is_listed(actor, input.parameters.editors)
