# METADATA
# title: Nobody reaches the nodes under the controllers
# description: >-
#   Whoever is root on a node, or sends requests to its kubelet, has the token of every pod on it, the GitOps controller's too.
#   The kubelet is reached through the API server only for what cannot enter a pod; a pod that takes the node over is not
#   made by hand.
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE, CONNECT]
#     groups: ["", apps, batch]
#     resources:
#       - cronjobs
#       - daemonsets
#       - deployments
#       - jobs
#       - nodes
#       - persistentvolumes
#       - pods
#       - replicasets
#       - replicationcontrollers
#       - statefulsets
#     subresources: ["", ephemeralcontainers, proxy]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor, grant]
#   parameters:
#     editors: []
#     agentNamespaces: [kube-system]
#     kubeletReads: [configz, containerLogs, healthz, logs, metrics, pods, runningpods, spec, stats]
#     kubeletPodPaths: [attach, checkpoint, exec, portForward, run]
#     nodePaths: [/bin, /boot, /dev, /etc, /lib, /opt/cni, /proc, /root, /run, /sbin, /sys, /usr, /var]
#   parametersSchema:
#     editors: { type: array, items: { type: string, minLength: 1 } }
package holdfast.policies.node_access

import data.holdfast.lib.accounts
import data.holdfast.lib.actors
import data.holdfast.lib.grants
import data.holdfast.lib.naming

deny contains {
	"code": "node_proxy_entered",
	"message": $`The kubelet of node "{naming.name(request)}" is asked for "/{path}": that way may lead into the pods of GitOps controllers, or to their tokens.`,
	"remedy": $"Read metrics and the logs of containers that way only, or use kubectl exec, which is judged by pod.{grants.offer}",
} if {
	naming.resource(request) == "nodes"
	naming.subresource(request) == "proxy"
	not is_harmless(path)
	not allowed
}

deny contains {
	"code": "node_taken_over",
	"message": $"{naming.subject(request)} would take over the node that it runs on ({ways}): the tokens of all its pods, GitOps controllers' too.",
	"remedy": $"Run it without these, or from Git. Accounts that debug nodes are listed in {editors}.{grants.offer}",
} if {
	is_pod_by_hand
	count(takes_over(request.object.spec)) > 0
	not allowed
}

# A debug container is added to a pod that is there: on the node of a controller there is always one.
deny contains {
	"code": "node_taken_over",
	"message": $`{naming.subject(request)} would get a privileged container ("{debugger.name}"), which takes over the node that the pod runs on: the tokens of all its pods, GitOps controllers' too.`,
	"remedy": $"Debug it without privileges (kubectl debug --profile=restricted). Accounts that debug nodes are listed in {editors}.{grants.offer}",
} if {
	naming.subresource(request) == "ephemeralcontainers"
	is_by_hand
	debugger := new_debuggers[0]
	not allowed
}

# Whoever claims it mounts the files of the node, in a pod that says nothing of a host path.
deny contains {
	"code": "node_taken_over",
	"message": $`{naming.subject(request)} would give "{volume_path}" of a node to whoever claims it: that leads to the tokens of all its pods, GitOps controllers' too.`,
	"remedy": $"Keep data below a path of its own, as /data or /mnt, or declare the volume in Git. Accounts that debug nodes are listed in {editors}.{grants.offer}",
} if {
	naming.resource(request) == "persistentvolumes"
	request.operation == "CREATE"
	is_volume_by_hand
	reaches_node(volume_path)
	not allowed
}

warn contains {
	"code": "node_taken_over",
	"message": $"{naming.subject(request)} takes over the node that it runs on ({workload_ways}): the tokens of all its pods, GitOps controllers' too.",
	"remedy": $"Declare agents of nodes in Git, or name their namespace in {agents}.",
} if {
	not is_pod_by_hand
	is_made_by_others
	count(takes_over(pod_spec)) > 0
	not object.get(request, "namespace", "") in input.parameters.agentNamespaces
	not allowed
}

request := input.request

actor := input.facts.actor

editors := "policies.settings.node_access.parameters.editors of Holdfast's configuration"

agents := "policies.settings.node_access.parameters.agentNamespaces of Holdfast's configuration"

allowed if actors.is_proven_writer(actor)

allowed if actors.is_listed(actor, input.parameters.editors)

