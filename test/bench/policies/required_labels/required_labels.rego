# METADATA
# title: Required labels
# description: Workloads carry the labels by which cost and ownership are reported.
# scope: package
# custom:
#   severity: warning
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [apps]
#     kinds: [Deployment, StatefulSet, DaemonSet]
#     subresources: [""]
#   failure: warn
#   deadlineMs: 200
#   facts: []
#   parameters:
#     labels:
#       app: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
#     recommended: [team, tier]
package holdfast.policies.required_labels

labels := object.get(input.request.object.metadata, "labels", {})

deny contains finding if {
	some label, pattern in input.parameters.labels
	not regex.match(pattern, object.get(labels, label, ""))
	finding := {
		"code": "label_missing",
		"message": $`Label "{label}" is missing or does not match "{pattern}"`,
		"path": $"metadata.labels.{label}",
		"remedy": "Set the label in the manifest",
	}
}

warn contains finding if {
	some label in input.parameters.recommended
	not labels[label]
	finding := {
		"code": "label_recommended",
		"message": $`Label "{label}" is missing: cost reports will not know the workload`,
		"path": $"metadata.labels.{label}",
	}
}
