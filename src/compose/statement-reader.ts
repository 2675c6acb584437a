/** Reads what pipelines have signed from ConfigMaps. Who wrote a ConfigMap does not matter: the signature does. */
import { readVerificationKey } from '../base/json-web-signature.ts';
import type { WallMs } from '../base/clock.ts';
import { HoldfastError } from '../errors.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { isRecord } from '../base/is-record.ts';
import type { VerifiedVersion } from '../source/lineage/lineage-keeper.ts';
import { LINEAGE_LIMITS, type LineageSettings } from '../source/lineage/settings.ts';
import { verifyStatement, type Verifier } from '../source/lineage/verify-statement.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface StatementReaderOptions {
  readonly verifiers: readonly Verifier[];
  readonly cluster: string;
  readonly nowMs: () => WallMs;
  readonly onVerified: (version: VerifiedVersion) => void;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The key of `data` under which a ConfigMap has a statement. */
export const STATEMENT_KEY = 'statement';

const BYTES_MAX = LINEAGE_LIMITS['lineage.statementBytesMax'].default;

/** The pipelines of the configuration. Throws `lineage_key_unusable` for a key that cannot be read. */
export async function readVerifiers({
  verifiers,
}: Pick<LineageSettings, 'verifiers'>): Promise<readonly Verifier[]> {
  return await Promise.all(
    verifiers.map(async ({ key, ...verifier }) => {
      const read = await readVerificationKey(key);
      if (read.ok) return { ...verifier, key: read.key };
      throw new HoldfastError(
        'lineage_key_unusable',
        `The key of the lineage verifier "${verifier.name}" cannot be used: ${read.reason}`,
      );
    }),
  );
}

/** Verifies the statement of one ConfigMap. Resolves when it is judged; never rejects. */
export async function readStatement(
  object: KubernetesObject,
  { verifiers, cluster, nowMs, onVerified, logger, metrics }: StatementReaderOptions,
): Promise<void> {
  const data: unknown = Reflect.get(object, 'data');
  const signed = isRecord(data) ? data[STATEMENT_KEY] : undefined;
  // Every namespace has ConfigMaps of others, as the authority of the cluster.
  if (typeof signed !== 'string') return;
  const verification =
    signed.length > BYTES_MAX
      ? ({ ok: false, reason: 'it is too long' } as const)
      : await verifyStatement(signed.trim(), { verifiers, cluster, nowMs: nowMs() });
  metrics.increment('holdfast_lineage_statements_total', {
    outcome: verification.ok ? 'verified' : 'refused',
  });
  if (verification.ok) {
    onVerified(verification.version);
    return;
  }
  logger.warn('A statement about a version does not count', {
    namespace: object.metadata?.namespace,
    name: object.metadata?.name,
    reason: verification.reason,
  });
}
