# Operations that people ask Argo CD for: a sync of what the Application declares, and its end.
#
# Argo CD's server writes them under its own account, whoever clicked. Everything in an operation is refused that is not listed here:
# an operation can carry manifests, sources, revisions and options of its own, which the controller applies as if they came from Git.
# Source: argo-cd pkg/apis/application/v1alpha1 types.go (Operation), server/application/application.go (Sync, TerminateOperation),
# util/argo/argo.go (SetAppOperation).
package holdfast.lib.syncs

import data.holdfast.lib.actors
import data.holdfast.lib.naming

# More than this is no list that anybody reads.
refusals_max := 8

# A sync that asks for no more than the Application declares, or the end of the one that runs.
permits(request, actor, scope) if {
	is_syncing_account(actor, scope.parameters)
	asks_sync(request, scope.change)
	refusals(request.object, scope.parameters) == set()
}

permits(request, actor, scope) if {
	is_syncing_account(actor, scope.parameters)
	terminates(request, scope.change)
}

# Why the operation is refused, one sentence each; the first few.
lines(request, parameters) := array.slice(sort(refusals(request.object, parameters)), 0, refusals_max)

# Argo CD's own server, by whatever name its installation has: `argocd-server`, or with the name of the instance before it. It runs
# in Argo CD's namespace, which is guarded whole, with the token of a pod that runs. Others are listed.
is_syncing_account(actor, parameters) if {
	parameters.allowSync
	prefix := $"system:serviceaccount:{parameters.argocdNamespace}:"
	name := trim_prefix(actor.username, prefix)
	is_server_name(name)
	actors.is_account(actor, parameters.argocdNamespace, name)
}

is_syncing_account(actor, parameters) if {
	parameters.allowSync
	actors.is_listed(actor, parameters.syncAccounts)
}

is_server_name("argocd-server")

is_server_name(name) if endswith(name, "-argocd-server")

# Whether nothing but an operation is asked for, of an Application that has none.
asks_sync(request, change) if {
	is_application_update(request, change)
	request.object.operation.sync
	not request.oldObject.operation
	every path in change.paths {
		asks_only(path)
	}
}

asks_only(path) if path.segments[0] == "operation"

# The server takes the state of the last operation away with it.
asks_only(path) if {
	path.segments == ["status", "operationState"]
	path.kind == "removed"
}

asks_only(path) if is_rewritten(path)

# As the server does it: the operation stays, and its phase says that it is to end.
terminates(request, change) if {
	is_application_update(request, change)
	request.oldObject.operation
	phases := [path | some path in change.paths; not is_rewritten(path)]
	count(phases) == 1
	phases[0].segments == ["status", "operationState", "phase"]
	phases[0].from == "Running"
	phases[0].to == "Terminating"
}

is_application_update(request, change) if {
	request.operation == "UPDATE"
	naming.resource(request) == "applications.argoproj.io"
	naming.subresource(request) == ""
	not change.truncated
	count(change.protectedKeys) == 0
}

# The server writes the whole Application, as its own types print it: empty members of these names are left out, and empty
# structures are written out. Not of members that Argo CD keeps as pointers, whose absence is another value (`automated.enabled`),
# and not where keys are free.
is_rewritten(path) if {
	path.kind == "removed"
	path.segments[0] in {"spec", "status"}
	path.segments[count(path.segments) - 1] in members_left_out
	path.from in {"\"\"", "0", "[]", "false", "{}"}
	every segment in path.segments {
		not segment in free_maps
	}
}

is_rewritten(path) if {
	path.kind == "added"
	path.to in structures_written_out[path.segments[count(path.segments) - 1]]
	path.segments[0] in {"spec", "status"}
	every segment in path.segments {
		not segment in free_maps
	}
}

free_maps := {"annotations", "commonAnnotations", "commonLabels", "labels", "map", "valuesObject"}

