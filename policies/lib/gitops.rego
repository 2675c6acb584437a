# The objects that steer the GitOps controllers, and what their own controllers do to them.
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

flux_resources := {
	"buckets.source.toolkit.fluxcd.io",
	"externalartifacts.source.toolkit.fluxcd.io",
	"gitrepositories.source.toolkit.fluxcd.io",
	"helmcharts.source.toolkit.fluxcd.io",
	"helmreleases.helm.toolkit.fluxcd.io",
	"helmrepositories.source.toolkit.fluxcd.io",
	"kustomizations.kustomize.toolkit.fluxcd.io",
	"ocirepositories.source.toolkit.fluxcd.io",
}

flux_controllers := [
	"helm-controller",
	"kustomize-controller",
	"source-controller",
	"source-watcher",
]

# Whether the request reaches one of the objects that decide what the GitOps controllers apply.
steers(request, _) if naming.resource(request) in argocd_resources

steers(request, _) if naming.resource(request) in flux_resources

steers(request, namespace) if {
	naming.resource(request) == "configmaps"
	request.namespace == namespace
	naming.name(request) in argocd_configmaps
}

# Repository and cluster credentials. Old or new: taking the label off hides the Secret from Argo CD.
steers(request, namespace) if {
	naming.resource(request) == "secrets"
	request.namespace == namespace
	some field in ["object", "oldObject"]
	request[field].metadata.labels["argocd.argoproj.io/secret-type"]
}

# What the controllers' own accounts, other than the writers, do to these objects.
permits(request, actor, scope) if {
	naming.resource(request) in flux_resources
	some name in flux_controllers
	actors.is_account(actor, scope.parameters.fluxNamespace, name)
	does_flux_work(request, scope.change)
}

permits(request, actor, scope) if {
	naming.resource(request) == "applications.argoproj.io"
	actors.is_account(actor, scope.parameters.argocdNamespace, "argocd-applicationset-controller")
}

permits(request, actor, scope) if {
	naming.resource(request) == "applicationsets.argoproj.io"
	actors.is_account(actor, scope.parameters.argocdNamespace, "argocd-applicationset-controller")
	request.operation == "UPDATE"
	changes.all_below(scope.change, [["status"], ["metadata", "finalizers", "resources-finalizer.argocd.argoproj.io"]])
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

does_flux_work(request, change) if {
	request.operation == "UPDATE"
	changes.all_below(change, [["status"], ["metadata", "finalizers", "finalizers.fluxcd.io"]])
}

# The helm controller makes and removes the charts of its releases.
does_flux_work(request, _) if {
	naming.resource(request) == "helmcharts.source.toolkit.fluxcd.io"
	request.operation in {"CREATE", "DELETE"}
}
