/** What is written beside templates and constraints: their status, and the definitions of the kinds that templates declare. */
import { z } from 'zod';
import { addMs, type Clock, type MonotonicMs } from '../../../base/clock.ts';
import type { ConnectedCluster } from '../../../kubernetes/client/cluster-client.ts';
import { explainFailure } from '../../../kubernetes/client/explain-failure.ts';
import { formatObjectPath } from '../../../kubernetes/client/format-api-path.ts';
import { findClaims } from '../../../kubernetes/lookup/find-claims.ts';
import type { ClaimLookup } from '../../../kubernetes/lookup/lookup.ts';
import type { ObjectReference } from '../../../kubernetes/object-reference.ts';
import type { Template } from '../parse-template.ts';
import type { FollowedDocument } from './constraint-follower.ts';
import { TEMPLATE_GROUP } from './followed-kinds.ts';
import { definitionName, formatDefinition, OWN_LABELS } from './format-definition.ts';

export interface ConstraintClusterOptions {
  readonly client: Pick<ConnectedCluster, 'read' | 'write'>;
  readonly clock: Clock;
}

const FIELD_MANAGER = 'holdfast-gatekeeper';
/** Nobody waits: an API server that takes longer is asked again. */
const CALL_MS_MAX = 10_000;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const labelledSchema = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).nullish() }),
});

/** No request is sent before the first call, and none rejects. */
export class ConstraintCluster {
  readonly #options: ConstraintClusterOptions;

  constructor(options: ConstraintClusterOptions) {
    this.#options = options;
  }

  /** Over the object as it was read. Why it is not written; `undefined` where it is, or where the object has changed since. */
  async writeStatus(
    { object, kind }: FollowedDocument,
    status: object,
  ): Promise<string | undefined> {
    const { name = '', resourceVersion } = object.metadata ?? {};
    const resource =
      kind.group === TEMPLATE_GROUP ? 'constrainttemplates' : kind.kind.toLowerCase();
    const path = formatObjectPath({ ...kind, resource, name });
    if (path === undefined) return undefined;
    const writing = await this.#options.client.write(`${path}/status`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      deadlineAtMs: this.#deadlineAtMs(),
      body: { metadata: { resourceVersion }, status },
    });
    const isDone = writing.status === 'written' || writing.status === 'conflict';
    return isDone || writing.status === 'absent' ? undefined : explainFailure(writing).reason;
  }

  /** Makes or renews the kind of a template, unless somebody else has made it: then it is theirs. Why it is not there. */
  async ensureDefinition(template: Template): Promise<string | undefined> {
    const { client } = this.#options;
    const path = `${DEFINITIONS}/${encodeURIComponent(definitionName(template))}`;
    const reading = await client.read(path, { deadlineAtMs: this.#deadlineAtMs() });
    if (reading.status === 'unavailable') return reading.reason;
    if (reading.status === 'read' && !isOurs(reading.body)) return undefined;
    const writing = await client.write(`${path}?fieldManager=${FIELD_MANAGER}&force=true`, {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      deadlineAtMs: this.#deadlineAtMs(),
      body: formatDefinition(template),
    });
    return writing.status === 'written' ? undefined : explainFailure(writing).reason;
  }

  /** Which GitOps objects list it as theirs. */
  findClaims(reference: ObjectReference): Promise<ClaimLookup> {
    return findClaims(reference, {
      read: (path, accept) =>
        this.#options.client.read(path, { deadlineAtMs: this.#deadlineAtMs(), accept }),
    });
  }

  #deadlineAtMs(): MonotonicMs {
    return addMs(this.#options.clock.monotonicMs(), CALL_MS_MAX);
  }
}

function isOurs(definition: unknown): boolean {
  const labels = labelledSchema.safeParse(definition).data?.metadata.labels ?? {};
  return Object.entries(OWN_LABELS).every(([key, value]) => labels[key] === value);
}
