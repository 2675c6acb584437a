/** The output of `holdfast verify app`. */
import { printable } from '../../base/printable.ts';
import type { ApplicationReport, SourceReport } from '../../compose/verify-application.ts';
import type { LiveComparison } from '../../compose/compare-live-objects.ts';
import { commitReportToJson, formatCommitReport, formatRow } from './format-commit-report.ts';

/** Lines for a person: the application, each source with the steps of its commit, and the verdict last. */
export function formatApplicationReport(report: ApplicationReport): string {
  const { application, trace, sources, manifest, status, reason } = report;
  const { kind, namespace, name } = application;
  const parents = trace.status === 'traced' ? trace.parents : [];
  const looked = trace.status === 'traced' ? ` (${trace.lookupDurationMs.toFixed(2)} ms)` : '';
  const verdict = reason ?? WORDS[status];
  return [
    formatRow(kind, `${namespace}/${name}${looked}`),
    ...parents.map((parent) =>
      formatRow('written by', `${parent.kind} ${placeOf(parent.namespace, parent.name)}`),
    ),
    ...sources.flatMap((source) => ['', formatSource(source)]),
    ...(manifest === undefined ? [] : ['', ...formatManifest(manifest)]),
    '',
    formatRow(status, verdict),
  ]
    .map((line) => line.split('\n').map(printable).join('\n'))
    .join('\n');
}

const WORDS: Readonly<Record<ApplicationReport['status'], string>> = {
  verified: 'every commit of the application is signed by somebody you trust',
  rejected: 'not every source is a commit signed by somebody you trust',
  unavailable: 'some commit could not be read or verified now',
};

function placeOf(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function formatSource(source: SourceReport): string {
  const { repository, tracked, path, role, hint, credential, noCommit, commit } = source;
  if (commit === undefined) {
    return [
      formatRow('repository', repository),
      formatRow('no commit', `${noCommit ?? 'unknown'}: nothing here has a signature`),
    ].join('\n');
  }
  const place = path === undefined || path === '' ? '' : `, path ${path}`;
  return [
    formatRow('follows', `${tracked ?? 'HEAD'}${place} (${role ?? 'source'})`),
    formatRow('claimed by', hint?.claimedBy ?? 'nobody'),
    formatRow('credential', credential ?? 'none'),
    formatRow('fetch', `${source.durationMs.toFixed(2)} ms`),
    formatCommitReport(commit),
  ].join('\n');
}

function formatManifest(compared: LiveComparison): readonly string[] {
  const { status, reason, objects, leftOut, durationMs } = compared;
  const took = `(${durationMs.toFixed(2)} ms)`;
  if (status !== 'compared') {
    const word = status === 'unavailable' ? status : 'not comparable';
    return [formatRow('manifest', `${word}: ${reason ?? 'unknown'} ${took}`)];
  }
  const equal = objects.filter((object) => object.status === 'equal').length;
  const lines = objects.flatMap((object) =>
    object.status === 'equal'
      ? []
      : [
          `  ${object.kind} ${placeOf(object.namespace || undefined, object.name)}: ${object.status}`,
          ...(object.reason === undefined ? [] : [`    ${object.reason}`]),
          ...object.paths.map((path) => `    ${path}`),
        ],
  );
  const rest = leftOut === 0 ? [] : [`  ${leftOut} more objects were not compared`];
  return [formatRow('manifest', `${equal} objects equal ${took}`), ...lines, ...rest];
}

/** One JSON object, for programs. */
export function formatApplicationReportJson(report: ApplicationReport): string {
  const { application, trace, sources, manifest, status, reason } = report;
  return JSON.stringify(
    {
      application,
      status,
      reason,
      manifest,
      parents: trace.status === 'traced' ? trace.parents : [],
      sources: sources.map(({ commit, durationMs, ...source }) => ({
        ...source,
        // Microseconds; the clock's last digits are noise.
        durationMs: Number(durationMs.toFixed(3)),
        commit: commit && commitReportToJson(commit),
      })),
    },
    undefined,
    2,
  );
}
