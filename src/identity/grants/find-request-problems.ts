/** What is wrong with a request for a grant, by the option of `grant create` that says it. */

/** As the options of `grant create` say it. */
export interface GrantRequest {
  readonly subject: string;
  readonly groups: readonly string[];
  readonly clusters: readonly string[];
  readonly namespaces: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
  readonly verbs: readonly string[];
  readonly reason: string;
  readonly ticket: string;
  readonly minutes: string;
  readonly uses: string;
}

export interface GrantProblem {
  /** Without dashes: `cluster`. */
  readonly option: string;
  readonly problem: string;
}

/** What a text of an option must be. */
interface OptionRule {
  readonly expected: string;
  readonly pattern: RegExp;
  /** In characters; what a signed grant may hold (`parse-grant.ts`). */
  readonly longest: number;
  readonly isRequired?: boolean;
}

/** The texts of one option are at most this many: what a signed grant may hold. */
const TEXTS_MAX = 100;

const ANY = /^[^]+$/u;
const NUMBER: OptionRule = {
  expected: 'a whole number from 1',
  pattern: /^[1-9]\d{0,5}$/u,
  longest: 6,
};

const RULES: Readonly<Record<string, OptionRule>> = {
  subject: {
    expected: 'the exact username (kubectl auth whoami)',
    pattern: ANY,
    longest: 1024,
    isRequired: true,
  },
  group: { expected: 'the name of a group', pattern: ANY, longest: 1024 },
  cluster: {
    // A grant for every cluster would be cluster-admin everywhere.
    expected: 'the name of one cluster, as the denial says it',
    pattern: /^[^*]+$/u,
    longest: 253,
    isRequired: true,
  },
  namespace: {
    expected: 'a namespace or "*"',
    pattern: /^(?:\*|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$/u,
    longest: 63,
  },
  resource: {
    expected: 'deployments.apps, deployments.apps/scale or "*"',
    pattern: /^(?:\*|[a-z0-9][a-z0-9.-]*(?:\/[a-z0-9]+)?)$/u,
    longest: 253,
    isRequired: true,
  },
  object: { expected: 'the name of an object', pattern: ANY, longest: 253 },
  reason: {
    expected: 'why it is needed: it stands in every record',
    pattern: ANY,
    longest: 1000,
    isRequired: true,
  },
  ticket: { expected: 'where it is followed up', pattern: /^[^]*$/u, longest: 200 },
  minutes: NUMBER,
  uses: NUMBER,
};

/** Every problem, in the order of the options. */
export function findRequestProblems(asked: GrantRequest): readonly GrantProblem[] {
  const given: Readonly<Record<string, readonly string[]>> = {
    subject: asked.subject === '' ? [] : [asked.subject],
    group: asked.groups,
    cluster: asked.clusters,
    namespace: asked.namespaces,
    resource: asked.resources,
    object: asked.names,
    reason: asked.reason === '' ? [] : [asked.reason],
    ticket: [asked.ticket],
    minutes: [asked.minutes],
    uses: [asked.uses],
  };
  return Object.entries(RULES).flatMap(([option, rule]) =>
    findProblem(given[option] ?? [], rule).map((problem) => ({ option, problem })),
  );
}

function findProblem(
  texts: readonly string[],
  { expected, pattern, longest, isRequired = false }: OptionRule,
): readonly string[] {
  if (texts.length === 0) return isRequired ? [`Expected ${expected}, found nothing`] : [];
  if (texts.length > TEXTS_MAX) {
    return [`Expected it at most ${String(TEXTS_MAX)} times, found ${String(texts.length)}`];
  }
  const long = texts.find((text) => text.length > longest);
  if (long !== undefined) {
    return [`Expected at most ${String(longest)} characters, found ${String(long.length)}`];
  }
  const wrong = texts.find((text) => !pattern.test(text));
  return wrong === undefined ? [] : [`Expected ${expected}, found ${JSON.stringify(wrong)}`];
}
