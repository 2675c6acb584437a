# The credential behind a control-plane identity, a node or an operator, from the actor fact.
package holdfast.lib.credentials

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
