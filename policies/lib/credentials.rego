# Whether the credential that a caller showed is one that belongs to its name.
package holdfast.lib.credentials

# A name alone is no proof: whoever may impersonate has every name. A credential is known where it was seen before.
is_known(actor) if actor.credential.status == "known"
