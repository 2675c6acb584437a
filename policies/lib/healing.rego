# What the account that heals drift may do, and nothing else: ask Argo CD for a sync of named objects to the revision that it deployed
# last, ask for a refresh, and take off what was added to a managed object and Git does not declare.
#
# Holdfast asks for the tokens of this account itself, and gitops_accounts lets nobody else get one; impersonation shows no token.
# Whoever had one nevertheless could have an application be what it was, and nothing more.
package holdfast.lib.healing

import data.holdfast.lib.changes
import data.holdfast.lib.naming
import data.holdfast.lib.syncs

# A token that was asked for and that no pod has. Not one of a Secret, which lasts for ever. Empty where nothing is healed.
is_healer(actor, parameters) if {
	parameters.healer != ""
	actor.username == parameters.healer
	actor.proof.grade == "unbound"
}

permits(request, actor, scope) if {
	is_healer(actor, scope.parameters)
	changes.only_refresh(request, scope.change)
}

permits(request, actor, scope) if {
	is_healer(actor, scope.parameters)
	syncs.asks_sync(request, scope.change)
	is_deployed_last(request.object)
	names_objects(request.object.operation.sync)

	# What the configuration lets people ask for beyond the Application is not for a machine.
	syncs.refusals(request.object, {"syncOverrides": ["revision"]}) == set()
}

# Whether an update takes off what others have added, and only that.
permits_removal(request, actor, scope) if {
	is_healer(actor, scope.parameters)
	request.operation == "UPDATE"
	naming.subresource(request) == ""
	not scope.change.truncated
	count(scope.change.paths) > 0
	count(scope.change.protectedKeys) == 0
	every path in scope.change.paths {
		path.kind == "removed"
		path.gitOwned == false
		path.path != "spec.replicas"
	}
}

# A sync without a list is one of everything. A pruning sync deletes.
names_objects(sync) if {
	count(sync.resources) > 0
	not object.get(sync, "prune", false)
	not object.get(sync, "dryRun", false)
}

# Stops a commit that nobody has synced from being deployed by the healing, and one of another source.
is_deployed_last(application) if {
	not syncs.has_several(application)
	last := application.status.history[count(application.status.history) - 1]
	last.revision != ""
	application.operation.sync.revision == last.revision
	syncs.is_same_place(last.source, application.spec.source)
}

is_deployed_last(application) if {
	syncs.has_several(application)
	last := application.status.history[count(application.status.history) - 1]
	application.operation.sync.revisions == last.revisions
	count(last.revisions) == count(application.spec.sources)
	every index, declared in application.spec.sources {
		last.revisions[index] != ""
		syncs.is_same_place(last.sources[index], declared)
	}
}
