# Requests, facts and parameters for the tests of every policy.
package holdfast.lib.samples_test

deployment_resource := {"group": "apps", "version": "v1", "resource": "deployments"}

deployment := {
	"operation": "UPDATE",
	"kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
	"resource": deployment_resource,
	"name": "checkout",
	"namespace": "shop",
	"object": {"metadata": {"name": "checkout"}},
	"oldObject": {"metadata": {"name": "checkout"}},
}

request_for(resource, group, changes) := object.union(
	object.union(deployment, {"resource": {"group": group, "version": "v1", "resource": resource}}),
	changes,
)

# One object over another; unlike object.union only at the top.
overlay(below, above) := object.union(object.remove(below, object.keys(above)), above)

known_certificate := {"status": "known", "kind": "certificate", "believed": true}

known_token := {"status": "known", "kind": "token", "believed": true}

unknown_token := {"status": "unknown", "kind": "token", "believed": false}

missing_credential := {"status": "unknown", "kind": "none", "believed": false}

absent_credential := {"status": "absent", "kind": "none", "believed": true}

# The same caller with another credential.
with_credential(actor, credential) := overlay(actor, {"credential": credential})

human := {
	"class": "other",
	"username": "alice",
	"groups": ["developers", "system:masters"],
	"proof": {"grade": "none", "sufficient": true, "reason": "it is no service account"},
}

robot(username) := {
	"class": "other",
	"username": username,
	"groups": [],
	"proof": {"grade": "pod-bound", "sufficient": true, "reason": "its token is bound to a pod"},
}

impersonated(username) := object.union(robot(username), {"proof": {"grade": "impersonated", "sufficient": true}})

platform(name) := {
	"class": "platform",
	"username": concat("", ["system:serviceaccount:kube-system:", name]),
	"name": name,
	"groups": [],
	"proof": {"grade": "unbound", "sufficient": true, "reason": "its token is not bound to a pod"},
	"credential": known_token,
}

node := {
	"class": "node",
	"username": "system:node:a",
	"name": "a",
	"groups": ["system:nodes"],
	"proof": {"grade": "none", "sufficient": true, "reason": "it is no service account"},
	"credential": known_certificate,
}

operator := object.union(robot("system:serviceaccount:cert-manager:cert-manager"), {
	"class": "operator",
	"name": "cert-manager",
	"credential": known_token,
})

writer := {
	"class": "gitops",
	"username": "system:serviceaccount:argocd:argocd-application-controller",
	"name": "argocd",
	"groups": [],
	"proof": {
		"grade": "pod-bound",
		"required": "pod-bound",
		"sufficient": true,
		"reason": "its token is bound to a pod",
	},
}

unproven_writer := overlay(writer, {"proof": {
	"required": "pod-bound",
	"grade": "unbound",
	"sufficient": false,
	"reason": "its token is not bound to a pod",
}})

managed := {
	"managed": true,
	"wasManaged": true,
	"tool": "argocd",
	"app": "checkout",
	"appNamespace": "argocd",
	"mark": "annotation argocd.argoproj.io/tracking-id",
	"self": true,
	"scope": "managed",
}

by_flux := object.union(managed, {
	"tool": "flux",
	"app": "apps",
	"appNamespace": "flux-system",
	"mark": "label kustomize.toolkit.fluxcd.io/name",
})

lost_mark := {
	"managed": true,
	"wasManaged": true,
	"tool": "argocd",
	"mark": "managedFields of argocd-controller",
	"self": false,
	"scope": "managed",
}

gitops_only := {
	"managed": true,
	"wasManaged": true,
	"tool": "scope",
	"self": false,
	"scope": "gitops-only",
}

unmanaged := {"managed": false, "wasManaged": false, "self": false, "scope": "none"}

changed(segments, from, to) := {
	"path": concat(".", segments),
	"segments": segments,
	"kind": "changed",
	"from": from,
	"to": to,
}

image := {
	"path": "spec.template.spec.containers[app].image",
	"segments": ["spec", "template", "spec", "containers", "app", "image"],
	"kind": "changed",
	"from": "shop/checkout:1.0.0",
	"to": "evil:latest",
}

replicas := changed(["spec", "replicas"], "1", "5")

change(paths) := {"semantic": true, "paths": paths, "protectedKeys": [], "truncated": false}

protected_change(path) := {
	"semantic": true,
	"paths": [path],
	"protectedKeys": [path.path],
	"truncated": false,
}

whole := change([{"path": "", "segments": [], "kind": "removed"}])

no_change := {"semantic": false, "paths": [], "protectedKeys": [], "truncated": false}

source := {
	"operation": "running",
	"repository": "git://git.example.com/src",
	"revision": "main",
	"path": "shop",
	"inlineManifests": false,
}

parameters := {
	"argocdNamespace": "argocd",
	"fluxNamespace": "flux-system",
	"installationNamespaces": ["argocd", "flux-system", "holdfast-system"],
	"writers": [{
		"username": "system:serviceaccount:argocd:argocd-application-controller",
		"tool": "argocd",
		"writer": "argocd",
		"namespace": "argocd",
		"name": "argocd-application-controller",
	}],
	"operators": {"cert-manager": {"rules": [
		{
			"verbs": ["UPDATE"],
			"groups": [""],
			"resources": ["secrets"],
			"paths": ["data", "metadata.finalizers[cert-manager.io/x]"],
		},
		{"verbs": ["CREATE", "DELETE"], "groups": ["*"], "resources": ["ingresses"]},
		{"verbs": ["UPDATE"], "groups": ["apps"], "resources": ["deployments/scale"]},
	]}},
	"editors": ["system:serviceaccount:argocd:editor", "bob"],
	"allowRefresh": true,
	"allowSync": true,
	"syncAccounts": ["carol"],
	"freezeOperators": ["carol"],
	"syncOverrides": [],
	"allowRestart": false,
	"allowedAnnotations": [],
	"emergency": "In an emergency, ask.",
}

named_image := {
	"path": "spec.containers[0].image", "kind": "container", "name": "app", "status": "parsed", "isNew": true,
	"text": "registry.example.com/shop:1", "registry": "registry.example.com", "repository": "shop", "tag": "1",
}

unreadable_image := {
	"path": "spec.containers[0].image", "kind": "container", "status": "unreadable", "isNew": true,
	"reason": "spec.containers[0].image is no text",
}

# What no rule names, as a verb, a resource, a name or a state.
words_of_no_rule := {"anything", "nodes", "pods", "secrets"}
