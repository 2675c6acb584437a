/** Plans as `terraform show -json` prints them. */

/** A plan that changes nothing. */
export function samplePlan(overrides: object = {}): object {
  return {
    format_version: '1.2',
    terraform_version: '1.13.0',
    planned_values: { root_module: {} },
    resource_changes: [],
    ...overrides,
  };
}

/** A resource; `overrides` are of its change. */
export function sampleChange(overrides: object = {}): object {
  return {
    address: 'aws_s3_bucket.data',
    mode: 'managed',
    type: 'aws_s3_bucket',
    name: 'data',
    provider_name: 'registry.terraform.io/hashicorp/aws',
    change: {
      actions: ['update'],
      before: {},
      after: {},
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...overrides,
    },
  };
}
