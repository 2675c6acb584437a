package holdfast.lib.addresses_test

import data.holdfast.lib.addresses
import data.holdfast.lib.samples_test as sample

report(old, new) := sample.request_for("pods", "", {
	"subResource": "status",
	"oldObject": {"status": old},
	"object": {"status": new},
})

moved := report({"podIP": "10.0.0.1"}, {"podIP": "10.0.0.2"})

test_a_pod_has_another_address if {
	addresses.moves(moved)
	addresses.moves(report({}, {"podIP": "10.0.0.1"}))
	addresses.moves(report({"podIPs": [{"ip": "10.0.0.1"}]}, {"podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]}))
}

test_nothing_else_moves_a_pod if {
	not addresses.moves(report({"podIP": "10.0.0.1", "phase": "Pending"}, {"podIP": "10.0.0.1", "phase": "Running"}))
	every subresource in {"", "ephemeralcontainers"} {
		not addresses.moves(object.union(moved, {"subResource": subresource}))
	}
	not addresses.moves(object.union(moved, {"resource": {"group": "", "version": "v1", "resource": "nodes"}}))
	not addresses.moves(object.union(moved, {"resource": {"group": "metrics.k8s.io", "version": "v1", "resource": "pods"}}))
}
