/** Verifies that a pipeline of the configuration has signed a statement, and may speak for its application. */
import type { WallMs } from '../../base/clock.ts';
import { verifyText, type VerificationKey } from '../../base/json-web-signature.ts';
import type { ApplicationName } from '../commits/deployed-commits.ts';
import { matchApplication } from '../promotion/match-application.ts';
import type { VerifiedVersion } from './lineage-keeper.ts';
import { parseStatement, STATEMENT_TYPE } from './parse-statement.ts';
import { LINEAGE_LIMITS, type VerifierSettings } from './settings.ts';

/** A pipeline with its key. */
export interface Verifier extends Pick<VerifierSettings, 'name' | 'kind' | 'applications'> {
  readonly key: VerificationKey;
}

export interface StatementRules {
  readonly verifiers: readonly Verifier[];
  /** This one: a statement about another cluster does not count here. */
  readonly cluster: string;
  readonly nowMs: WallMs;
}

export type StatementVerification =
  | { readonly ok: true; readonly version: VerifiedVersion }
  | { readonly ok: false; readonly reason: string };

const AGE_MS_MAX = LINEAGE_LIMITS['lineage.statementAgeMsMax'].default;
/** By which the clocks of a pipeline and of a node may differ. */
const AHEAD_MS_MAX = 60_000;

/** Who wrote the statement into the cluster does not matter: the signature does. */
export async function verifyStatement(
  signed: string,
  { verifiers, cluster, nowMs }: StatementRules,
): Promise<StatementVerification> {
  const keys = verifiers.map(({ key }) => key);
  const verified = await verifyText(signed, keys, STATEMENT_TYPE);
  if (!verified.ok) return verified;
  const parsed = parseStatement(verified.payload);
  if (!parsed.ok) return parsed;
  const { kind, namespace, name, revision, issuedAt, cluster: stated } = parsed.statement;
  if (stated !== cluster) return refuse(`it is about the cluster "${stated}"`);
  const issuedAtMs = Date.parse(issuedAt);
  if (issuedAtMs > nowMs + AHEAD_MS_MAX) return refuse('it was signed in the future');
  if (issuedAtMs < nowMs - AGE_MS_MAX) return refuse('it is older than 30 days');
  const application: ApplicationName = { kind, namespace, name };
  const verifier = verifiers.find(
    (each) => each.key.keyId === verified.keyId && maySpeakFor(each, application),
  );
  if (verifier === undefined) {
    return refuse(`its key may not verify versions of ${kind} ${namespace}/${name}`);
  }
  return {
    ok: true,
    version: { application, revision, verifier: verifier.name, issuedAtMs },
  };
}

function maySpeakFor({ kind, applications }: Verifier, application: ApplicationName): boolean {
  return (
    kind === application.kind &&
    applications.some((pattern) => matchApplication(pattern, application) !== undefined)
  );
}

function refuse(reason: string): StatementVerification {
  return { ok: false, reason };
}