members_left_out := {
	"allowEmpty", "annotationSelector", "apiVersions", "chart", "code", "commonAnnotationsEnvsubst", "components", "duration",
	"env", "exclude", "extVars", "fileParameters", "forceCommonAnnotations", "forceCommonLabels", "forceString", "group",
	"ignoreDifferences", "ignoreMissingComponents", "ignoreMissingValueFiles", "images", "include", "info",
	"jqPathExpressions", "jsonPointers", "kind", "kubeVersion", "labelIncludeTemplates", "labelSelector",
	"labelWithoutSelector", "libs", "limit", "managedFieldsManagers", "maxDuration", "name", "namePrefix", "nameSuffix",
	"namespace", "options", "parameters", "passCredentials", "patch", "patches", "path", "prune", "recurse", "ref", "refresh",
	"releaseName", "replicas", "selfHeal", "server", "skipCrds", "skipSchemaValidation", "skipTests", "sources", "syncOptions",
	"targetRevision", "tlas", "value", "valueFiles", "values", "version",
}

structures_written_out := {
	"health": {"{}"},
	"jsonnet": {"{}"},
	"sourceHydrator": {"{}"},
	"summary": {"{}"},
	"sync": {`{"comparedTo":{"destination":{},"source":{"repoURL":""}},"status":""}`},
}

# Everything that the operation asks for beyond the Application, one sentence each. An unknown member is one.
refusals(application, parameters) := union({
	of_operation(application, parameters),
	of_sync(application, parameters),
	of_strategy(application, parameters),
	of_initiator(application),
})

of_operation(application, parameters) := {refusal |
	some key, value in application.operation
	not fits_operation(key, value, application, parameters)
	refusal := $"operation.{key}: {object.get(operation_words, key, unknown)}"
}

of_sync(application, parameters) := {refusal |
	some key, value in application.operation.sync
	not fits_sync(key, value, application, parameters)
	refusal := $"operation.sync.{key}: {object.get(sync_words, key, unknown)}"
} | {refusal |
	not keeps_options(application, parameters)
	refusal := $"operation.sync.syncOptions: {sync_words.syncOptions}"
}

of_strategy(application, parameters) := {refusal |
	some kind, _ in application.operation.sync.syncStrategy
	not fits_strategy(kind, parameters)
	refusal := $"operation.sync.syncStrategy.{kind}: {object.get(strategy_words, kind, unknown)}"
} | {refusal |
	some kind, strategy in application.operation.sync.syncStrategy
	some key, value in strategy
	not fits_member(key, value, parameters)
	refusal := $"operation.sync.syncStrategy.{kind}.{key}: {object.get(strategy_words, key, unknown)}"
}

of_initiator(application) := {refusal |
	some key, value in application.operation.initiatedBy
	not fits_initiator(key, value)
	refusal := $"operation.initiatedBy.{key}: {object.get(initiator_words, key, unknown)}"
}

unknown := "Holdfast does not know what it does."

operation_words := {"retry": "it is not what spec.syncPolicy.retry says."}

sync_words := {
	"autoHealAttemptsCount": "the application controller alone counts them.",
	"dryRun": "it is neither true nor false.",
	"manifests": "they are in no repository.",
	"prune": "spec.syncPolicy.automated.prune does not ask for it.",
	"resources": "they are not named by group, kind, namespace and name alone.",
	"revision": "neither what the Application tracks, nor the revision that Argo CD compared last.",
	"revisions": "not all are what the Application tracks, or the revisions that Argo CD compared last.",
	"source": "it is not the one of the Application.",
	"sources": "they are not those of the Application.",
	"syncOptions": "they are not those of spec.syncPolicy.syncOptions.",
}

strategy_words := {
	"apply": "it leaves out the hooks that Git declares.",
	"force": "it deletes what it cannot patch.",
}

initiator_words := {"automated": "the application controller alone syncs by itself."}

# Whether the members of an operation ask for no more than the Application declares.
fits_operation("sync", _, _, _)

fits_operation("initiatedBy", _, _, _)

# Shown to people, and read by nobody else.
fits_operation("info", _, _, _)

