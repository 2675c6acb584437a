package holdfast.lib.healing_test

import data.holdfast.lib.healing
import data.holdfast.lib.samples_test as sample

parameters := {"healer": "system:serviceaccount:holdfast-system:holdfast-healer"}

healer := sample.overlay(sample.robot(parameters.healer), {"proof": {"grade": "unbound", "sufficient": true}})

asked := sample.change([{"segments": ["operation"], "path": "operation", "kind": "added", "from": "", "to": "{}"}])

source := {"repoURL": "https://git.example.com/a", "targetRevision": "main"}

deployed := {"history": [
	{"revision": "old", "source": source},
	{"revision": "last", "source": source},
]}

named := [{"group": "", "kind": "ConfigMap", "namespace": "shop", "name": "checkout"}]

application(status, spec, wanted) := sample.request_for("applications", "argoproj.io", {
	"oldObject": {"spec": spec, "status": status},
	"object": {"spec": spec, "status": status, "operation": {"sync": wanted}},
})

sync := application(deployed, {"source": source}, {"revision": "last", "resources": named})

permitted(request, change) if healing.permits(request, healer, {"parameters": parameters, "change": change})

asks(wanted) if permitted(application(deployed, {"source": source}, wanted), asked)

test_a_sync_of_named_objects_to_what_was_deployed_last if {
	permitted(sync, asked)
	asks({"revision": "last", "resources": named, "syncStrategy": {"hook": {}}, "prune": false})
	not permitted(sync, sample.change([{"segments": ["spec", "project"], "path": "spec.project", "kind": "changed", "from": "a", "to": "b"}]))
}

test_nobody_else_heals if {
	every actor in [
		sample.human,
		sample.robot(parameters.healer),
		sample.impersonated(parameters.healer),
		sample.overlay(healer, {"username": "system:serviceaccount:shop:holdfast-healer"}),
		sample.overlay(healer, {"proof": {"grade": "legacy", "sufficient": true}}),
		sample.overlay(healer, {"proof": {"grade": "none", "sufficient": true}}),
	] {
		not healing.permits(sync, actor, {"parameters": parameters, "change": asked})
		not healing.permits_removal(update, actor, {"parameters": parameters, "change": removed({})})
	}
}

test_nobody_heals_where_healing_is_off if {
	nobody := sample.overlay(healer, {"username": ""})
	every off in [{"healer": ""}, {}] {
		not healing.permits(sync, healer, {"parameters": off, "change": asked})
		not healing.permits(sync, nobody, {"parameters": off, "change": asked})
		not healing.permits_removal(update, nobody, {"parameters": off, "change": removed({})})
	}
}

test_another_revision_is_a_deployment if {
	every revision in ["old", "main", "HEAD", "", "next"] {
		not asks({"revision": revision, "resources": named})
	}
	not asks({"resources": named})
	not permitted(application({}, {"source": source}, {"revision": "last", "resources": named}), asked)
	not permitted(application({"history": []}, {"source": source}, {"revision": "last", "resources": named}), asked)
	not permitted(application({"history": [{"revision": "", "source": source}]}, {"source": source}, {"revision": "", "resources": named}), asked)
	every other in [{"repoURL": "https://git.example.com/b"}, {"targetRevision": "next"}, {"chart": "web"}] {
		not permitted(application(deployed, {"source": object.union(source, other)}, {"revision": "last", "resources": named}), asked)
	}
}

test_a_sync_of_everything_or_one_that_deletes if {
	every other in [
		{"resources": []},
		{"prune": true},
		{"dryRun": true},
		{"manifests": ["{}"]},
		{"source": {"repoURL": "https://git.example.com/b"}},
		{"syncOptions": ["Replace=true"]},
		{"syncStrategy": {"apply": {}}},
		{"syncStrategy": {"hook": {"force": true}}},
		{"autoHealAttemptsCount": 3},
	] {
		not asks(sample.overlay({"revision": "last", "resources": named}, other))
	}
	not asks({"revision": "last"})

	# Neither where the configuration lets people ask for it.
	overrides := object.union(parameters, {"syncOverrides": ["prune", "force", "apply", "syncOptions"]})
	forced := application(deployed, {"source": source}, {"revision": "last", "resources": named, "syncStrategy": {"apply": {}}})
	not healing.permits(forced, healer, {"parameters": overrides, "change": asked})
}

