/** Writes that go on while something changes: free ones, which must pass, and managed ones, which only Holdfast may refuse. */
import type { Cluster } from './cluster-handle.ts';
import { readDenial } from './denial.ts';
import { trackingAnnotation } from './shop.ts';

const MAPS = '/api/v1/namespaces/shop/configmaps?dryRun=All';
/** In the name of a person, who writes nothing that Git manages. */
const WRITER = 'alice';

export interface SteadyWrites {
  /** What came of them. May be called again. */
  readonly stop: () => Promise<SteadyResult>;
}

export interface SteadyResult {
  readonly sent: number;
  /**
   * Refused because the review took longer than the webhook's timeout: a machine with other work does that, and nothing else here. An
   * address or an authority that is wrong fails at once, with another word.
   */
  readonly late: number;
  /** Each other answer that should not have been. */
  readonly unexpected: readonly string[];
}

const LATE = /failed calling webhook.*(?:context deadline exceeded|Client\.Timeout)/u;

/** Starts them, one after the other, as dry runs. `mayPass`: managed ones pass where nothing is registered yet. */
export function startSteadyWrites(cluster: Cluster, { mayPass = false } = {}): SteadyWrites {
  const unexpected: string[] = [];
  let sent = 0;
  let late = 0;
  const stopping = new AbortController();
  /** `passed`, `refused` by us, or what else was answered. */
  const write = async (metadata: object): Promise<string> => {
    const body = { metadata };
    const answer = await cluster.request(WRITER, MAPS, { method: 'POST', body });
    sent += 1;
    if (answer.code === 201) return 'passed';
    const message = answer.body.message ?? '';
    return readDenial({ stderr: message }) === undefined
      ? `${String(answer.code)} ${message}`
      : 'refused';
  };
  const expect = (what: string, found: string, wanted: readonly string[]): void => {
    if (LATE.test(found)) late += 1;
    else if (!wanted.includes(found)) unexpected.push(`a ${what} write: ${found}`);
  };
  const writing = (async () => {
    const annotations = trackingAnnotation('a', '/ConfigMap:shop/managed');
    while (!stopping.signal.aborted) {
      expect('free', await write({ generateName: 'free-' }), ['passed']);
      const managed = await write({ name: 'managed', annotations });
      expect('managed', managed, mayPass ? ['passed', 'refused'] : ['refused']);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await writing;
      return { sent, late, unexpected };
    },
  };
}
