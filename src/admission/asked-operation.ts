/** Operations that a request asks Argo CD for: by them it applies, and whoever asks leaves only a name in them. */
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';

/** The operation that this request adds to an Application; `undefined` for every other request. */
export function askedOperation({ resource, object, oldObject }: AdmissionRequest): unknown {
  if (resource.group !== 'argoproj.io' || resource.resource !== 'applications') return undefined;
  return oldObject?.['operation'] === undefined ? object?.['operation'] : undefined;
}