allowed if {
	actors.is_under_grant(actor)
	input.facts.grant.namesResource
}

# What the API server hands on to the kubelet. Its root has nothing to read.
path := trim_left(object.get(request, ["object", "path"], ""), "/")

is_harmless(text) if {
	is_plain(text)
	split(text, "/")[0] in input.parameters.kubeletReads
	not is_file_of_node(text)
}

# The kubelet reads below /var/log as root and follows links: a pod that may write there can lay one to any token. The list of
# what is there, and queries of the node's own log, name no file.
is_file_of_node(text) if {
	startswith(text, "logs/")
	text != "logs/"
}

# Into a pod of somebody else: as free as kubectl exec is there.
is_harmless(text) if {
	is_plain(text)
	segments := split(text, "/")
	segments[0] in input.parameters.kubeletPodPaths
	count(segments) > 3
	not segments[1] in accounts.namespaces(input.parameters)
}

# Another way to write the same path must not be another path to us.
is_plain(text) if {
	not contains(text, "//")
	not contains(text, "%")
	not contains(text, `\`)
	every segment in split(text, "/") {
		not segment in {".", ".."}
	}
}

# Service accounts make such pods all day: storage, virtual machines, builds. A person has the API for it.
is_pod_by_hand if {
	naming.resource(request) == "pods"
	request.operation == "CREATE"
	is_by_hand
}

is_by_hand if {
	not actor.class in {"node", "operator", "platform"}
	not actors.is_service_account(actor)
}

# Provisioners run under accounts of their own; the control plane and nodes make no such volume.
is_volume_by_hand if is_by_hand

is_volume_by_hand if actor.class in {"node", "platform"}

# What a controller makes from a template was seen with the template; pods do not change in what is looked at here.
is_made_by_others if {
	not naming.resource(request) in {"persistentvolumes", "pods"}
	not actor.class in {"node", "platform"}
}

is_made_by_others if {
	request.operation == "CREATE"
	not actor.class in {"node", "platform"}
}

ways := $`{concat(", ", takes_over(request.object.spec))}`

workload_ways := $`{concat(", ", takes_over(pod_spec))}`

pod_spec := request.object.spec if {
	naming.resource(request) == "pods"
} else := request.object.spec.jobTemplate.spec.template.spec if {
	naming.resource(request) == "cronjobs.batch"
} else := request.object.spec.template.spec

# The kinds of ways, not each: a pod may have a great many.
takes_over(spec) := [way |
	some way in ["host path", "host processes", "host network", "host IPC", "privileged"]
	is_way(way, spec)
]

is_way("host path", spec) if {
	some volume in spec.volumes
	volume.hostPath
}

is_way("host processes", spec) if spec.hostPID == true

is_way("host network", spec) if spec.hostNetwork == true

is_way("host IPC", spec) if spec.hostIPC == true

is_way("privileged", spec) if is_privileged(spec)

is_privileged(spec) if spec.securityContext.windowsOptions.hostProcess == true

is_privileged(spec) if {
	some key in ["containers", "initContainers"]
	some container in spec[key]
	is_privileged_container(container)
}

is_privileged_container(container) if container.securityContext.privileged == true

is_privileged_container(container) if container.securityContext.windowsOptions.hostProcess == true

# Container runtimes take the names of capabilities in any case, with their prefix or without.
is_privileged_container(container) if {
	some capability in container.securityContext.capabilities.add
	trim_prefix(upper(capability), "CAP_") in {
		"ALL", "BPF", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO",
	}
}

# Those that are there cannot be changed.
new_debuggers := [container |
	some container in request.object.spec.ephemeralContainers
	is_privileged_container(container)
	not object.get(container, "name", "") in {old.name | some old in request.oldObject.spec.ephemeralContainers}
]

volume_path := found if {
	found := request.object.spec.hostPath.path
} else := request.object.spec.local.path

# One of the node's own folders, something in one, or what holds one.
reaches_node(folder) if not is_plain_path(folder)

reaches_node(folder) if {
	some guarded in input.parameters.nodePaths
	below := $"{trim_right(folder, "/")}/"
	startswith(below, $"{guarded}/")
}

reaches_node(folder) if {
	some guarded in input.parameters.nodePaths
	startswith($"{guarded}/", $"{trim_right(folder, "/")}/")
}

is_plain_path(folder) if {
	startswith(folder, "/")
	is_plain(folder)
}
