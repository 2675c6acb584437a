/**
 * Policies get only the parts of a request and of their parameters that they read. What that is, an analysis of their code says; here both forms of
 * each request are judged, and every verdict must be the same to the byte. A part that the analysis missed would be a wrong allow.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeReview } from '../../src/admission/decode.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { bindParameters } from '../../src/compose/bind-parameters.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { expandPreset } from '../../src/identity/presets/list-operators.ts';
import { OPERATOR_PRESET_NAMES } from '../../src/identity/presets/operator-presets.ts';
import type { PolicyDescriptor } from '../../src/policy/descriptor.ts';
import { InputPlans } from '../../src/policy/input-plans.ts';
import { formatInput, formatParameters } from '../../src/policy/wasm/format-input.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import { EvaluationError, WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { sampleDescriptor } from '../support/admission-samples.ts';
import { compilePolicies, readPolicyTexts } from '../support/compile-policies.ts';
import { damagedReviews, placesOf } from '../support/damaged-reviews.ts';
import { bundleFolder, fixturePolicies } from '../support/policy-bundles.ts';
import { readRecordedReviews } from '../bench/workload.ts';

const LIMITS = { jsonDepthMax: 64 };
const BENCH_POLICIES = join(import.meta.dirname, '..', 'bench', 'policies');
const GENERATED = 10_000;
/** Policies that judge each generated review, one by one and together. */
const JUDGES = 3;
const SEED = 20_261_129;

