# METADATA
# title: Endless
# description: Compares numbers without an end, and needs no memory for it, to show what a policy costs others that is ended at its deadline.
# scope: package
# custom:
#   severity: info
#   match:
#     operations: [CREATE]
#     groups: [""]
#     kinds: [ConfigMap]
#     namespaces: [endless]
#   failure: deny
#   deadlineMs: 200
#   facts: []
package holdfast.policies.endless

digits := numbers.range(1, 2000)

deny contains {"code": "never", "message": "This is never reached"} if {
	# The policy passes the test of a start.
	input.request.namespace == "endless"
	found := [a |
		some a in digits
		some b in digits
		some c in digits
		a == b
		b == c
		c < count(input.request.name) - 1000
	]
	count(found) > 0
}
