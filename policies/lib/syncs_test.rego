package holdfast.lib.syncs_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.lib.syncs

parameters := {"argocdNamespace": "argocd", "allowSync": true, "syncAccounts": ["carol"], "syncOverrides": []}

server := sample.robot("system:serviceaccount:argocd:argocd-server")

carol := object.union(sample.human, {"username": "carol"})

paths(list) := sample.change([{"segments": split(path, "/"), "kind": kind, "from": from, "to": to} | some [path, kind, from, to] in list])

asked := paths([["operation", "added", "", "{}"]])

application(spec, operation) := sample.request_for("applications", "argoproj.io", {
	"oldObject": {"spec": spec},
	"object": {"spec": spec, "operation": operation},
})

sync := application({"source": {"repoURL": "a"}}, {"sync": {}})

permitted(request, change) if syncs.permits(request, server, {"parameters": parameters, "change": change})

test_who_syncs if {
	every actor in [server, carol, sample.robot("system:serviceaccount:argocd:my-argocd-server")] {
		syncs.permits(sync, actor, {"parameters": parameters, "change": asked})
		not syncs.permits(sync, actor, {"parameters": object.union(parameters, {"allowSync": false}), "change": asked})
	}
	every actor in [
		sample.human,
		sample.impersonated(server.username),
		sample.robot("system:serviceaccount:shop:argocd-server"),
		sample.robot("system:serviceaccount:argocd:argocd-repo-server"),
	] {
		not syncs.permits(sync, actor, {"parameters": parameters, "change": asked})
	}
}

test_an_operation_without_a_sync_is_none if {
	permitted(sync, asked)
	not permitted(application({}, {}), asked)
	not permitted(application({}, {"info": []}), asked)
}

running := object.union(sync, {"oldObject": {"operation": {"sync": {}}}})

ended := paths([["status/operationState/phase", "changed", "Running", "Terminating"]])

test_only_an_update_of_an_application_syncs_or_ends if {
	permitted(running, ended)
	not permitted(running, asked)
	not permitted(sync, ended)
	every pair in [[sync, asked], [running, ended]] {
		every changes in [
			{"operation": "CREATE"},
			{"subResource": "status"},
			{"resource": {"group": "argoproj.io", "version": "v1alpha1", "resource": "applicationsets"}},
		] {
			not permitted(object.union(pair[0], changes), pair[1])
		}
		not permitted(pair[0], object.union(pair[1], {"truncated": true}))
		not permitted(pair[0], object.union(pair[1], {"protectedKeys": ["metadata.finalizers"]}))
	}
}

test_an_end_is_the_phase_of_the_operation if {
	every change in [
		["status/health", "changed", "Running", "Terminating"],
		["status/operationState/phase", "changed", "Running", "Succeeded"],
		["status/operationState/phase", "changed", "Failed", "Terminating"],
	] {
		not permitted(running, paths([change]))
	}
}

rewritten(path, kind, from, to) if permitted(sync, paths([["operation", "added", "", "{}"], [path, kind, from, to]]))

test_empty_members_that_the_server_leaves_out if {
	every from in [`""`, "0", "[]", "false", "{}"] {
		rewritten("spec/source/chart", "removed", from, "")
		rewritten("status/sync/name", "removed", from, "")
		not rewritten("spec/source/chart", "changed", from, "x")
		not rewritten("metadata/name", "removed", from, "")
	}
	every from in {"1", "true", `"a"`} | sample.words_of_no_rule {
		not rewritten("spec/source/chart", "removed", from, "")
	}
	every word in {"enabled", "automated"} | sample.words_of_no_rule {
		not rewritten(concat("/", ["spec", word]), "removed", `""`, "")
		not rewritten(concat("/", [word, "name"]), "removed", `""`, "")
		rewritten(concat("/", ["spec", word, "name"]), "removed", `""`, "")
	}
	every map in ["annotations", "commonAnnotations", "commonLabels", "labels", "map", "valuesObject"] {
		not rewritten(concat("/", ["spec", map, "name"]), "removed", `""`, "")
		not rewritten(concat("/", ["spec", map, "health"]), "added", "", "{}")
	}
}