interface Subject {
  readonly host: WasmHost;
  readonly policies: readonly PolicyDescriptor[];
  /** As the configuration gives them, whole. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly plans: InputPlans;
}

const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';
/** Everything that adds to the parameters: a writer, all presets of operators, and what people may do. */
const CONFIGURATION = `
cluster: { name: test }
identity:
  writers: [{ name: argocd, username: ${WRITER}, tool: argocd, proof: pod-bound }]
  operators:
    - name: issuer
      username: system:serviceaccount:a:i
      rules: [{ verbs: [UPDATE], groups: ['*'], resources: ['*'], paths: [data] }]
  operatorPresets: [${OPERATOR_PRESET_NAMES.map((preset) => `{ preset: ${preset} }`).join(', ')}]
ownership:
  argocd: { syncAccounts: [jane] }
  orphans: { editors: [jane] }
  gitopsOnlyNamespaces: [shop]
`;

const proof = { grade: 'pod-bound', sufficient: true, reason: 'its token is bound to a pod' };
const known = { status: 'known', kind: 'pod', believed: true };
const ACTORS: readonly object[] = [
  { class: 'other', username: 'jane', groups: [], proof: { ...proof, grade: 'none' } },
  { class: 'gitops', name: 'argocd', username: WRITER, proof, credential: known },
  { class: 'operator', name: 'issuer', username: 'system:serviceaccount:a:i', proof },
  ...OPERATOR_PRESET_NAMES.flatMap((preset) => expandPreset({ preset, accounts: {} })).map(
    ({ name, username }) => ({ class: 'operator', name, username, proof, credential: known }),
  ),
  // Names that are members of every JavaScript object, and what is no name.
  ...['constructor', '__proto__', 'rules', '', ['issuer'], { issuer: true }, 7, null].map(
    (name) => ({
      class: 'operator',
      name,
      username: 'system:serviceaccount:a:i',
      proof,
    }),
  ),
  { class: 'node', name: 'a', username: 'system:node:a', proof, credential: known },
  ...['generic-garbage-collector', 'replicaset-controller', 'endpointslice-controller'].map(
    (name) => ({
      class: 'platform',
      name,
      username: `system:serviceaccount:kube-system:${name}`,
      proof,
      credential: known,
    }),
  ),
];

const root = { group: 'apps', resource: 'deployments', name: 'web', tool: 'argocd', app: 'shop' };
const FACTS: readonly object[] = [true, false].map((managed) => ({
  object: {
    managed,
    wasManaged: managed,
    scope: 'managed',
    tool: 'argocd',
    app: 'shop',
    appNamespace: 'argocd',
    mark: 'annotation',
    destroys: managed ? [root] : [],
    root: { status: 'known', value: managed ? root : null },
    volumeOwner: { status: 'known', value: { ...root, deletionAllowed: false } },
    claim: { status: 'known', value: managed ? 'gone' : 'present' },
  },
  change: {
    semantic: true,
    paths: [{ path: 'spec.replicas', segments: ['spec', 'replicas'], kind: 'changed' }],
    protectedKeys: managed ? ['metadata.finalizers'] : [],
    truncated: false,
  },
  source: { repository: 'r', revision: 'm', path: 'p', operation: 'idle', commits: [] },
  images: { images: [] },
  cluster: { name: 'test' },
  names: ['issuer', 'rules'],
  other: { name: managed ? 'issuer' : 'rules' },
  index: 1,
}));

function judge({ host }: Subject, input: Uint8Array): string {
  try {
    return host.evaluate([input], { nowMs: 0 });
  } catch (fault) {
    if (fault instanceof EvaluationError) return fault.message;
    throw fault;
  }
}

/** Throws where the two forms of a review are judged differently. Answers the verdict of the last policy; nothing for what was no review. */
function compareForms(
  subject: Subject,
  text: string,
  { facts, policies }: { readonly facts: object; readonly policies: readonly PolicyDescriptor[] },
): string | undefined {
  const decoded = decodeReview(Buffer.from(text), LIMITS);
  if (!decoded.ok) return undefined;
  const { requestJson, requestOutline } = decoded;
  let verdict = '';
  for (const together of [policies, ...policies.map((policy) => [policy])]) {
    const names = together.map(({ name }) => name).join();
    const whole = formatInput({
      requestJson,
      facts,
      parametersJson: formatParameters(
        together.map(({ name }) => [name, subject.parameters[name] ?? {}]),
      ),
    });
    const given = { configured: subject.parameters, facts };
    const { pruning, parametersJson } = subject.plans.find(names, together, given);
    const pruned = formatInput({ requestJson, requestOutline, pruning, facts, parametersJson });
    verdict = judge(subject, pruned);
    assert.equal(verdict, judge(subject, whole), `${names} on ${text}`);
  }
  return verdict;
}

async function loadSubject(folder?: string): Promise<Subject> {
  const { module, manifest } = await loadBundle(await bundleFolder(folder));
  const { policies } = manifest;
  assert.ok(policies.every(({ requestReads, parameterReads }) => requestReads && parameterReads));
  const parsed = parseConfiguration(CONFIGURATION, { file: 'holdfast.yaml', folder: '/' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return {
    policies,
    parameters: bindParameters(policies, parsed.configuration),
    plans: new InputPlans(),
    host: new WasmHost(module, {
      memoryPagesMax: 2048,
      builtins: await loadRequiredBuiltins(module),
    }),
  };
}

const SUBJECTS = {
  'the default policies': () => loadSubject(),
  'the policies of the bench': () => loadSubject(BENCH_POLICIES),
  'policies that read in many ways': async () => {
    const { policies, libraries } = await readPolicyTexts(fixturePolicies('pruned-input'));
    const { moduleBytes, reads } = await compilePolicies({ after }, policies, { libraries });
    const module = new WebAssembly.Module(moduleBytes);
    const builtins = await loadRequiredBuiltins(module);
    return {
      host: new WasmHost(module, { memoryPagesMax: 2048, builtins }),
      policies: [...reads].map(([name, read]) => sampleDescriptor({ name, ...read })),
      parameters: Object.fromEntries([...reads.keys()].map((name) => [name, PARAMETERS])),
      plans: new InputPlans(),
    };
  },
} satisfies Record<string, () => Promise<Subject>>;

const TABLE = {
  x: { rules: { argocd: 5 } },
  checkout: 6,
  issuer: { rules: { argocd: 1 } },
  rules: { rules: [2] },
  constructor: 3,
  '': 4,
};
/** What the policies with computed keys compute them from, and tables. */
const PARAMETERS = {
  keys: ['kind', 'status', 'metadata', 'request'],
  path: ['metadata', 'uid'],
  which: 'new',
  which_state: 'oldObject',
  rules: ['state', 'uid'],
  operators: TABLE,
  nested: { operators: TABLE },
};

const recorded = readRecordedReviews().map(({ body }) => body);

for (const [what, load] of Object.entries(SUBJECTS)) {
  describe(`the parts of a request that ${what} read`, () => {
    let subject: Subject;

    before(async () => {
      subject = await load();
    });

    it('lead to the same verdicts as the whole of each recorded request', () => {
      const { policies } = subject;
      for (const [index, text] of recorded.entries()) {
        for (const facts of FACTS) {
          const actor = ACTORS[index % ACTORS.length];
          assert.ok(compareForms(subject, text, { facts: { ...facts, actor }, policies }));
        }
      }
    });

    it(`lead to the same verdicts as the whole of ${String(GENERATED)} generated and damaged requests`, () => {
      const { policies } = subject;
      const reviews = damagedReviews(
        recorded.map((text): unknown => JSON.parse(text)),
        policies.flatMap(({ requestReads = true }) => placesOf(requestReads)),
      );
      let judged = 0;
      const asked = fc.record({
        text: reviews,
        actor: fc.constantFrom(...ACTORS),
        facts: fc.constantFrom(...FACTS),
        judges: fc.shuffledSubarray([...policies], { minLength: JUDGES, maxLength: JUDGES }),
      });
      const property = fc.property(asked, ({ text, actor, facts, judges }) => {
        const given = { facts: { ...facts, actor }, policies: judges };
        if (compareForms(subject, text, given) !== undefined) judged += 1;
      });
      fc.assert(property, { seed: SEED, numRuns: GENERATED });

      assert.ok(judged > GENERATED / 2, `only ${String(judged)} were reviews`);
    });
  });
}

it('no default policy gets all of its parameters, or all operators: they would cost every request', async () => {
  const { policies, parameters, plans } = await loadSubject();
  const usualBytes = (facts: object): number =>
    plans.find('all', policies, { configured: parameters, facts }).parametersJson.byteLength;

  assert.deepEqual(
    policies.filter(({ parameterReads }) => parameterReads === true).map(({ name }) => name),
    [],
  );
  const json = Buffer.from(
    plans.find('all', policies, { configured: parameters, facts: {} }).parametersJson,
  ).toString();
  assert.ok(!json.includes('"rules":'), json);
  assert.ok(usualBytes({ actor: { name: 'issuer' } }) > usualBytes({}));
});

it('each rule of an operator permits what it permits with all rules in the input', async () => {
  const subject = await loadSubject();
  const policies = subject.policies.filter(({ name }) => name === 'gitops_only_writes');
  const [facts] = FACTS;
  const base: { readonly request: object } = JSON.parse(recorded[0] ?? '');
  let permitted = 0;
  const operators = OPERATOR_PRESET_NAMES.flatMap((preset) =>
    expandPreset({ preset, accounts: {} }),
  );
  const asked = operators.flatMap(({ name, username, rules }) =>
    rules.map((rule) => ({ actor: { class: 'operator', name, username, proof }, rule })),
  );
  for (const { actor, rule } of asked) {
    const [path = 'metadata.labels[x]'] = rule.paths ?? [];
    const [resource = '', subResource = ''] = (rule.resources[0] ?? '').split('/');
    const [group = ''] = rule.groups;
    const request = {
      ...base.request,
      operation: rule.verbs[0],
      resource: { group, version: 'v1', resource },
      subResource,
      name: 'web',
      namespace: 'shop',
      object: { metadata: { name: 'web' } },
      oldObject: { metadata: { name: 'web' } },
    };
    const change = {
      semantic: true,
      paths: [{ path, segments: path.split('.'), kind: 'changed' }],
      protectedKeys: [],
      truncated: false,
    };
    const review = { ...base, request };
    const given = { facts: { ...facts, actor, change }, policies };
    const verdict = compareForms(subject, JSON.stringify(review), given) ?? '';
    if (verdict.includes('"deny":[]')) permitted += 1;
  }

  assert.ok(permitted > asked.length / 3, `${String(permitted)} of ${String(asked.length)}`);
});
