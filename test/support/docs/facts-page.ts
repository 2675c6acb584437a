/** docs/policies/facts.md: every member of `input.facts` with an example, most of them gathered from the recorded day. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  foldClusterState,
  readRecordedDay,
  RECORDED_DAY_FOLDER,
} from '../../../src/compose/recorded-day.ts';
import type { FactName } from '../../../src/policy/fact-names.ts';
import { gatherFacts } from './gather-facts.ts';
import { listInputMembers, type InputMember } from './input-members.ts';
import { INPUT_SCHEMA_FILE, type InputSchema } from './input-schema.ts';
import { MADE_FACTS } from './made-facts.ts';
import { formatCode, formatFence, formatTable } from './markdown.ts';
import type { GeneratedFile } from './reference.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PREFIX = 'input.facts';
/** As the day was recorded. */
const CONFIGURATION = {
  cluster: { name: 'recorded' },
  identity: {
    writers: [
      {
        name: 'argocd',
        username: 'system:serviceaccount:argocd:argocd-application-controller',
        tool: 'argocd',
        proof: 'pod-bound',
      },
    ],
  },
};
/**
 * Objects of Kubernetes are as the API server has them. `source.commit` is one of `source.commits`. An answer of the cluster that could not
 * be had gives its reason, in all of them alike.
 */
const ELSEWHERE =
  /^input\.facts\.(?:(?:namespace|inventory)\.|source\.commit(?:\.|$)|object\.\w+\.reason$)/u;
/** A line of a page. */
const EXAMPLE_CHARS_MAX = 100;

interface FactSection {
  readonly fact: FactName | 'cluster';
  readonly text: string;
  /** A rule that reads it. */
  readonly rego: string;
}

const SECTIONS: readonly FactSection[] = [
  {
    fact: 'actor',
    text: 'Who asks, and how strong the proof is. Decide by `class` and by whole usernames, never by a group.',
    rego: 'allowed if input.facts.actor.class == "gitops"',
  },
  {
    fact: 'object',
    text: 'Who manages the object. What has a `status` is an answer of the cluster: `{"status": "known", "value": …}`, or `{"status": "unavailable", "reason": …}`, so that a rule that needs it is strict, and the others judge.',
    rego: 'deny contains finding if {\n\tinput.facts.object.managed\n\tinput.facts.object.app == "checkout"\n}',
  },
  {
    fact: 'change',
    text: 'What an update changes, field by field. Texts are cut, and values of Secrets never appear. Clients choose the names in `owner`: never decide by them.',
    rego: 'changes_image if {\n\tsome path in input.facts.change.paths\n\tendswith(path.path, ".image")\n}',
  },
  {
    fact: 'source',
    text: 'Where in Git the object comes from, and what is known of the commit; null where no application is known. `source.commit` is the one of `source.commits` that decides.',
    rego: 'comes_from_platform if startswith(input.facts.source.repository, "https://git.example.com/platform/")',
  },
  {
    fact: 'images',
    text: 'The images that the object names, in its order. `signature` is there where the configuration judges images.',
    rego: 'moving contains image.text if {\n\tsome image in input.facts.images\n\timage.isNew\n\tnot image.digest\n}',
  },
  {
    fact: 'grant',
    text: 'The break-glass grant that the request is judged under: absent for every other request.',
    rego: 'allowed if input.facts.grant.namesResource',
  },
  {
    fact: 'namespace',
    text: 'The namespace that the object is in, as it is stored; null for what is in none.',
    rego: 'is_production if input.facts.namespace.metadata.labels.stage == "production"',
  },
  {
    fact: 'inventory',
    text: "Objects of the kinds that Gatekeeper's constraints ask for, by namespace, API version, kind and name. Only policies that were built from constraints have it.",
    rego: 'taken if input.facts.inventory.namespace[_]["apps/v1"].Deployment[input.request.name]',
  },
  {
    fact: 'deletions',
    text: 'How many objects of the application the GitOps controllers have deleted, are about to delete and may delete, where one of them deletes.',
    rego: 'empties contains input.facts.object.app if input.facts.deletions.deletedCount > 20',
  },
  {
    fact: 'rollback',
    text: 'Which version of its application the write comes from and which it takes the place of, whether that goes back, and whether it is verified. `null` for what no GitOps controller writes, and where no versions are noted.',
    rego: 'goes_back if input.facts.rollback.isRollback',
  },
  {
    fact: 'freeze',
    text: 'Which freezes cover the object: windows of the configuration, those of people, and open circuit breakers, the one that ends last first. Empty where it may be deployed.',
    rego: 'stopped contains each.reason if some each in input.facts.freeze.freezes',
  },
  {
    fact: 'plaintext',
    text: 'Where the new object has a credential in plain text, by place and kind and never by value, and what decrypts the manifests of its application.',
    rego: 'leaks contains credential.path if some credential in input.facts.plaintext.credentials',
  },
  {
    fact: 'cluster',
    text: 'The name of the cluster, as the configuration has it. It is always there, and is not named in METADATA.',
    rego: 'is_production if startswith(input.facts.cluster.name, "prod-")',
  },
];

