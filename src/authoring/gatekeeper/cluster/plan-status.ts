/**
 * The status of templates and constraints, as Gatekeeper's users read it. Source: Gatekeeper 3.23, apis/status/v1beta1; the constraint
 * framework, ConstraintTemplateStatus.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { KubernetesObject } from '../../../kubernetes/object.ts';

/** What became of an object. */
export interface Outcome {
  /** Why it is not judged by as it is written; empty where it is. */
  readonly errors: readonly string[];
  /** Whether an earlier form of it is judged by. */
  readonly isLastGood: boolean;
  /** Whether some bundle that is published judges by it. */
  readonly isPublished: boolean;
}

/** Of the one controller that leads; Gatekeeper writes the names of its pods there. */
export const STATUS_ID = 'holdfast';

const ENFORCEMENT_POINT = 'validation.gatekeeper.sh';
const OPERATIONS = ['webhook'] as const;
/** By which people find what it means (docs/reference/errors.md). */
const ERROR_CODE = 'policy_source_invalid';
/** A status is for people; the log has all of it. */
const ERRORS_MAX = 10;
const ERROR_CHARS_MAX = 1000;

const statusSchema = z.looseObject({
  created: z.boolean().optional(),
  byPod: z.array(z.looseObject({ id: z.string().optional() })).optional(),
});

/** The status to write; `undefined` where it is so already, or where Gatekeeper writes it. */
export function planTemplateStatus(object: KubernetesObject, outcome: Outcome): object | undefined {
  const uid = object.metadata?.uid;
  return planStatus(object, {
    created: outcome.isPublished || outcome.isLastGood,
    byPod: [{ ...describe(object, outcome), ...(uid !== undefined && { templateUID: uid }) }],
  });
}

/** The same for a constraint. */
export function planConstraintStatus(
  object: KubernetesObject,
  outcome: Outcome,
): object | undefined {
  const uid = object.metadata?.uid;
  const enforced = outcome.isPublished && outcome.errors.length === 0;
  const observedGeneration = generationOf(object);
  return planStatus(object, {
    byPod: [
      {
        ...describe(object, outcome),
        ...(uid !== undefined && { constraintUID: uid }),
        enforced,
        ...(enforced && {
          enforcementPointsStatus: [
            { enforcementPoint: ENFORCEMENT_POINT, state: 'active', observedGeneration },
          ],
        }),
      },
    ],
  });
}

function describe(object: KubernetesObject, { errors, isLastGood }: Outcome): object {
  const kept = isLastGood ? '; its last good form stays in force' : '';
  const listed = errors.slice(0, ERRORS_MAX).map((text) => ({
    code: ERROR_CODE,
    message: `${text.slice(0, ERROR_CHARS_MAX)}${kept}`,
  }));
  return {
    id: STATUS_ID,
    observedGeneration: generationOf(object),
    operations: OPERATIONS,
    ...(listed.length > 0 && { errors: listed }),
  };
}

/** Two writers of one list would undo each other for ever: where Gatekeeper runs, the list is its own. */
function planStatus(object: KubernetesObject, wanted: object): object | undefined {
  const written = statusSchema.safeParse(object['status'] ?? {}).data;
  if (written?.byPod?.some(({ id }) => id !== STATUS_ID) === true) return undefined;
  const relevant = Object.fromEntries(
    Object.keys(wanted).map((key) => [key, written?.[key]] as const),
  );
  return isDeepStrictEqual(relevant, wanted) ? undefined : wanted;
}

function generationOf({ metadata }: KubernetesObject): number {
  return z.looseObject({ generation: z.int() }).safeParse(metadata).data?.generation ?? 0;
}
