/** Limits of what is read of a plan of Terraform. */
import { fixedLimit, MIB, type LimitRows } from '../../settings/limit.ts';

/** Rows of the table of limits. */
export const TERRAFORM_LIMITS = {
  'drift.terraform.planBytesMax': fixedLimit(64 * MIB, {
    unit: 'bytes',
    reason:
      'A plan has the state besides: some KiB for each resource, of which a large workspace has thousands',
    overflow: 'The plan is refused: split the workspace',
  }),
  'drift.terraform.pathsMax': fixedLimit(64, {
    unit: 'items',
    reason: 'Attributes of one resource that are shown: more than a person reads',
    overflow: 'The rest is left out, and the resource is marked truncated',
  }),
  'drift.terraform.depthMax': fixedLimit(32, {
    unit: 'levels',
    reason: 'Attributes of providers nest a few levels; the comparison recurses',
    overflow: 'A deeper value is shown as a whole',
  }),
  'drift.terraform.textCharsMax': fixedLimit(120, {
    unit: 'characters',
    reason: 'A value must fit on a line of a terminal',
    overflow: 'The text is cut and ends with …',
  }),
} as const satisfies LimitRows;