test_structures_that_the_server_writes_out if {
	every name in ["health", "jsonnet", "sourceHydrator", "summary"] {
		rewritten(concat("/", ["status", name]), "added", "", "{}")
		not rewritten(concat("/", ["status", name]), "changed", "", "{}")
		every word in {`{"a":1}`} | sample.words_of_no_rule {
			not rewritten(concat("/", ["status", name]), "added", "", word)
		}
		every word in {"metadata"} | sample.words_of_no_rule {
			not rewritten(concat("/", [word, name]), "added", "", "{}")
		}
	}
	rewritten("status/sync", "added", "", `{"comparedTo":{"destination":{},"source":{"repoURL":""}},"status":""}`)
	every word in {"{}"} | sample.words_of_no_rule {
		not rewritten("status/sync", "added", "", word)
	}
}

fits(fields, operation_sync) if permitted(
	object.union(sync, {"object": object.union(fields, {"operation": {"sync": operation_sync}})}),
	asked,
)

test_resources_are_named_and_nothing_more if {
	named := {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"}
	fits({}, {"resources": [named]})
	every word in {"exclude"} | sample.words_of_no_rule {
		not fits({}, {"resources": [object.union(named, {word: "x"})]})
	}
}

compared(source) := {"status": {"sync": {"revision": "abc", "revisions": ["abc"], "comparedTo": source}}}

test_a_revision_is_what_is_tracked_or_was_compared if {
	every revision in ["HEAD", ""] { fits({}, {"revision": revision}) }
	fits({"spec": {"source": {"targetRevision": ""}}}, {"revision": "HEAD"})
	not fits({}, {"revision": "abc"})
	fits(compared({"source": {"repoURL": "a"}}), {"revision": "abc"})
	every source in [{"repoURL": "b"}, {"repoURL": "a", "chart": "c"}, {"repoURL": "a", "targetRevision": "v1"}, {}] {
		not fits(compared({"source": source}), {"revision": "abc"})
	}
}

several := {"sources": [{"repoURL": "a"}]}

test_of_several_sources_each_has_a_revision if {
	fits({"spec": several}, {"revisions": ["HEAD"]})
	fits(object.union(compared({"sources": [{"repoURL": "a"}]}), {"spec": several}), {"revisions": ["abc"]})
	not fits(object.union(compared({"sources": [{"repoURL": "b"}]}), {"spec": several}), {"revisions": ["abc"]})
	not fits({"spec": several}, {"revisions": ["HEAD", "HEAD"]})
	not fits({"spec": several}, {"revisions": ["abc"]})
	not fits({"spec": several}, {"revision": "HEAD"})
	not fits(object.union(compared({"source": {"repoURL": "a"}}), {"spec": several}), {"revision": "abc"})
	hydrated := {"spec": object.union(several, {"sourceHydrator": {"syncSource": {"path": "p", "targetBranch": "b"}, "drySource": {"repoURL": "a"}}})}
	not fits(hydrated, {"revisions": ["HEAD"]})
}

test_a_hydrated_application_is_synced_from_its_branch if {
	hydrated := {"spec": {"sourceHydrator": {
		"syncSource": {"repoURL": "", "path": "p", "targetBranch": "b"},
		"drySource": {"repoURL": "a", "path": "dry"},
	}}}
	fits(hydrated, {"source": {"repoURL": "a", "path": "p", "targetRevision": "b"}})
	fits(hydrated, {"revision": "b"})
	not fits(hydrated, {"source": {"repoURL": "a"}})
	own := {"spec": {"sourceHydrator": {"syncSource": {"repoURL": "c", "path": "p", "targetBranch": "b"}, "drySource": {"repoURL": "a"}}}}
	fits(own, {"source": {"repoURL": "c", "path": "p", "targetRevision": "b"}})
}

by(value) := application({}, {"sync": {}, "initiatedBy": {"username": value}})

test_who_asked_is_a_name if {
	permitted(by("carol"), asked)
	not permitted(by(1), asked)
	not permitted(by({"a": "b"}), asked)
}
