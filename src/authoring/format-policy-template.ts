/** The files of a new policy, which pass its own test and every check: an example to write over. */

/** By path below the folder of the policies. */
export function formatPolicyTemplate(name: string): ReadonlyMap<string, string> {
  return new Map([
    [`${name}/${name}.rego`, formatPolicy(name)],
    [`${name}/${name}_test.rego`, formatTest(name)],
    [`${name}/reviews/labels.yaml`, formatReviews(name)],
    [`${name}/README.md`, formatReadme(name)],
  ]);
}

function formatPolicy(name: string): string {
  return `# METADATA
# title: A Deployment names its owner
# description: Whoever is on call must know whom to ask.
# custom:
#   severity: warning
#   match:
#     operations: [CREATE, UPDATE]
#     groups: [apps]
#     resources: [deployments]
#     subresources: [""]
#   failure: allow
#   mode: audit
#   facts: []
#   parameters: { label: example.com/owner }
package holdfast.policies.${name}

deny contains {
	"code": "${name}",
	"message": $"Deployment {input.request.name} has no label {input.parameters.label}.",
	"path": "metadata.labels",
	"remedy": "Add the label, with the name of your team.",
} if {
	not input.request.object.metadata.labels[input.parameters.label]
}
`;
}

function formatTest(name: string): string {
  return `package holdfast.policies.${name}_test

import data.holdfast.policies.${name}

denied(labels) := findings if {
	findings := ${name}.deny with input as {
		"request": {"name": "report", "object": {"metadata": {"labels": labels}}},
		"parameters": {"label": "example.com/owner"},
	}
}

test_without_the_label_it_is_denied if {
	denied({"app": "report"}) == {{
		"code": "${name}",
		"message": "Deployment report has no label example.com/owner.",
		"path": "metadata.labels",
		"remedy": "Add the label, with the name of your team.",
	}}
}

test_with_the_label_it_passes if {
	denied({"example.com/owner": "reporting"}) == set()
}
`;
}

function formatReviews(name: string): string {
  return `# Judged by holdfast policy test as the webhook would judge them.
cases:
  - name: a developer creates a Deployment without the label
    as: developer
    object: &report
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: report, namespace: shop }
      spec: { replicas: 1 }
    expect:
      allowed: false
      status: denied
      findings: [${name}]
      message: Add the label
  - name: the same, while the policy only warns
    mode: warn
    object: *report
    expect: { allowed: true, status: warned }
  - name: an update that takes the label off
    object: *report
    oldObject:
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: report, namespace: shop, labels: { example.com/owner: reporting } }
      spec: { replicas: 1 }
    expect:
      allowed: false
      findings: [{ code: ${name}, path: metadata.labels }]
  - name: a deletion concerns nobody
    oldObject: *report
    expect: { allowed: true, status: unmatched }
`;
}

function formatReadme(name: string): string {
  return `# ${name}

A Deployment names its owner: whoever is on call must know whom to ask. Findings are only recorded by default; set the
mode to \`warn\`, then to \`enforce\`.

| code | when |
|---|---|
| \`${name}\` | the Deployment has no label of that name |

| parameter | default | meaning |
|---|---|---|
| \`label\` | \`example.com/owner\` | the label that names the owner |
`;
}
