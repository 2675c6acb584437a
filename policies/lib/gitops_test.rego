package holdfast.lib.gitops_test

import data.holdfast.lib.gitops
import data.holdfast.lib.samples_test as sample

scope(paths) := {
	"parameters": {"argocdNamespace": "argocd", "fluxNamespace": "flux-system"},
	"change": sample.change([sample.changed(path, "a", "b") | some path in paths]),
}

account(namespace, name) := sample.robot($"system:serviceaccount:{namespace}:{name}")

of_kind(kind, changes) := sample.request_for(split(kind, ".")[0], concat(".", array.slice(split(kind, "."), 1, 9)), changes)

status := scope([["status"]])

# Each kind is steered by, and worked on by its own controllers alone.
test_the_controllers_of_flux_work_on_their_own_kinds if {
	controllers := union({names | some names in gitops.flux_controllers})
	every kind, names in gitops.flux_controllers {
		request := of_kind(kind, {})
		gitops.steers(request, "argocd")
		every name in names {
			gitops.permits(request, account("flux-system", name), status)
			gitops.permits(request, account("flux-system", name), scope([["metadata", "finalizers", "finalizers.fluxcd.io"]]))
			not gitops.permits(request, account("argocd", name), status)
			not gitops.permits(request, sample.impersonated(account("flux-system", name).username), status)
		}
		every name in (controllers - names) | sample.words_of_no_rule {
			not gitops.permits(request, account("flux-system", name), status)
		}
	}
}

test_the_controllers_of_flux_change_their_state_alone if {
	every kind in ["kustomizations.kustomize.toolkit.fluxcd.io", "gitrepositories.source.toolkit.fluxcd.io"] {
		some name in gitops.flux_controllers[kind]
		actor := account("flux-system", name)
		every path in [["spec"], ["metadata", "finalizers"], ["metadata", "finalizers", "example.com/x"], ["metadata", "labels", "x"]] {
			not gitops.permits(of_kind(kind, {}), actor, scope([path]))
			not gitops.permits(of_kind(kind, {}), actor, scope([["status"], path]))
		}
		every operation in ["CREATE", "DELETE"] {
			not gitops.permits(of_kind(kind, {"operation": operation}), actor, status)
		}
	}
}

test_two_controllers_make_objects_of_their_own if {
	every operation in ["CREATE", "UPDATE", "DELETE"] {
		chart := of_kind("helmcharts.source.toolkit.fluxcd.io", {"operation": operation})
		gitops.permits(chart, account("flux-system", "helm-controller"), scope([[]]))
		not gitops.permits(chart, account("flux-system", "source-controller"), scope([[]]))
		not gitops.permits(object.union(chart, {"subResource": "status"}), account("flux-system", "helm-controller"), scope([[]]))
		release := of_kind("helmreleases.helm.toolkit.fluxcd.io", {"operation": operation})
		not gitops.permits(release, account("flux-system", "helm-controller"), scope([[]]))
		artifact := of_kind("externalartifacts.source.toolkit.fluxcd.io", {"operation": operation})
		gitops.permits(artifact, account("flux-system", "source-watcher"), scope([[]]))
		generator := of_kind("artifactgenerators.source.extensions.fluxcd.io", {"operation": operation})
		not gitops.permits(generator, account("flux-system", "source-watcher"), scope([[]]))
	}
}

test_what_steers_argo_cd if {
	every kind in ["applications.argoproj.io", "applicationsets.argoproj.io", "appprojects.argoproj.io"] {
		gitops.steers(of_kind(kind, {}), "argocd")
	}
	every name in ["argocd-cm", "argocd-cmd-params-cm", "argocd-gpg-keys-cm", "argocd-rbac-cm", "argocd-ssh-known-hosts-cm", "argocd-tls-certs-cm"] {
		settings := sample.request_for("configmaps", "", {"namespace": "argocd", "name": name})
		gitops.steers(settings, "argocd")
		not gitops.steers(settings, "gitops")
		not gitops.steers(object.union(settings, {"resource": {"group": "", "version": "v1", "resource": "secrets"}}), "argocd")
	}
	labelled := {"metadata": {"labels": {"argocd.argoproj.io/secret-type": "repository"}}}
	every field in ["object", "oldObject"] {
		secret := object.union(sample.request_for("secrets", "", {"namespace": "argocd"}), {field: labelled})
		gitops.steers(secret, "argocd")
		not gitops.steers(secret, "gitops")
		not gitops.steers(object.union(secret, {"resource": {"group": "", "version": "v1", "resource": "configmaps"}}), "argocd")
	}
}

