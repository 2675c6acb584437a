/** Match conditions about what a request does to an object's metadata. */
import type { ExemptionOptions } from './exemption-options.ts';
import {
  allOf,
  anyOf,
  celText,
  isOneOf,
  metadataField,
  not,
  operationIs,
  subresourceIs,
} from './format-cel.ts';
import type { Cel, CelState } from './format-cel.ts';

/** Any key of either tool counts, not only the marks: some keys turn reconciliation off (sync-options, ssa). */
const ARGOCD_KEY_PREFIX = 'argocd.argoproj.io/';
const FLUX_KEY_PART = '.fluxcd.io/';
/**
 * What status updates of the platform may change besides status: deployment-controller records its revision
 * there.
 */
const STATUS_ANNOTATIONS = ['deployment.kubernetes.io/revision'];

/**
 * Far more than real objects have. The API server refuses a request with a condition that costs more than 1,000,000 units
 * of CEL, and a key costs 11 in each state: with 45,500 keys, as somebody may write them, controllers could not change the
 * object any more. It is not exempt, but judged.
 */
const KEYS_MAX = 1000;

/** Neither state has so many labels or annotations that reading them all would exceed the CEL budget. */
function hasFewKeys(): Cel {
  const isFew = (state: CelState, field: 'labels' | 'annotations'): Cel =>
    `${metadataField(state, field)}.size() <= ${KEYS_MAX}`;
  return allOf(
    isFew('object', 'labels'),
    isFew('object', 'annotations'),
    isFew('oldObject', 'labels'),
    isFew('oldObject', 'annotations'),
  );
}

/** Neither the old nor the new state carries a key of a GitOps tool. */
export function isUnmarked({ instanceLabelKey }: Pick<ExemptionOptions, 'instanceLabelKey'>): Cel {
  return isUnmarkedBeside(
    instanceLabelKey === undefined ? [] : [`k == ${celText(instanceLabelKey)}`],
  );
}

/** The same, with further tests of a key, which they call `k`. */
export function isUnmarkedBeside(furtherMarks: readonly Cel[]): Cel {
  const isMark = anyOf(
    `k.startsWith(${celText(ARGOCD_KEY_PREFIX)})`,
    `k.contains(${celText(FLUX_KEY_PART)})`,
    ...furtherMarks,
  );
  const carriesMark = (state: CelState, field: 'labels' | 'annotations'): Cel =>
    `${metadataField(state, field)}.exists(k, ${isMark})`;
  return allOf(
    hasFewKeys(),
    not(
      anyOf(
        carriesMark('object', 'labels'),
        carriesMark('object', 'annotations'),
        carriesMark('oldObject', 'labels'),
        carriesMark('oldObject', 'annotations'),
      ),
    ),
  );
}

/**
 * A status update without changes of labels, annotations, owners and finalizers: built-in kinds accept all of
 * these except labels.
 */
export function isStatusAlone(): Cel {
  return allOf(
    operationIs('UPDATE'),
    anyOf(
      subresourceIs('status'),
      // A terminating namespace; its deletion was judged.
      allOf(subresourceIs('finalize'), 'oldObject.?metadata.?deletionTimestamp.hasValue()'),
    ),
    hasFewKeys(),
    isKept('labels'),
    isKept('ownerReferences'),
    isKept('finalizers'),
    annotationsAreKept('object', 'oldObject'),
    annotationsAreKept('oldObject', 'object'),
  );
}

/** Labels, owners or finalizers are the same before and after. */
export function isKept(field: 'labels' | 'ownerReferences' | 'finalizers'): Cel {
  return `${metadataField('object', field)} == ${metadataField('oldObject', field)}`;
}

function annotationsAreKept(state: CelState, other: CelState): Cel {
  const valueIn = (of: CelState): Cel => `${of}.?metadata.?annotations[?k]`;
  const isFree = isOneOf('k', STATUS_ANNOTATIONS);
  return (
    metadataField(state, 'annotations') +
    `.all(k, ${isFree} || ${valueIn(state)} == ${valueIn(other)})`
  );
}
