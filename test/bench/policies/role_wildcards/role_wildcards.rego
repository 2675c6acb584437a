# METADATA
# title: Role wildcards
# description: Roles name what they allow; wildcards and escalating verbs are for the platform's own roles.
# scope: package
# custom:
#   severity: critical
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [rbac.authorization.k8s.io]
#     kinds: [Role, ClusterRole]
#   failure: deny
#   deadlineMs: 200
#   facts: [actor]
#   parameters:
#     escalatingVerbs: [escalate, bind, impersonate]
package holdfast.policies.role_wildcards

deny contains finding if {
	not input.facts.actor.class in {"gitops", "platform"}
	some index, rule in input.request.object.rules
	some field in ["verbs", "resources", "apiGroups"]
	"*" in rule[field]
	finding := {
		"code": "wildcard_in_role",
		"message": $`Rule {index} allows every entry of "{field}"`,
		"path": $"rules[{index}].{field}",
	}
}

deny contains finding if {
	some index, rule in input.request.object.rules
	some verb in input.parameters.escalatingVerbs
	verb in rule.verbs
	finding := {
		"code": "escalating_verb_in_role",
		"message": $`Rule {index} allows the verb "{verb}", which grants more than the role says`,
		"path": $"rules[{index}].verbs",
	}
}