test_nothing_else_steers if {
	every word in {"rollouts"} | sample.words_of_no_rule {
		every group in ["", "argoproj.io", "source.toolkit.fluxcd.io"] {
			not gitops.steers(sample.request_for(word, group, {"namespace": "argocd"}), "argocd")
		}
		not gitops.steers(sample.request_for("configmaps", "", {"namespace": "argocd", "name": word}), "argocd")
	}
	not gitops.steers(sample.request_for("secrets", "", {"namespace": "argocd"}), "argocd")
}

generator := account("argocd", "argocd-applicationset-controller")

notifier := account("argocd", "argocd-notifications-controller")

made_by(owner) := {"metadata": {"ownerReferences": [owner]}}

set := {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "name": "set", "uid": "1", "controller": true}

application(changes) := of_kind("applications.argoproj.io", changes)

test_an_application_set_works_on_what_it_made if {
	every field in ["object", "oldObject"] {
		made := object.union(application({}), {field: made_by(set)})
		gitops.permits(made, generator, scope([["spec"]]))
		not gitops.permits(made, account("argocd", "argocd-server"), scope([["spec"]]))
		not gitops.permits(object.union(made, {"resource": {"group": "argoproj.io", "version": "v1alpha1", "resource": "appprojects"}}), generator, scope([["spec"]]))
	}
	every owner in [
		object.union(set, {"controller": false}),
		object.union(set, {"kind": "Application"}),
		object.union(set, {"apiVersion": "example.com/v1"}),
	] {
		not gitops.permits(object.union(application({}), {"object": made_by(owner)}), generator, scope([["spec"]]))
	}
}

test_an_application_set_keeps_its_own_state if {
	sets := of_kind("applicationsets.argoproj.io", {})
	every path in [
		["status"],
		["metadata", "annotations", "argocd.argoproj.io/application-set-refresh"],
		["metadata", "finalizers", "resources-finalizer.argocd.argoproj.io"],
	] {
		gitops.permits(sets, generator, scope([path]))
		not gitops.permits(sets, notifier, scope([path]))
		not gitops.permits(application({}), generator, scope([path]))
		not gitops.permits(object.union(sets, {"operation": "CREATE"}), generator, scope([path]))
	}
	every path in [["spec"], ["metadata", "annotations", "team"], ["metadata", "finalizers", "example.com/x"], []] {
		not gitops.permits(sets, generator, scope([path]))
	}
}

test_notifications_are_noted if {
	noted := scope([["metadata", "annotations", "notified.notifications.argoproj.io"]])
	gitops.permits(application({}), notifier, noted)
	not gitops.permits(application({}), account("argocd", "argocd-server"), noted)
	not gitops.permits(application({"operation": "CREATE"}), notifier, noted)
	not gitops.permits(of_kind("applicationsets.argoproj.io", {}), notifier, noted)
	every path in [["metadata", "annotations", "team"], ["metadata", "labels", "team"], ["spec"]] {
		not gitops.permits(application({}), notifier, scope([path]))
	}
}

test_what_argo_cd_never_marks if {
	every kind in ["applications.argoproj.io", "workflows.argoproj.io", "namespaces", "events", "events.events.k8s.io", "leases.coordination.k8s.io"] {
		gitops.is_never_marked(of_kind(kind, {}), "argocd")
	}
	gitops.is_never_marked(sample.request_for("configmaps", "", {"namespace": "argocd"}), "argocd")
	every word in {"deployments", "configmaps"} | sample.words_of_no_rule {
		not gitops.is_never_marked(sample.request_for(word, "", {}), "argocd")
		not gitops.is_never_marked(sample.request_for("widgets", word, {}), "argocd")
	}
}
