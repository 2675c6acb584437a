# Where Services send what is meant for a pod: the addresses of its status.
package holdfast.lib.addresses

import data.holdfast.lib.naming

# Whether a report on a pod names other addresses than before. A kubelet writes them, and no controller does.
moves(request) if {
	naming.resource(request) == "pods"
	naming.subresource(request) == "status"
	some field in ["podIP", "podIPs"]
	at(request.object, field) != at(request.oldObject, field)
}

at(state, field) := object.get(state, ["status", field], "")
