/** The command that a denial prints, typed as it stands, until there is a grant; and the same request under that grant. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decideReview } from '../../src/admission/admit.ts';
import { decodeReview } from '../../src/admission/decode.ts';
import type { Decision } from '../../src/admission/decision.ts';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { generateSigningKeyText, readSigningKey } from '../../src/base/json-web-signature.ts';
import { createIdentifierGenerator } from '../../src/base/identifier.ts';
import { createAdmissionObserver } from '../../src/compose/admission-observer.ts';
import { bindSnapshotLookup } from '../../src/compose/bind-lookup.ts';
import { bindRuntime } from '../../src/compose/bind-runtime.ts';
import { EngineRegistry } from '../../src/compose/engine-registry.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { createGrantFinder } from '../../src/identity/grants/find-grant.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';
import type { GrantDesk } from './grant-commands.ts';
import { recordTelemetry } from './recording-telemetry.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The file of the approver's key on a desk. */
export const KEY_FILE = 'anna.jwk';

export interface GrantedDecision {
  readonly request: AdmissionRequest;
  readonly decision: Decision;
}

export interface GrantingDecider {
  /** The approver's private key, as a file holds it. */
  readonly keyText: string;
  /** Decides with the given grants presented. */
  readonly decide: (review: Uint8Array, tokens: readonly string[]) => Promise<GrantedDecision>;
  readonly close: () => Promise<void>;
}

/** Decides with the real policies, for a configuration whose only approver holds the key of the result. */
export async function startGrantingDecider(
  settings: object,
  clusterStateObjects: readonly object[],
): Promise<GrantingDecider> {
  const keyText = generateSigningKeyText();
  const read = await readSigningKey(keyText);
  assert.ok(read.ok);
  const { key } = read;
  const approvers = [{ name: 'anna', key: JSON.stringify(key.publicJwk) }];
  const written = JSON.stringify({ ...settings, breakGlass: { approvers } });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: ROOT });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const { configuration } = parsed;
  const { logger, metrics } = recordTelemetry();
  const engines = new EngineRegistry({}, { logger, metrics });
  const engine = await engines.load(configuration);
  let presented: readonly string[] = [];
  const runtime = bindRuntime(configuration, {
    engine,
    lookup: bindSnapshotLookup(configuration, clusterStateObjects),
    breakGlass: createGrantFinder({
      ...configuration.breakGlass.limits,
      cluster: configuration.cluster.name,
      rules: { approvers: [{ name: 'anna', key }], approvalsRequired: 1 },
      revokedIds: [],
      schedules: [],
      findPresented: () =>
        Promise.resolve({ status: 'known', tokens: presented, revokedIds: [], problems: [] }),
      takeUse: () => Promise.resolve({ status: 'taken', use: 1 }),
      clock: systemClock,
    }),
  });
  const nextId = createIdentifierGenerator();
  return {
    keyText,
    decide: async (review, tokens) => {
      presented = tokens;
      const decoded = decodeReview(review, runtime.decodeLimits);
      assert.ok(decoded.ok, JSON.stringify(decoded));
      const decision = await decideReview(decoded, {
        runtime,
        recorder: { record: () => ({}) },
        observer: createAdmissionObserver(metrics, logger),
        clock: systemClock,
        nextId,
        replica: '',
        route: 'validate',
        deadlineAtMs: addMs(systemClock.monotonicMs(), 60_000),
      });
      return { request: decoded.request, decision };
    },
    close: () => engines.close(),
  };
}

/** The words after `holdfast` of the command that a denial offers; `undefined` if it offers none. */
export function findOffer(message: string): string | undefined {
  return /^In an emergency: holdfast (?<words>.*)$/mu.exec(message)?.groups?.['words'];
}

/** Types what was offered, then what that prints; the signed grant. */
export async function takeOffer(desk: GrantDesk, offered: string): Promise<string> {
  const [group, ...request] = await splitAsShell(offered);
  assert.equal(group, 'grant');
  const answered = await desk.run(request);
  assert.equal(answered.status, 'ok', answered.reported);
  const [program, again, ...create] = await splitAsShell(answered.printed);
  assert.deepEqual([program, again], ['holdfast', 'grant']);
  const made = await desk.run(create.map((word) => (word === 'YOUR_KEY' ? KEY_FILE : word)));
  assert.equal(made.status, 'ok', made.reported);
  return /^\s*(?:- )?(?<token>eyJ\S+)$/mu.exec(made.printed)?.groups?.['token'] ?? '';
}

/** The words that a shell makes of a line. */
async function splitAsShell(line: string): Promise<readonly string[]> {
  // In a folder of its own contents an unquoted "*" would turn into file names.
  const { stdout } = await promisify(execFile)('sh', ['-c', `printf '%s\\0' ${line}`], {
    cwd: ROOT,
  });
  return stdout.split('\0').slice(0, -1);
}
