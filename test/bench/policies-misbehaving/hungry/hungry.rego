# METADATA
# title: Hungry
# description: Keeps more than the memory that it has, to show what such a policy costs others.
# scope: package
# custom:
#   severity: info
#   match:
#     operations: [CREATE]
#     groups: [""]
#     kinds: [ConfigMap]
#     namespaces: [hungry]
#   failure: deny
#   deadlineMs: 5000
#   facts: []
package holdfast.policies.hungry

deny contains {"code": "never", "message": "This is never reached"} if {
	# The policy passes the test of a start.
	input.request.namespace == "hungry"
	rows := [numbers.range(n, n + 2000) | some n in numbers.range(count(input.request.name), 5000)]
	count(rows) == 0
}
