# The credential behind a control-plane identity, a node or an operator, from the actor fact.
package holdfast.lib.credentials

import data.holdfast.lib.grants

# Whether it showed a credential that is known to be its own. Only this permits more than the work of its row.
is_known(actor) if actor.credential.status == "known"

# Whether the work of its row needs no more proof: its credential is known, or the configuration asks for none (the feature
# is off or only observes, or the identity shows none on this cluster and that is normal here).
is_believed(actor) if actor.credential.believed

# Whether it showed a credential that is not known to be its own, or none although it always shows one.
is_unknown(actor) if actor.credential.status == "unknown"

# Impersonation leaves out what an identity always shows.
is_missing(actor) if {
	is_unknown(actor)
	actor.credential.kind == "none"
}

# One clause for messages.
showed(actor) := $`"{actor.username}" {what_was_shown(actor)}`

what_was_shown(actor) := "showed no credential, which it always does: it was impersonated, or authenticates in another way now" if {
	is_missing(actor)
} else := $"showed a {actor.credential.kind} that is not known to be its own"

# What to do about a credential that is unknown: the command that accepts it, by its fingerprint, so that nobody else's
# credential is accepted in its place.
remedy(actor) := $"{attack}. If it authenticates without credentials from now on, {an_editor_runs}: {command}" if {
	is_missing(actor)
	command := $"holdfast credential forget {identity(actor)}"
} else := $"If it is the real one, as after an upgrade or a renewed certificate, {an_editor_runs}: {accept(actor)}\nOtherwise: {attack}."

attack := "Find out who may impersonate it (kubectl auth can-i impersonate users), and take that right away"

# Others may not write where Holdfast keeps credentials.
an_editor_runs := "an editor of Holdfast's namespace runs"

accept(actor) := $"holdfast credential accept {identity(actor)} {actor.credential.fingerprint}" if {
	actor.credential.fingerprint
} else := $"holdfast credential accept {identity(actor)}"

identity(actor) := word if {
	word := grants.shell_word(actor.username)
} else := "USERNAME"
