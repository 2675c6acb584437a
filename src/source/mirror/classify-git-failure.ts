/**
 * Classifies why git failed, from what it wrote in the locale C. The text is partly the server's: it decides between
 * kinds of failure and is shown, but nothing is allowed because of it.
 */
import { printable } from '../../base/printable.ts';
import type { GitOutcome } from './run-git.ts';

export type GitFailureKind =
  /** The server does not have the object, or does not give it by its id. */
  | 'object-absent'
  | 'object-malformed'
  /** The repository uses the other hash algorithm. */
  | 'format-mismatch'
  | 'redirected'
  /** Our copy on disk. */
  | 'mirror-damaged'
  | 'unavailable';

export interface GitFailure {
  readonly kind: GitFailureKind;
  /** One sentence, without a period. */
  readonly reason: string;
}

/** Enough for the server's own words. */
const QUOTE_CHARS_MAX = 300;

interface Pattern {
  readonly pattern: RegExp;
  readonly kind: GitFailureKind;
  readonly reason: string;
}

/** The first match counts. */
const PATTERNS: readonly Pattern[] = [
  {
    pattern:
      /does not match index|packfile .*(?:corrupt|truncated|cannot be)|index file .*(?:corrupt|too small|wrong)|not a git repository: /iu,
    kind: 'mirror-damaged',
    reason: 'The mirror on disk is damaged',
  },
  {
    pattern: /out of memory|malloc failed|cannot allocate memory|mmap failed/iu,
    kind: 'unavailable',
    reason: 'git needed more memory than mirrors.processMemoryBytesMax',
  },
  {
    pattern: /mismatched algorithms|different object format|object format .* not/iu,
    kind: 'format-mismatch',
    reason: 'The repository uses another hash algorithm than the revision',
  },
  {
    pattern: /not our ref|unadvertised object|did not send all necessary objects|bad object/iu,
    kind: 'object-absent',
    reason: 'The repository has no such object, or the server does not give it',
  },
  {
    pattern: /fsck error|error in (?:commit|tag|tree|blob|object) /iu,
    kind: 'object-malformed',
    reason: 'An object of the history is malformed (git fsck)',
  },
  {
    pattern: /host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/iu,
    kind: 'unavailable',
    reason: 'The key of the host is none of the known ones',
  },
  {
    pattern: /url base from redirection|returned error: 30[1278]/iu,
    kind: 'redirected',
    reason: 'The server redirects to another address, which is not followed: use the URL it names',
  },
  {
    pattern:
      /authentication failed|could not read (?:username|password)|permission denied|returned error: 40[13]/iu,
    kind: 'unavailable',
    reason: 'The server refuses our credential, or wants one and none is configured',
  },
  {
    pattern: /SSL certificate|certificate verif|self.signed|peer'?s? certificate/iu,
    kind: 'unavailable',
    reason: 'The certificate of the server is not trusted',
  },
  {
    pattern: /repository .*not found|not appear to be a git repository|returned error: 404/iu,
    kind: 'unavailable',
    reason: 'The server has no such repository, or does not show it to us',
  },
];

type Failed = Exclude<GitOutcome, { readonly status: 'done' }>;

/** `secrets` are masked wherever the text repeats them. */
export function classifyGitFailure(failed: Failed, secrets: readonly string[]): GitFailure {
  switch (failed.status) {
    case 'timed-out':
      return { kind: 'unavailable', reason: 'The server did not finish in time' };
    case 'stopped':
      return { kind: 'unavailable', reason: 'The work was stopped' };
    case 'output-exceeded':
      return { kind: 'unavailable', reason: 'git printed more than its limit' };
    case 'file-exceeded':
      return { kind: 'unavailable', reason: 'The server sent more than mirrors.receivedBytesMax' };
    case 'not-started':
      return { kind: 'unavailable', reason: `git cannot be started (${failed.reason})` };
    case 'failed':
      return classifyComplaint(failed.complaint, secrets);
  }
}

function classifyComplaint(complaint: string, secrets: readonly string[]): GitFailure {
  // Lines of the server's own: only what git says decides.
  const own = complaint.replaceAll(/^remote: .*$/gmu, '');
  const known = PATTERNS.find(({ pattern }) => pattern.test(own));
  // Our own paths are of no use to whoever reads the reason.
  if (known?.kind === 'mirror-damaged') return { kind: known.kind, reason: known.reason };
  const quoted = quote(complaint, secrets);
  const said = quoted === '' ? '' : ` (git: ${quoted})`;
  return known === undefined
    ? { kind: 'unavailable', reason: `git failed${said}` }
    : { kind: known.kind, reason: `${known.reason}${said}` };
}

/** The line that names the cause, shortened and safe for a terminal. */
function quote(complaint: string, secrets: readonly string[]): string {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((each) => /^(?:fatal|error|ERROR)/u.test(each)) ?? lines.at(-1) ?? '';
  let masked = line;
  for (const secret of secrets) masked = masked.replaceAll(secret, '***');
  return printable(masked).slice(0, QUOTE_CHARS_MAX);
}