const INTRODUCTION = `<!-- Generated from the code and the recorded day: run npm run docs:reference. -->

# The facts

Facts are what Holdfast knows of a request beyond the request itself. A policy names those that it reads in METADATA (\`facts\`, \`optionalFacts\`); it is given no others. Each member stands here with
an example: most were gathered from a review that a real API server has sent (\`test/fixtures/recorded-day.json\`), and the name of that review stands beside it. What needs more than a review, as a
registry, a mirror or volumes, is an example that was made. [The input](../reference/input.md) has types and meanings, [concepts](../concepts.md#facts) the idea, and
[the threat model](../threat-model.md) who may write each.`;

interface Example {
  readonly value: unknown;
  /** Of the recorded day; absent where it was made. */
  readonly review?: string | undefined;
}

/** Each member with its example, by its path; and those that have none. */
export interface FactExamples {
  readonly examples: ReadonlyMap<string, Example>;
  readonly members: readonly InputMember[];
  readonly missing: readonly string[];
}

/** Gathers the facts of the recorded day, and adds what it has none of. */
export async function collectFactExamples(): Promise<FactExamples> {
  const schema: InputSchema = JSON.parse(readFileSync(join(ROOT, INPUT_SCHEMA_FILE), 'utf8'));
  const members = listInputMembers(schema).filter(
    ({ path }) => path.startsWith(`${PREFIX}.`) && !ELSEWHERE.test(path),
  );
  const examples = new Map<string, Example>();
  const cases = await readRecordedDay(join(RECORDED_DAY_FOLDER, 'recorded-day.json'));
  for (const [index, { action, review }] of cases.entries()) {
    const clusterState = foldClusterState(cases, index);
    const facts = await gatherFacts({
      name: action,
      review,
      configuration: CONFIGURATION,
      clusterState,
    });
    addExamples(examples, facts, action);
  }
  for (const facts of MADE_FACTS) addExamples(examples, facts);
  const missing = members.map(({ path }) => path).filter((path) => !examples.has(path));
  return { examples, members, missing };
}

function addExamples(examples: Map<string, Example>, facts: object, review?: string): void {
  const visit = (value: unknown, path: string): void => {
    if (value === undefined) return;
    const known = examples.get(path);
    // A value says more than null or nothing.
    if (known === undefined || (isEmpty(known.value) && !isEmpty(value))) {
      examples.set(path, { value, review });
    }
    if (Array.isArray(value)) for (const item of value) visit(item, `${path}[]`);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) visit(member, `${path}.${name}`);
    }
  };
  visit(facts, PREFIX);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The page. Throws where a member has no example. */
export async function describeFacts(): Promise<GeneratedFile> {
  const found = await collectFactExamples();
  if (found.missing.length > 0) {
    throw new Error(
      `Add an example to test/support/docs/made-facts.ts of: ${found.missing.join(', ')}`,
    );
  }
  const sections = SECTIONS.map((section) => formatSection(section, found));
  return { path: 'docs/policies/facts.md', text: `${[INTRODUCTION, ...sections].join('\n\n')}\n` };
}

function formatSection({ fact, text, rego }: FactSection, found: FactExamples): string {
  const own = `${PREFIX}.${fact}`;
  const rows = found.members
    .filter(({ path }) => path === own || path.startsWith(`${own}.`) || path.startsWith(`${own}[`))
    .filter(({ path }, _, all) => isLeaf(path, all))
    .map(({ path }) => {
      const { value, review } = found.examples.get(path) ?? { value: undefined };
      return [formatCode(path), formatCode(cut(JSON.stringify(value))), review ?? 'made'];
    });
  return [
    `## ${fact}`,
    text,
    formatFence('rego', rego),
    formatTable(['member', 'example', 'review'], rows),
  ].join('\n\n');
}

/** What has members is shown by them. */
function isLeaf(path: string, all: readonly InputMember[]): boolean {
  return !all.some(
    (other) => other.path.startsWith(`${path}.`) || other.path.startsWith(`${path}[`),
  );
}

function cut(text: string): string {
  return text.length <= EXAMPLE_CHARS_MAX ? text : `${text.slice(0, EXAMPLE_CHARS_MAX)}…`;
}