test_a_sync_deletes_nothing_although_the_application_would if {
	spec := {"source": source, "syncPolicy": {"automated": {"prune": true}}}
	wanted := {"revision": "last", "resources": named}
	permitted(application(deployed, spec, wanted), asked)
	not permitted(application(deployed, spec, object.union(wanted, {"prune": true})), asked)
}

several := {"sources": [source, {"repoURL": "https://git.example.com/b"}]}

deployed_several(revisions) := {"history": [{"revisions": revisions, "sources": several.sources}]}

test_several_sources if {
	permitted(application(deployed_several(["a", "b"]), several, {"revisions": ["a", "b"], "resources": named}), asked)
	not permitted(application(deployed_several(["a", "b"]), several, {"revisions": ["a", "c"], "resources": named}), asked)
	not permitted(application(deployed_several(["a"]), several, {"revisions": ["a"], "resources": named}), asked)
	not permitted(application(deployed_several(["a", ""]), several, {"revisions": ["a", ""], "resources": named}), asked)
	moved := {"sources": [source, {"repoURL": "https://git.example.com/c"}]}
	not permitted(application(deployed_several(["a", "b"]), moved, {"revisions": ["a", "b"], "resources": named}), asked)
	not permitted(application(deployed, several, {"revision": "last", "resources": named}), asked)

	# What stands in both is not compared by half of it.
	both := object.union(several, {"source": source})
	not permitted(application(deployed, both, {"revision": "last", "resources": named}), asked)
	none := {"source": source, "sources": []}
	emptied := {"history": [{"revisions": [], "sources": []}]}
	not permitted(application(emptied, none, {"revisions": [], "resources": named}), asked)
	fewer := {"sources": [source]}
	not permitted(application(deployed_several(["a", "b"]), fewer, {"revisions": ["a", "b"], "resources": named}), asked)
}

refreshed := sample.change([{
	"segments": ["metadata", "annotations", "argocd.argoproj.io/refresh"],
	"path": "metadata.annotations[argocd.argoproj.io/refresh]",
	"kind": "added", "from": "", "to": "normal",
}])

test_a_refresh if {
	permitted(sync, refreshed)
	not permitted(object.union(sync, {"operation": "CREATE"}), refreshed)
}

update := sample.request_for("configmaps", "", {})

removed(other) := sample.change([object.union(
	{"segments": ["data", "debug"], "path": "data.debug", "kind": "removed", "from": "true", "gitOwned": false},
	other,
)])

takes_off(request, change) if healing.permits_removal(request, healer, {"parameters": parameters, "change": change})

test_an_addition_is_taken_off if takes_off(update, removed({}))

test_nothing_else_is_changed if {
	every other in [
		{"kind": "changed"},
		{"kind": "added"},
		{"gitOwned": true},
		{"segments": ["spec", "replicas"], "path": "spec.replicas"},
	] {
		not takes_off(update, removed(other))
	}
	not takes_off(update, sample.change([{"segments": ["data", "debug"], "path": "data.debug", "kind": "removed", "from": "true"}]))
	not takes_off(update, sample.change([]))
	not takes_off(update, object.union(removed({}), {"truncated": true}))
	not takes_off(update, object.union(removed({}), {"protectedKeys": ["metadata.finalizers"]}))
	every other in [{"operation": "CREATE"}, {"operation": "DELETE"}, {"subResource": "status"}] {
		not takes_off(object.union(update, other), removed({}))
	}
}
