/** What `holdfast evaluate` needs of the request path. `compose/offline.ts` makes one. */
import type { AdmissionRoute } from '../../admission/decide.ts';
import type { Decision } from '../../admission/decision.ts';
import type { Configuration } from '../../config/schema.ts';
import type { AdmissionRequest } from '../../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/** What became of one review. */
export type OfflineVerdict =
  | {
      readonly status: 'decided';
      readonly request: AdmissionRequest;
      readonly decision: Decision;
    }
  | {
      /** The review could not be read: `uid` where that much could. */
      readonly status: 'rejected';
      readonly uid?: string | undefined;
      readonly code: string;
      readonly message: string;
    };

export interface OfflineDecider {
  /** The same path as behind the HTTPS endpoint, without recording. Never rejects. */
  readonly decide: (review: Uint8Array, route: AdmissionRoute) => Promise<OfflineVerdict>;
  readonly close: () => Promise<void>;
}

export interface OfflineOptions {
  /** What a live cluster would answer to lookups. */
  readonly clusterStateObjects: readonly KubernetesObject[];
}

export type CreateOfflineDecider = (
  configuration: Configuration,
  options: OfflineOptions,
) => Promise<OfflineDecider>;
