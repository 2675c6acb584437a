# METADATA
# title: Protected keys belong to the GitOps controller
# description: >-
#   Tracking marks, sync options, owner references, finalizers and the writer's managed fields switch reconciliation
#   off, hide an object from Git, or get it deleted. They change only by the GitOps writer, or by the control-plane or
#   operator entry that names the very key.
# custom:
#   severity: critical
#   match:
#     operations: [UPDATE]
#     managedOnly: true
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, object, change]
package holdfast.policies.protected_keys

import data.holdfast.lib.actors
import data.holdfast.lib.entries
import data.holdfast.lib.gitops
import data.holdfast.lib.grants
import data.holdfast.lib.operators
import data.holdfast.lib.orphans
import data.holdfast.lib.platform

deny contains {
	"code": "protected_key_changed",
	"message": $"{keys[0]}{others} is protected: {harm}.",
	"path": $"{keys[0]}",
	"remedy": remedy,
	"details": {"keys": keys},
} if {
	count(keys) > 0
	not allowed
}

request := input.request

actor := input.facts.actor

change := input.facts.change

keys := change.protectedKeys

allowed if actors.is_proven_writer(actor)

allowed if actors.is_under_grant(actor)

allowed if platform.permits_protected(request, actor, {"change": change, "object": input.facts.object, "parameters": input.parameters})

allowed if {
	operators.permits_protected(request, actor, {"change": change, "parameters": input.parameters})
}

allowed if gitops.permits(request, actor, {"change": change, "parameters": input.parameters})

# Releases what an application left behind.
allowed if orphans.permits(request, actor, {"change": change, "object": input.facts.object, "parameters": input.parameters})

others := $" (with {count(keys) - 1} more)" if {
	count(keys) > 1
} else := ""

remedy := $"{entries.line}{grants.offer}" if {
	entries.line != ""
} else := grants.line

harm := "an owner reference gets an object deleted with its owner, and hides it from Argo CD" if {
	startswith(keys[0], "metadata.ownerReferences")
} else := "a finalizer keeps an object from being deleted, and taking one off skips its cleanup" if {
	startswith(keys[0], "metadata.finalizers")
} else := "managed fields say what Git declares, and without them changes go unseen" if {
	startswith(keys[0], "metadata.managedFields")
} else := "it tells the controller what Git last declared" if {
	contains(keys[0], "last-applied-configuration")
} else := "it says who manages the object and how, and editing it turns reconciliation off"
