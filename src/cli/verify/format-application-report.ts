/** The output of `holdfast verify app`. */
import { printable } from '../../base/printable.ts';
import type { ApplicationReport, SourceReport } from '../../compose/verify-application.ts';
import type { ComparedLiveObject, LiveComparison } from '../../compose/compare-live-objects.ts';
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
    formatTimed('credential', credential ?? 'none', source.credentialDurationMs),
    formatRow('fetch', `${source.fetchDurationMs.toFixed(2)} ms`),
    formatCommitReport(commit),
  ].join('\n');
}

function formatManifest(compared: LiveComparison): readonly string[] {
  const { status, reason, steps, objects, leftOut, durationMs } = compared;
  const before = steps.map((step) => formatTimed(step.name, step.found, step.durationMs));
  if (status !== 'compared') {
    const told = `${status}: ${reason ?? 'unknown'}`;
    return [...before, formatTimed('manifest', told, durationMs)];
  }
  const equal = objects.filter((object) => object.status === 'equal').length;
  const comparedMs = objects.reduce((sum, object) => sum + object.durationMs, 0);
  const rest = leftOut === 0 ? [] : [`  ${countObjects(leftOut)} more not compared`];
  return [
    ...before,
    formatTimed('manifest', `${equal} of ${countObjects(objects.length)} equal`, comparedMs),
    ...objects.flatMap(formatObject),
    ...rest,
  ];
}

function countObjects(count: number): string {
  return `${count} ${count === 1 ? 'object' : 'objects'}`;
}

/** Nothing of one that is equal. */
function formatObject(object: ComparedLiveObject): readonly string[] {
  const { kind, namespace, name, status, reason, paths, durationMs } = object;
  if (status === 'equal') return [];
  const place = placeOf(namespace || undefined, name);
  return [
    `  ${kind} ${place}: ${status} (${durationMs.toFixed(2)} ms)`,
    ...(reason === undefined ? [] : [`    ${reason}`]),
    ...paths.map((path) => `    ${path}`),
  ];
}

function formatTimed(label: string, value: string, durationMs: number): string {
  return formatRow(label, `${value} (${durationMs.toFixed(2)} ms)`);
}

/** One JSON object, for programs. */
export function formatApplicationReportJson(report: ApplicationReport): string {
  const { application, trace, sources, manifest, status, reason } = report;
  return JSON.stringify(
    {
      application,
      status,
      reason,
      manifest: manifest && manifestToJson(manifest),
      lookupDurationMs:
        trace.status === 'traced' ? roundToMicroseconds(trace.lookupDurationMs) : undefined,
      parents: trace.status === 'traced' ? trace.parents : [],
      sources: sources.map(({ commit, credentialDurationMs, fetchDurationMs, ...source }) => ({
        ...source,
        credentialDurationMs: roundToMicroseconds(credentialDurationMs),
        fetchDurationMs: roundToMicroseconds(fetchDurationMs),
        commit: commit && commitReportToJson(commit),
      })),
    },
    undefined,
    2,
  );
}

function manifestToJson({ steps, objects, durationMs, ...manifest }: LiveComparison): object {
  return {
    ...manifest,
    durationMs: roundToMicroseconds(durationMs),
    steps: steps.map(roundDuration),
    objects: objects.map(roundDuration),
  };
}

function roundDuration<Timed extends { readonly durationMs: number }>(timed: Timed): Timed {
  return { ...timed, durationMs: roundToMicroseconds(timed.durationMs) };
}

/** The clock's last digits are noise. */
function roundToMicroseconds(ms: number): number {
  return Number(ms.toFixed(3));
}
