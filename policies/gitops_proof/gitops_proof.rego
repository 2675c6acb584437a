# METADATA
# title: The GitOps writer proves itself
# description: >-
#   A request in the name of a GitOps writer that does not show the proof its entry demands comes from a copied, minted
#   or impersonated credential. It writes nothing, managed or not.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, DELETE]
#     actorClasses: [gitops]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object]
package holdfast.policies.gitops_proof

import data.holdfast.lib.actors
import data.holdfast.lib.gitops
import data.holdfast.lib.naming

# Managed objects and the GitOps control plane have their own policies, which refuse with the same message.
deny contains {
	"code": "writer_unproven",
	"message": $"{naming.subject(request)} was not written. {actors.unproven(input.facts.actor)}",
	"remedy": actors.unproven_remedy,
} if {
	not actors.is_proven_writer(input.facts.actor)
	not input.facts.object.managed
	not gitops.steers(request, object.get(input.parameters, "argocdNamespace", "argocd"))
}

request := input.request
