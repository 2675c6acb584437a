/** Finds changed settings that need a restart. */
import { canonicalJson } from '../base/canonical-json.ts';
import type { Configuration } from './schema.ts';

/** Settings that are bound when the process starts: its sockets, its threads, its client. */
const BOUND_AT_START: readonly (readonly [string, (configuration: Configuration) => unknown])[] = [
  // Decisions take it at once; the journal, the sinks and the alerts do not.
  ['cluster.name', ({ cluster }) => cluster.name],
  ['server.host', ({ server }) => server.host],
  ['server.port', ({ server }) => server.port],
  ['server.tls', ({ server }) => server.tls],
  ['server.clientAuthentication', ({ server }) => server.clientAuthentication],
  ['server.apiServerAddresses', ({ server }) => server.apiServerAddresses],
  ['server.metrics', ({ server }) => server.metrics],
  ['server.health', ({ server }) => server.health],
  ['certificates', ({ certificates }) => certificates],
  ['engine', ({ engine }) => engine],
  ['limits.bodyBytesMax', ({ limits }) => limits.bodyBytesMax],
  ['limits.requestDeadlineMs', ({ limits }) => limits.requestDeadlineMs],
  ['limits.concurrentRequestsMax', ({ limits }) => limits.concurrentRequestsMax],
  ['limits.connectionsMax', ({ limits }) => limits.connectionsMax],
  ['limits.heldBodyBytesMax', ({ limits }) => limits.heldBodyBytesMax],
  ['limits.headerTimeoutMs', ({ limits }) => limits.headerTimeoutMs],
  ['limits.requestTimeoutMs', ({ limits }) => limits.requestTimeoutMs],
  ['limits.keepAliveMs', ({ limits }) => limits.keepAliveMs],
  ['limits.drainMs', ({ limits }) => limits.drainMs],
  ['registration.manage', ({ registration }) => registration.manage],
  ['kubernetes', ({ kubernetes }) => kubernetes],
  ['audit.journal', ({ audit }) => audit.journal],
  ['audit.hide', ({ audit }) => audit.hide],
  ['audit.sinks', ({ audit }) => audit.sinks],
  ['alerts', ({ alerts }) => alerts],
  ['dashboard', ({ dashboard }) => dashboard ?? null],
  ['freeze.breakers', ({ freeze }) => freeze.breakers],
  ['freeze.prometheus', ({ freeze }) => freeze.prometheus ?? null],
  ['drift', ({ drift }) => drift ?? null],
  ['lineage', ({ lineage }) => lineage ?? null],
  ['intake', ({ intake }) => intake ?? null],
  ['traces', ({ traces }) => traces ?? null],
];

/** Whether a key, as in `audit.journal.folder`, takes effect only after a restart. */
export function needsRestart(path: string): boolean {
  return BOUND_AT_START.some(
    ([bound]) => path === bound || path.startsWith(`${bound}.`) || path.startsWith(`${bound}[`),
  );
}

/** The paths of the settings that differ and need a restart. */
export function diffRestartSettings(
  before: Configuration,
  after: Configuration,
): readonly string[] {
  return BOUND_AT_START.filter(
    ([, read]) => canonicalJson(read(before)) !== canonicalJson(read(after)),
  ).map(([path]) => path);
}
