# Who is calling, from the actor fact.
package holdfast.lib.actors

# A configured GitOps writer that shows the proof its entry demands.
is_proven_writer(actor) if {
	actor.class == "gitops"
	actor.proof.sufficient
}

# Somebody whom enough approvers have let do exactly this, for a while. What the grant covers was checked before.
is_under_grant(actor) if actor.class == "breakglass"

# One of the exact usernames of a parameter. Stops `--as` for service accounts: an impersonated one shows no token, with
# forged extra fields or without.
is_listed(actor, usernames) if {
	actor.username in usernames
	not startswith(actor.username, "system:serviceaccount:")
}

is_listed(actor, usernames) if {
	actor.username in usernames
	is_service_account(actor)
}

# An account of the Argo CD or Flux installation that is no writer, by its exact name, with the token of a pod that runs:
# what can be minted, or read from a Secret, is not the controller.
is_account(actor, namespace, name) if {
	actor.username == $"system:serviceaccount:{namespace}:{name}"
	actor.proof.grade == "pod-bound"
	actor.proof.sufficient
}

# Why a writer is not believed, in one sentence.
unproven(actor) := sentence if {
	demanded := actor.proof.required
	sentence := $`The GitOps account "{actor.name}" did not prove itself: {actor.proof.reason}, and its entry demands "{demanded}".`
} else := "The GitOps account did not prove itself."

unproven_remedy := "Let the controller use the token of its own pod. If somebody used its account by hand, stop: make the change in Git. The demand stands in identity.writers of Holdfast's configuration."

# A service account with a token, whichever it is.
is_service_account(actor) if {
	startswith(actor.username, "system:serviceaccount:")
	actor.proof.grade in {"pod-bound", "unbound", "legacy"}
}

# A service account whose token is bound to a pod: something that runs, and no token that somebody minted for himself.
is_running_account(actor) if {
	startswith(actor.username, "system:serviceaccount:")
	actor.proof.grade == "pod-bound"
}
