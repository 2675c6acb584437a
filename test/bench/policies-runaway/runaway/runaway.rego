# METADATA
# title: Runaway
# description: An endless product of nested comprehensions, to show that one bad policy does not stop the others.
# scope: package
# custom:
#   severity: info
#   match:
#     operations: [CREATE]
#     groups: [""]
#     kinds: [ConfigMap]
#     namespaces: [runaway]
#   failure: deny
#   deadlineMs: 200
#   facts: []
package holdfast.policies.runaway

digits := numbers.range(1, 2000)

deny contains finding if {
	sums := [total |
		some a in digits
		some b in digits
		some c in digits
		total := ((a + b) + c) + count(input.request.name)
		total < 0
	]
	count(sums) > 0
	finding := {"code": "never", "message": "This is never reached"}
}
