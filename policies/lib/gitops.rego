# The objects of the GitOps control plane, and what their own controllers do to them.
package holdfast.lib.gitops

import data.holdfast.lib.actors
import data.holdfast.lib.changes
import data.holdfast.lib.naming

argocd_resources := {
	"applications.argoproj.io",
	"applicationsets.argoproj.io",
	"appprojects.argoproj.io",
}

argocd_configmaps := {
	"argocd-cm",
	"argocd-cmd-params-cm",
	"argocd-gpg-keys-cm",
	"argocd-rbac-cm",
	"argocd-ssh-known-hosts-cm",
	"argocd-tls-certs-cm",
}

# Each kind of Flux with the controllers that work on it.
flux_controllers := {
	"alerts.notification.toolkit.fluxcd.io": {"notification-controller"},
	"artifactgenerators.source.extensions.fluxcd.io": {"source-watcher"},
	"buckets.source.toolkit.fluxcd.io": {"source-controller"},
	"externalartifacts.source.toolkit.fluxcd.io": {"source-watcher"},
	"gitrepositories.source.toolkit.fluxcd.io": {"source-controller"},
	"helmcharts.source.toolkit.fluxcd.io": {"helm-controller", "source-controller"},
	"helmreleases.helm.toolkit.fluxcd.io": {"helm-controller"},
	"helmrepositories.source.toolkit.fluxcd.io": {"source-controller"},
	"imagepolicies.image.toolkit.fluxcd.io": {"image-reflector-controller"},
	"imagerepositories.image.toolkit.fluxcd.io": {"image-reflector-controller"},
	"imageupdateautomations.image.toolkit.fluxcd.io": {"image-automation-controller"},
	"kustomizations.kustomize.toolkit.fluxcd.io": {"kustomize-controller"},
	"ocirepositories.source.toolkit.fluxcd.io": {"source-controller"},
	"providers.notification.toolkit.fluxcd.io": {"notification-controller"},
	"receivers.notification.toolkit.fluxcd.io": {"notification-controller"},
}

# Whether the request reaches one of the objects that decide what the GitOps controllers apply.
steers(request, _) if naming.resource(request) in argocd_resources

steers(request, _) if flux_controllers[naming.resource(request)]

steers(request, namespace) if {
	naming.resource(request) == "configmaps"
	request.namespace == namespace
	naming.name(request) in argocd_configmaps
}

# Repository and cluster credentials. Old or new: removing the label hides the Secret from Argo CD.
steers(request, namespace) if {
	naming.resource(request) == "secrets"
	request.namespace == namespace
	some field in ["object", "oldObject"]
	request[field].metadata.labels["argocd.argoproj.io/secret-type"]
}

# What the controllers' own accounts, other than the writers, do to these objects.
permits(request, actor, scope) if {
	some name in flux_controllers[naming.resource(request)]
	actors.is_account(actor, scope.parameters.fluxNamespace, name)
	does_flux_work(request, name, scope.change)
}

# Only what an ApplicationSet made: the Applications of people are not its own.
permits(request, actor, scope) if {
	naming.resource(request) == "applications.argoproj.io"
	actors.is_account(actor, scope.parameters.argocdNamespace, "argocd-applicationset-controller")
	is_made_by_set(request)
}

permits(request, actor, scope) if {
	naming.resource(request) == "applicationsets.argoproj.io"
	actors.is_account(actor, scope.parameters.argocdNamespace, "argocd-applicationset-controller")
	request.operation == "UPDATE"
	changes.all_below(scope.change, [
		["status"],
		["metadata", "annotations", "argocd.argoproj.io/application-set-refresh"],
		["metadata", "finalizers", "resources-finalizer.argocd.argoproj.io"],
	])
}

permits(request, actor, scope) if {
	naming.resource(request) == "applications.argoproj.io"
	actors.is_account(actor, scope.parameters.argocdNamespace, "argocd-notifications-controller")
	request.operation == "UPDATE"
	changes.only_below(
		scope.change,
		[["metadata", "annotations", "notified.notifications.argoproj.io"]],
	)
}

# Before or after: it takes its Applications over when it makes them, and lets them go when the set ends without them.
is_made_by_set(request) if {
	some field in ["object", "oldObject"]
	some owner in request[field].metadata.ownerReferences
	owner.controller
	owner.kind == "ApplicationSet"
	startswith(owner.apiVersion, "argoproj.io/")
}

does_flux_work(request, _, change) if {
	request.operation == "UPDATE"
	changes.all_below(change, [["status"], ["metadata", "finalizers", "finalizers.fluxcd.io"]])
}

# The helm controller makes, changes and removes the charts of its releases.
does_flux_work(request, "helm-controller", _) if {
	naming.resource(request) == "helmcharts.source.toolkit.fluxcd.io"
	naming.subresource(request) == ""
}

# The source watcher makes the artifacts that it generates.
does_flux_work(request, "source-watcher", _) if {
	naming.resource(request) == "externalartifacts.source.toolkit.fluxcd.io"
}

# Objects that Argo CD's controller writes for itself, or leaves without a mark by design.
is_never_marked(request, namespace) if steers(request, namespace)

is_never_marked(request, _) if request.resource.group == "argoproj.io"

is_never_marked(request, namespace) if request.namespace == namespace

is_never_marked(request, _) if naming.resource(request) in {
	"customresourcedefinitions.apiextensions.k8s.io",
	"events",
	"events.events.k8s.io",
	"leases.coordination.k8s.io",
	"namespaces",
	"selfsubjectaccessreviews.authorization.k8s.io",
	"subjectaccessreviews.authorization.k8s.io",
	"tokenreviews.authentication.k8s.io",
}
