/**
 * Parses the result of one call into outcomes. Anything but a valid list of findings makes its policy unavailable: a
 * malformed finding must never look like no finding.
 */
import { maskCredentialIds } from '../base/mask-credential-ids.ts';
import type { PolicyDescriptor } from './descriptor.ts';
import type { Finding, PatchOperation, PolicyOutcome } from './outcome.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One outcome for each of the policies, in their order. */
export function parseVerdicts(
  text: string,
  policies: readonly Pick<PolicyDescriptor, 'name' | 'rules' | 'constraint'>[],
): readonly PolicyOutcome[] {
  const verdicts = readVerdicts(text);
  return policies.map(({ name, rules, constraint }) => {
    const verdict = verdicts?.[name];
    if (!isFields(verdict)) return invalid(name, 'it gave no verdict');
    const named = constraint === undefined ? verdict : nameConstraint(verdict, constraint.name);
    return readVerdict(name, named, rules);
  });
}

/** OPA prints the answers of a query as `[{"result": …}]`, and an undefined one as `[]`. */
function readVerdicts(text: string): Fields | undefined {
  const answers: unknown = parseJson(text);
  const answer: unknown = Array.isArray(answers) && answers.length === 1 ? answers[0] : undefined;
  const verdicts = isFields(answer) ? answer['result'] : undefined;
  return isFields(verdicts) ? verdicts : undefined;
}

/** As Gatekeeper does: its templates do not know for which constraint they judge. What is no text stays, and is refused. */
function nameConstraint(verdict: Fields, name: string): Fields {
  const { deny } = verdict;
  if (!Array.isArray(deny)) return verdict;
  const named = deny.map((finding: unknown) => {
    if (!isFields(finding) || typeof finding['message'] !== 'string') return finding;
    return { ...finding, message: `[${name}] ${finding['message']}` };
  });
  return { ...verdict, deny: named };
}

function readVerdict(
  policy: string,
  verdict: Fields,
  rules: PolicyDescriptor['rules'],
): PolicyOutcome {
  const findings: Record<'deny' | 'warn' | 'audit', readonly Finding[]> = {
    deny: [],
    warn: [],
    audit: [],
  };
  let patch: readonly PatchOperation[] = [];
  for (const rule of rules) {
    const values = verdict[rule];
    if (!Array.isArray(values)) return invalid(policy, `rule "${rule}" gave no list`);
    if (rule === 'patch') {
      const operations = readAll(values, readPatchOperation);
      if (!operations) return invalid(policy, 'rule "patch" gave what is no patch operation');
      patch = operations;
      continue;
    }
    const list = readAll(values, readFinding);
    if (!list) {
      return invalid(policy, `rule "${rule}" gave what is no finding with a code and a message`);
    }
    findings[rule] = list.toSorted(compareFindings);
  }
  return { status: 'evaluated', policy, ...findings, patch };
}

function readAll<T>(
  values: readonly unknown[],
  read: (value: unknown) => T | undefined,
): readonly T[] | undefined {
  const items: T[] = [];
  for (const value of values) {
    const item = read(value);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function readFinding(value: unknown): Finding | undefined {
  if (!isFields(value)) return undefined;
  const { code, message, path, remedy, details } = value;
  if (!isText(code) || !isText(message)) return undefined;
  if (path !== undefined && typeof path !== 'string') return undefined;
  if (remedy !== undefined && typeof remedy !== 'string') return undefined;
  return {
    code: maskCredentialIds(code),
    // Policies read the whole request, the caller's extra fields too.
    message: maskCredentialIds(message),
    ...(path !== undefined && { path: maskCredentialIds(path) }),
    ...(remedy !== undefined && remedy !== '' && { remedy: maskCredentialIds(remedy) }),
    ...(details !== undefined && { details: maskIn(details) }),
  };
}

function maskIn(details: unknown): unknown {
  const text = JSON.stringify(details);
  const masked = maskCredentialIds(text);
  return masked === text ? details : parseJson(masked);
}

/** RFC 6902 section 4. */
function readPatchOperation(value: unknown): PatchOperation | undefined {
  if (!isFields(value)) return undefined;
  const { op, path, from } = value;
  if (!isPointer(path)) return undefined;
  switch (op) {
    case 'remove':
      return { op, path };
    case 'move':
    case 'copy':
      return isPointer(from) ? { op, path, from } : undefined;
    case 'add':
    case 'replace':
    case 'test':
      return Object.hasOwn(value, 'value') ? { op, path, value: value['value'] } : undefined;
    default:
      return undefined;
  }
}

/** Sets are unordered; the same findings must always be reported in the same order. */
function compareFindings(a: Finding, b: Finding): number {
  return (
    compare(a.code, b.code) || compare(a.path ?? '', b.path ?? '') || compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 6901 section 3. */
function isPointer(value: unknown): value is string {
  return typeof value === 'string' && (value === '' || value.startsWith('/'));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No result; the caller makes every policy unavailable.
    return undefined;
  }
}

function invalid(policy: string, reason: string): PolicyOutcome {
  return { status: 'unavailable', policy, code: 'policy_result_invalid', reason };
}
