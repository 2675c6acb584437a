/** What a record keeps of what the policies were given: enough to judge the request again, and no secret. */
import type { AdmissionRuntime } from '../admission/runtime.ts';
import type { ValueHider } from '../audit/hide-values.ts';
import { isRecord } from '../base/is-record.ts';
import { scrubReview } from '../capture/scrub-review.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';

export interface InputRecorderOptions extends Pick<ValueHider, 'hideIn'> {
  /** Of the request: the journal measures the whole again. */
  readonly bytesMax: number;
}

/**
 * Values of Secrets and whatever looks like a credential are replaced by placeholders, equal ones by equal placeholders, so that the
 * change is the same; values at `audit.hide.paths` by their keyed hash. The inventory is left out: it is the whole cluster's.
 */
export function createInputRecorder({
  hideIn,
  bytesMax,
}: InputRecorderOptions): NonNullable<AdmissionRuntime['recordInput']> {
  return (request, { inventory: _inventory, ...facts }, requestBytes) => {
    // Scrubbing takes time for every byte, on the thread that admits.
    if (requestBytes > bytesMax) return 'too-large';
    const hidden = {
      request: { ...request, ...hideObjects(request, hideIn) },
      facts: { ...facts, ...(facts.namespace && { namespace: hideIn(facts.namespace) }) },
    };
    // Together, so that a secret has one placeholder in both.
    const scrubbed = scrubReview(hidden);
    return { request: memberOf(scrubbed, 'request'), facts: memberOf(scrubbed, 'facts') };
  };
}

/** By what the API server says that they are: an object that names another kind must not keep its data. */
function hideObjects(
  { kind: { kind }, object, oldObject }: AdmissionRequest,
  hideIn: ValueHider['hideIn'],
): { readonly object: unknown; readonly oldObject: unknown } {
  const hide = (value: unknown): unknown => {
    const hidden = hideIn(value);
    return kind === 'Secret' && isRecord(hidden) ? { ...hidden, kind } : hidden;
  };
  return { object: hide(object), oldObject: hide(oldObject) };
}

function memberOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const member = isRecord(value) ? value[name] : undefined;
  return isRecord(member) ? member : {};
}
