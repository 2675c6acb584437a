/**
 * Parses what `terraform show -json` says of a plan: what has changed outside of Terraform, and what it would change.
 *
 * Source: developer.hashicorp.com/terraform/internals/json-format: a reader ignores members that it does not know, and refuses another
 * major version. OpenTofu writes the same form.
 */
import { z } from 'zod';
import { formatIssuePath } from '../../base/format-issue-path.ts';
import { diffValues, type ChangedAttribute } from './diff-values.ts';

export type TerraformAction = 'create' | 'update' | 'delete' | 'replace' | 'forget';

/** A resource that differs. */
export interface TerraformChange {
  /** `module.shop.aws_s3_bucket.data[0]`; of an output `output.NAME`. */
  readonly address: string;
  /** `aws_s3_bucket`; `output` for an output. */
  readonly type: string;
  readonly action: TerraformAction;
  readonly attributes: readonly ChangedAttribute[];
  readonly isTruncated: boolean;
}

export interface TerraformPlan {
  readonly terraformVersion: string;
  /** What others have changed since Terraform has applied it (`resource_drift`). */
  readonly drift: readonly TerraformChange[];
  /** What the plan would change (`resource_changes`, `output_changes`). */
  readonly changes: readonly TerraformChange[];
}

export type ParsedTerraformPlan =
  | { readonly ok: true; readonly plan: TerraformPlan }
  | { readonly ok: false; readonly reason: string };

const change = z.looseObject({
  actions: z.array(z.string()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  before_sensitive: z.unknown().optional(),
  after_sensitive: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
});

const resources = z
  .array(
    z.looseObject({
      address: z.string(),
      type: z.string(),
      mode: z.string().default('managed'),
      change,
    }),
  )
  .nullish();

const plan = z.looseObject({
  format_version: z.string(),
  terraform_version: z.string().default(''),
  errored: z.boolean().default(false),
  resource_drift: resources,
  resource_changes: resources,
  output_changes: z.record(z.string(), change).nullish(),
});

type Change = z.output<typeof change>;

const MAJOR_VERSION = /^1\.\d{1,6}$/u;

/** Never throws. A reason names a place, never a value. */
export function parseTerraformPlan(document: unknown): ParsedTerraformPlan {
  const parsed = plan.safeParse(document);
  if (!parsed.success) {
    return { ok: false, reason: `it is malformed${formatIssuePath(parsed.error.issues)}` };
  }
  const { data } = parsed;
  if (!MAJOR_VERSION.test(data.format_version)) {
    return {
      ok: false,
      reason: 'its format_version is not 1, which is the only one that is known',
    };
  }
  // A state has the same version, and no resource_changes.
  if (data.resource_changes === undefined && data.output_changes === undefined) {
    return { ok: false, reason: 'it is no plan: it has no resource_changes' };
  }
  if (data.errored) {
    return {
      ok: false,
      reason: 'terraform could not finish it ("errored"): what differs is not known',
    };
  }
  return {
    ok: true,
    plan: {
      terraformVersion: data.terraform_version,
      drift: (data.resource_drift ?? []).flatMap(describeResource),
      changes: [
        ...(data.resource_changes ?? []).flatMap(describeResource),
        ...Object.entries(data.output_changes ?? {}).flatMap(([name, output]) =>
          describe({ address: `output.${name}`, type: 'output' }, output),
        ),
      ],
    },
  };
}

type Resource = NonNullable<z.output<typeof resources>>[number];

/** What data sources read is no change. */
function describeResource({
  address,
  type,
  mode,
  change: changed,
}: Resource): readonly TerraformChange[] {
  return mode === 'managed' ? describe({ address, type }, changed) : [];
}

function describe(
  place: Pick<TerraformChange, 'address' | 'type'>,
  changed: Change,
): readonly TerraformChange[] {
  const action = actionOf(changed.actions);
  if (action === undefined) return [];
  const { attributes, isTruncated } = diffValues({
    before: changed.before,
    after: changed.after,
    beforeSensitive: changed.before_sensitive,
    afterSensitive: changed.after_sensitive,
    afterUnknown: changed.after_unknown,
  });
  return [{ ...place, action, attributes, isTruncated }];
}

/** `undefined` for no change. An action that is not known is one: it is told as an update. */
function actionOf(actions: readonly string[]): TerraformAction | undefined {
  const named = actions.filter((action) => action !== 'no-op' && action !== 'read');
  const [first] = named;
  if (first === undefined) return undefined;
  if (named.length > 1) return 'replace';
  return first === 'create' || first === 'delete' || first === 'forget' ? first : 'update';
}
