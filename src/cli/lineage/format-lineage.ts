/** Lineages of applications as text. */
import { printable } from '../../base/printable.ts';
import type { CollectedLineage } from '../../compose/collect-lineages.ts';
import { formatApplication } from '../../source/commits/deployed-commits.ts';
import { findVersion, type LineageVersion } from '../../source/lineage/application-lineage.ts';
import { formatTable } from '../format-table.ts';

const LIST_HEAD = ['APPLICATION', 'CLUSTER', 'VERSION', 'SINCE', 'VERIFIED', 'VERSIONS', 'FROZEN'];
const SHOW_HEAD = ['VERSION', 'DEPLOYED', 'VERIFIED', 'BY', ''];
const NOTHING = '-';

/** One line an application. */
export function formatLineageTable(lineages: readonly CollectedLineage[], nowMs: number): string {
  if (lineages.length === 0) return 'No versions were recorded';
  return formatTable([LIST_HEAD, ...lineages.map((each) => cellsOf(each, nowMs))]).join('\n');
}

/** One line a version, the newest first. */
export function formatLineage(
  { application, cluster, lineage }: CollectedLineage,
  nowMs: number,
): string {
  const rows = lineage.versions.toReversed().map((version) => {
    const { revision, deployedAtMs, verified } = version;
    return [
      revision,
      formatTime(deployedAtMs),
      formatTime(verified?.atMs),
      formatProof(version),
      revision === lineage.current ? 'current' : '',
    ].map(printable);
  });
  const until = frozenUntil(lineage, nowMs);
  return [
    printable(`${formatApplication(application)} in ${cluster}`),
    ...(until === NOTHING ? [] : [`frozen until ${until}`]),
    ...formatTable([SHOW_HEAD, ...rows]),
  ].join('\n');
}

/** For programs. */
export function formatLineageJson({ application, cluster, lineage }: CollectedLineage): object {
  const { current, versions, rollbacksAtMs, frozen } = lineage;
  return {
    cluster,
    application,
    current: current ?? null,
    versions: versions.map(({ revision, deployedAtMs, verified }) => ({
      revision,
      deployedAt: formatTimeOrNull(deployedAtMs),
      verifiedAt: formatTimeOrNull(verified?.atMs),
      verifiedBy: verified?.by ?? null,
      verifier: verified?.verifier ?? null,
    })),
    rollbacksAt: rollbacksAtMs.map(formatTime),
    frozenUntil: formatTimeOrNull(frozen?.untilMs),
  };
}

function cellsOf(
  { application, cluster, lineage }: CollectedLineage,
  nowMs: number,
): readonly string[] {
  const { current = NOTHING, versions } = lineage;
  const version = findVersion(lineage, current);
  return [
    formatApplication(application),
    cluster,
    current,
    formatTime(version?.deployedAtMs),
    version === undefined ? NOTHING : formatProof(version),
    String(versions.length),
    frozenUntil(lineage, nowMs),
  ].map(printable);
}

function formatProof({ verified }: LineageVersion): string {
  return verified?.verifier ?? verified?.by ?? NOTHING;
}

function frozenUntil({ frozen }: CollectedLineage['lineage'], nowMs: number): string {
  return frozen !== undefined && nowMs < frozen.untilMs ? formatTime(frozen.untilMs) : NOTHING;
}

function formatTime(atMs: number | undefined): string {
  return formatTimeOrNull(atMs) ?? NOTHING;
}

function formatTimeOrNull(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}