fits_operation("retry", {}, _, _)

fits_operation("retry", value, application, _) if value == application.spec.syncPolicy.retry

fits_operation("retry", _, _, parameters) if "retry" in parameters.syncOverrides

fits_sync("autoHealAttemptsCount", 0, _, _)

fits_sync("dryRun", value, _, _) if is_boolean(value)

# Judged by its parts.
fits_sync("syncStrategy", _, _, _)

fits_sync("syncOptions", _, _, _)

fits_sync("manifests", value, _, _) if is_empty(value)

fits_sync("prune", false, _, _)

fits_sync("prune", true, application, _) if application.spec.syncPolicy.automated.prune

fits_sync("prune", _, _, parameters) if "prune" in parameters.syncOverrides

# Which of the declared objects: nothing else is in the revision.
fits_sync("resources", value, _, _) if {
	every resource in value {
		object.keys(resource) - {"group", "kind", "name", "namespace"} == set()
	}
}

fits_sync("source", null, _, _)

fits_sync("source", value, application, _) if value == declared_source(application)

fits_sync("sources", value, _, _) if is_empty(value)

fits_sync("sources", value, application, _) if value == application.spec.sources

fits_sync("revision", "", _, _)

fits_sync("revision", value, application, _) if {
	not has_several(application)
	value == tracked(declared_source(application))
}

fits_sync("revision", value, application, _) if {
	not has_several(application)
	value == application.status.sync.revision
	is_same_place(application.status.sync.comparedTo.source, declared_source(application))
}

fits_sync("revision", _, _, parameters) if "revision" in parameters.syncOverrides

fits_sync("revisions", value, _, _) if is_empty(value)

fits_sync("revisions", value, application, _) if {
	has_several(application)
	count(value) == count(application.spec.sources)
	every index, revision in value {
		is_followed(revision, index, application)
	}
}

fits_sync("revisions", _, _, parameters) if "revision" in parameters.syncOverrides

is_followed("", _, _)

is_followed(revision, index, application) if revision == tracked(application.spec.sources[index])

is_followed(revision, index, application) if {
	revision == application.status.sync.revisions[index]
	is_same_place(application.status.sync.comparedTo.sources[index], application.spec.sources[index])
}

has_several(application) if {
	not application.spec.sourceHydrator
	count(application.spec.sources) > 0
}

# Of a hydrated application, the branch that it is hydrated to.
declared_source(application) := without_empty({
	"repoURL": hydrated_repository(application.spec.sourceHydrator),
	"path": application.spec.sourceHydrator.syncSource.path,
	"targetRevision": application.spec.sourceHydrator.syncSource.targetBranch,
}) if {
	application.spec.sourceHydrator
} else := application.spec.source

hydrated_repository(hydrator) := hydrator.syncSource.repoURL if {
	hydrator.syncSource.repoURL != ""
} else := hydrator.drySource.repoURL

without_empty(declared) := {key: value | some key, value in declared; value != ""}

tracked(declared) := target if {
	target := object.get(declared, "targetRevision", "HEAD")
	target != ""
} else := "HEAD"

# Whether a revision of the one means the same of the other: the status may be of a specification before.
is_same_place(compared, declared) if {
	compared.repoURL == declared.repoURL
	object.get(compared, "chart", "") == object.get(declared, "chart", "")
	tracked(compared) == tracked(declared)
}

# An option that is left out is another sync, too.
keeps_options(application, _) if {
	asked := {option | some option in application.operation.sync.syncOptions}
	asked == {option | some option in application.spec.syncPolicy.syncOptions}
}

keeps_options(_, parameters) if "syncOptions" in parameters.syncOverrides

fits_strategy("hook", _)

fits_strategy("apply", parameters) if "apply" in parameters.syncOverrides

fits_member("force", false, _)

fits_member("force", _, parameters) if "force" in parameters.syncOverrides

fits_initiator("username", value) if is_string(value)

fits_initiator("automated", false)

is_empty(value) if count(value) == 0

is_empty(null)
