package holdfast.policies.node_access_test

import data.holdfast.lib.samples_test as sample
import data.holdfast.policies.node_access

parameters := object.union(sample.parameters, {
	"agentNamespaces": ["kube-system"],
	"kubeletReads": ["containerLogs", "healthz", "logs", "metrics", "pods", "stats"],
	"kubeletPodPaths": ["exec", "run"],
	"nodePaths": ["/etc", "/var"],
})

denied(request, actor) := findings if {
	findings := node_access.deny with input as {"request": request, "facts": {"actor": actor}, "parameters": parameters}
}

warned(request, actor) := findings if {
	findings := node_access.warn with input as {"request": request, "facts": {"actor": actor}, "parameters": parameters}
}

codes(request, actor) := {finding.code | some finding in denied(request, actor)}

proxy(path) := {
	"operation": "CONNECT",
	"resource": {"group": "", "version": "v1", "resource": "nodes"},
	"subResource": "proxy",
	"name": "worker-1",
	"object": {"path": path},
}

pod(spec) := sample.request_for("pods", "", {"operation": "CREATE", "object": {"spec": spec}})

deployment(spec) := sample.request_for("deployments", "apps", {"object": {"spec": {"template": {"spec": spec}}}})

host := {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}

privileged := {"containers": [{"name": "app", "securityContext": {"privileged": true}}]}

test_ways_into_pods_through_the_kubelet if {
	every path in [
		"/run/argocd/argocd-application-controller-0/app",
		"run/argocd/argocd-application-controller-0/app",
		"/exec/holdfast-system/holdfast-0/webhook",
		"/exec/flux-system",
		"/cri/exec/abc",
		"/debug/pprof/heap",
		"/metrics/../run/argocd/a/b",
		"/metrics//x",
		"/metrics/%2e%2e/run",
		"/run/shop/../argocd/a/b",
		"/checkpoint/argocd/a/b",
		"",
		"/",
		"/logs/pods/argocd_a_b/app/0.log",
		"/logs/link",
	] {
		codes(proxy(path), sample.human) == {"node_proxy_entered"}
		codes(proxy(path), sample.robot("bob")) == set()
	}
}

test_what_is_read_of_a_kubelet if {
	every path in ["/logs", "/logs/", "/metrics", "/metrics/cadvisor", "/stats/summary", "/pods", "/healthz", "/containerLogs/argocd/a/b"] {
		codes(proxy(path), sample.human) == set()
	}
	codes(proxy("/run/shop/checkout/app"), sample.human) == set()
	codes(object.remove(proxy(""), ["object"]), sample.human) == {"node_proxy_entered"}
}

