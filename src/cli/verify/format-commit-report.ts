/** The output of `holdfast verify commit`. */
import { printable } from '../../base/printable.ts';
import type { CommitReport, CommitVerdict, VerificationStep } from '../../compose/verify-commit.ts';
import type { ImageVerdict } from '../../compose/verify-image.ts';
import type { GitObject } from '../../signature/git/parse-object.ts';
import type { Identity } from '../../signature/git/parse-identity.ts';
import { formatSigner } from './format-signer.ts';

/** Lines for a person: what the object claims, each step, and the verdict last. */
export function formatCommitReport(report: CommitReport): string {
  const { object, steps, verification, repository, revision } = report;
  const facts = object === undefined ? [] : describeObject(object);
  return [
    ...[['repository', repository] as const, ['revision', revision] as const, ...facts].map(
      ([name, value]) => formatRow(name, value),
    ),
    ...steps.map(formatStep),
    formatVerdict(verification),
  ]
    .map(printable)
    .join('\n');
}

/** One JSON object, for programs. Times are RFC 3339. */
export function formatCommitReportJson(report: CommitReport): string {
  return JSON.stringify(commitReportToJson(report), undefined, 2);
}

/** The same as a value, for a larger report. */
export function commitReportToJson(report: CommitReport): object {
  const { repository, revision, object, verification, steps } = report;
  return {
    repository,
    revision,
    object: object && toJson(object),
    verification,
    // Microseconds; the clock's last digits are noise.
    steps: steps.map((step) => ({ ...step, durationMs: Number(step.durationMs.toFixed(3)) })),
  };
}

type Row = readonly [string, string];

function describeObject(object: GitObject): readonly Row[] {
  if (object.kind === 'tag') {
    const { id, name, target, targetKind, tagger } = object;
    return [
      ['tag', `${id} "${name}" of the ${targetKind} ${target}`],
      ['tagger', tagger === undefined ? 'nobody' : formatIdentity(tagger)],
    ];
  }
  const { id, parents, author, committer, trailers } = object;
  return [
    ['commit', id],
    ['parents', parents.length === 0 ? 'none' : parents.join(' ')],
    ['author', formatIdentity(author)],
    ['committer', formatIdentity(committer)],
    ...trailers
      .filter(({ key }) => isSignOff(key))
      .map(({ value }): Row => ['signed off', `by ${value}`]),
  ];
}

function isSignOff(key: string): boolean {
  return key.toLowerCase() === 'signed-off-by';
}

function formatIdentity({ name, email, atMs, zone }: Identity): string {
  return `${name} <${email}> at ${formatTime(atMs)} (${zone})`;
}

function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** The longest label is "repository". */
const LABEL_WIDTH = 'repository'.length;

/** A label and its value, in columns. */
export function formatRow(label: string, value: string): string {
  return `${label.padEnd(LABEL_WIDTH)}  ${value}`;
}

function formatStep({ name, found, durationMs }: VerificationStep): string {
  return formatRow(name, `${found} (${durationMs.toFixed(2)} ms)`);
}

/** The last line: of a commit, or of an image. */
export function formatVerdict(verification: CommitVerdict | ImageVerdict): string {
  switch (verification.status) {
    case 'verified':
      return formatRow('verified', `signed by ${formatSigner(verification.signer)}`);
    case 'rejected':
      return formatRow('rejected', `${verification.code}: ${verification.reason}`);
    case 'unavailable':
      return formatRow('unavailable', verification.reason);
  }
}

function toJson(object: GitObject) {
  const { kind, id, algorithm, message, signature } = object;
  const format = signature.status === 'one' ? signature.format : undefined;
  const common = { kind, id, algorithm, message, signatureFormat: format };
  if (object.kind === 'tag') {
    const { name, target, targetKind, tagger } = object;
    return { ...common, name, target, targetKind, tagger: tagger && identityToJson(tagger) };
  }
  const { tree, parents, author, committer, trailers } = object;
  return {
    ...common,
    tree,
    parents,
    author: identityToJson(author),
    committer: identityToJson(committer),
    signOffs: trailers.filter(({ key }) => isSignOff(key)).map(({ value }) => value),
    trailers,
  };
}

function identityToJson({ name, email, atMs, zone }: Identity) {
  return { name, email, time: formatTime(atMs), zone };
}