test_a_pod_that_takes_its_node_over if {
	every spec in [
		host,
		privileged,
		{"hostPID": true},
		{"hostNetwork": true},
		{"hostIPC": true},
		{"initContainers": [{"name": "i", "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}]},
		{"containers": [{"name": "c", "securityContext": {"capabilities": {"add": ["NET_RAW", "cap_sys_ptrace"]}}}]},
		{"containers": [{"name": "c", "securityContext": {"windowsOptions": {"hostProcess": true}}}]},
		{"securityContext": {"windowsOptions": {"hostProcess": true}}},
	] {
		codes(pod(spec), sample.human) == {"node_taken_over"}
		codes(pod(spec), sample.impersonated("system:serviceaccount:shop:x")) == {"node_taken_over"}
		codes(pod(spec), sample.robot("bob")) == set()
		every maker in [sample.platform("daemon-set-controller"), sample.node, sample.writer] {
			codes(pod(spec), maker) == set()
			warned(pod(spec), maker) == set()
		}
	}
	codes(pod({"containers": [{"name": "app"}]}), sample.human) == set()
}

test_the_ways_are_named if {
	some finding in denied(pod(object.union(host, {"hostPID": true})), sample.human)
	finding.message == "pods shop/checkout would take over the node that it runs on (host path, host processes): the tokens of all its pods, GitOps controllers' too."
}

test_others_are_warned if {
	robot := sample.robot("system:serviceaccount:longhorn-system:longhorn")
	some warning in warned(pod(privileged), robot)
	warning.code == "node_taken_over"
	codes(pod(privileged), robot) == set()
	count(warned(deployment(host), sample.human)) == 1
	codes(deployment(host), sample.human) == set()
	job := sample.request_for("cronjobs", "batch", {"object": {"spec": {"jobTemplate": {"spec": {"template": {"spec": host}}}}}})
	count(warned(job, sample.human)) == 1
	warned(object.union(deployment(host), {"namespace": "kube-system"}), sample.human) == set()
	warned(deployment({"containers": []}), sample.human) == set()
	jobless := {"object": {"spec": {"jobTemplate": {"spec": {"template": {"spec": host}}}}}}
	warned(object.union(deployment({"containers": []}), jobless), sample.human) == set()
}

debugging(containers) := sample.request_for("pods", "", {
	"subResource": "ephemeralcontainers",
	"object": {"spec": object.union(host, {"ephemeralContainers": containers})},
	"oldObject": {"spec": host},
})

test_a_debug_container_that_takes_the_node_over if {
	every context in [{"privileged": true}, {"capabilities": {"add": ["CAP_SYS_ADMIN"]}}] {
		request := debugging([{"name": "plain"}, {"name": "debugger", "securityContext": context}])
		codes(request, sample.human) == {"node_taken_over"}
		codes(request, sample.impersonated("system:serviceaccount:shop:x")) == {"node_taken_over"}
		codes(request, sample.robot("bob")) == set()
		codes(request, sample.robot("system:serviceaccount:shop:debugger")) == set()
	}
	codes(debugging([{"name": "debugger", "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}]), sample.human) == set()
}

# The same list is sent again with each further container.
test_a_debug_container_that_is_there if {
	debugger := {"name": "debugger", "securityContext": {"privileged": true}}
	request := sample.overlay(debugging([debugger, {"name": "plain"}]), {"oldObject": {"spec": {"ephemeralContainers": [debugger]}}})
	codes(request, sample.human) == set()
}

volume(spec) := sample.request_for("persistentvolumes", "", {"operation": "CREATE", "namespace": "", "object": {"spec": spec}})

test_a_volume_of_the_nodes_own_files if {
	every spec in [
		{"hostPath": {"path": "/"}},
		{"hostPath": {"path": "/var"}},
		{"hostPath": {"path": "/etc/"}},
		{"hostPath": {"path": "/data/../etc"}},
		{"hostPath": {"path": `C:\`}},
		{"hostPath": {"path": ""}},
		{"local": {"path": "/var/lib/kubelet"}},
	] {
		codes(volume(spec), sample.human) == {"node_taken_over"}
		codes(volume(spec), sample.impersonated("system:serviceaccount:shop:x")) == {"node_taken_over"}
		every name in ["kube-scheduler", "persistent-volume-binder"] {
			codes(volume(spec), sample.platform(name)) == {"node_taken_over"}
		}
		codes(volume(spec), sample.robot("bob")) == set()
		codes(volume(spec), sample.robot("system:serviceaccount:local-path-storage:local-path-provisioner")) == set()
		codes(volume(spec), sample.operator) == set()
		codes(volume(spec), sample.writer) == set()
		warned(volume(spec), sample.robot("system:serviceaccount:local-path-storage:local-path-provisioner")) == set()
	}
	every spec in [{"csi": {"driver": "ebs.csi.aws.com"}}, {"hostPath": {"path": "/data"}}, {"local": {"path": "/variety"}}] {
		codes(volume(spec), sample.human) == set()
	}
	codes(object.union(volume({"hostPath": {"path": "/"}}), {"operation": "UPDATE"}), sample.human) == set()
}

test_nothing_else_is_the_kubelet_of_a_node if {
	way := proxy("/run/argocd/argocd-application-controller-0/app")
	every resource in ["pods", "services"] {
		codes(object.union(way, {"resource": {"group": "", "version": "v1", "resource": resource}}), sample.human) == set()
	}
	codes(sample.request_for("nodes", "", {"object": {"spec": {"unschedulable": true}}}), sample.human) == set()
}

test_a_path_names_a_pod_and_says_nothing_twice if {
	every path in ["/exec/shop", "/run/shop/checkout", `/metrics\..\run`, `/run/shop/checkout/app\..`] {
		codes(proxy(path), sample.human) == {"node_proxy_entered"}
	}
	every word in sample.words_of_no_rule {
		codes(proxy(concat("/", ["/metrics", word])), sample.human) == set()
	}
}

under_grant(actor, names_resource) := findings if {
	findings := node_access.deny with input as {
		"request": proxy("/run/argocd/a/b"),
		"facts": {"actor": actor, "grant": {"namesResource": names_resource}},
		"parameters": parameters,
	}
}

test_a_grant_must_name_the_resource_and_be_its_holder_s if {
	holder := object.union(sample.human, {"class": "breakglass"})
	under_grant(holder, true) == set()
	count(under_grant(holder, false)) == 1
	count(under_grant(sample.human, true)) == 1
}

test_a_debug_container_is_added_by_its_subresource if {
	request := debugging([{"name": "debugger", "securityContext": {"privileged": true}}])
	codes(object.remove(request, ["subResource"]), sample.human) == set()
}

test_only_a_volume_gives_away_a_folder if {
	request := volume({"hostPath": {"path": "/"}})
	codes(object.union(request, {"resource": {"group": "", "version": "v1", "resource": "pods"}}), sample.human) == set()
	codes(volume({"hostPath": {"path": "data"}}), sample.human) == {"node_taken_over"}
}

# A class that nobody knows yet is a person's.
test_classes if {
	account := sample.robot("system:serviceaccount:local-path-storage:local-path-provisioner")
	every class in {"breakglass", "other"} | sample.words_of_no_rule {
		somebody := object.union(sample.human, {"class": class})
		codes(pod(privileged), somebody) == {"node_taken_over"}
		warned(pod(privileged), somebody) == set()
		count(warned(deployment(host), somebody)) == 1
		something := object.union(account, {"class": class})
		codes(volume({"hostPath": {"path": "/"}}), something) == set()
		count(warned(pod(privileged), something)) == 1
	}
	every class in ["node", "platform"] {
		warned(deployment(host), object.union(sample.human, {"class": class})) == set()
	}
}

test_a_workload_warns_whichever_it_is_and_a_pod_only_when_it_is_made if {
	every resource in {"replicasets"} | (sample.words_of_no_rule - {"pods"}) {
		every operation in ["CREATE", "UPDATE"] {
			request := object.union(deployment(host), {"operation": operation, "resource": {"group": "", "version": "v1", "resource": resource}})
			count(warned(request, sample.human)) == 1
			codes(request, sample.human) == set()
		}
	}
	updated := object.union(pod(privileged), {"operation": "UPDATE"})
	warned(updated, sample.robot("system:serviceaccount:longhorn-system:longhorn")) == set()
}

test_what_takes_no_node_over if {
	every spec in [
		{"volumes": [{"name": "data", "emptyDir": {}}]},
		{"containers": [{"name": "c", "securityContext": {"capabilities": {"add": [upper(word) | some word in ({"net_raw"} | sample.words_of_no_rule)]}}}]},
	] {
		codes(pod(spec), sample.human) == set()
	}
}
