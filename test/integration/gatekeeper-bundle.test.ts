/** Templates and constraints of a folder, built into a bundle beside policies of Holdfast, judge what the request path is given. */
import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { buildBundle } from '../../src/authoring/build-bundle.ts';
import { ensureOpa, type OpaLocation } from '../../src/authoring/opa-binary.ts';
import { planGatekeeper } from '../../src/authoring/gatekeeper/prepare-gatekeeper.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { createOfflineDecider } from '../../src/compose/offline.ts';
import { defaultConfiguration } from '../../src/config/parse-configuration.ts';
import { HoldfastError } from '../../src/errors.ts';
import { loadBundle } from '../../src/policy/load-bundle.ts';
import { policyText } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/gatekeeper');
const CONFIG = `apiVersion: config.gatekeeper.sh/v1alpha1
kind: Config
metadata: { name: config }
spec:
  match: [{ excludedNamespaces: ['kube-*'], processes: ['*'] }]
  sync:
    syncOnly:
      - { group: networking.k8s.io, version: v1, kind: Ingress }
      - { group: networking.k8s.io, version: v1, kind: IngressClass }
`;
const NARROW_TEMPLATE = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: narrow }
spec:
  crd: { spec: { names: { kind: Narrow } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package narrow

        violation[{"msg": msg}] {
          msg := sprintf("%v namespaces", [count([name | data.inventory.cluster["v1"].Namespace[name]])])
        }

        violation[{"msg": "is there"}] {
          data.inventory.cluster["v1"].Namespace
        }
`;

/** What Go answers is in the test. */
const REPLACING_TEMPLATE = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: replacing }
spec:
  crd: { spec: { names: { kind: Replacing } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package replacing

        violation[{"msg": msg}] {
          replaced := [replace("é1", "", ""), replace("é1", "", "x"), replace("", "", "x"), replace("1", "1", "2")]
          msg := sprintf("%v", [replaced])
        }
`;

/** Where a name is no version, the first expression is undefined and the second holds. */
const COMPARING_TEMPLATE = `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: comparing }
spec:
  crd: { spec: { names: { kind: Comparing } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package comparing

        violation[{"msg": msg}] {
          msg := sprintf("compared %v", [semver.compare(input.review.name, "1.0.0")])
        }

        violation[{"msg": "is no version"}] {
          name := input.review.name
          not semver.compare(name, "1.0.0")
        }
`;

describe('a bundle of templates and constraints', () => {
  let opa: OpaLocation;

  before(async () => {
    opa = await ensureOpa({ cacheFolder: cacheFolder(process.env) });
  });

  async function build(
    t: TestContext,
    files: Readonly<Record<string, string>>,
    fixtures: readonly string[],
  ) {
    const folder = await makeTemporaryFolder(t, {
      'rego/sample/sample.rego': policyText(),
      'team/.keep': '',
      ...files,
    });
    for (const name of fixtures) {
      await cp(join(FIXTURES, name), join(folder, 'team', name), { recursive: true });
    }
    const output = join(folder, 'bundle.tar.gz');
    await buildBundle({
      sourceFolder: join(folder, 'rego'),
      constraints: await planGatekeeper(join(folder, 'team')),
      output,
      opa,
    });
    return output;
  }

  async function decide(bundle: string, object: string, state: readonly string[] = []) {
    const configuration = defaultConfiguration('/');
    const decider = await createOfflineDecider(
      { ...configuration, policies: { ...configuration.policies, bundle } },
      { clusterStateObjects: await Promise.all(state.map(readObject)) },
    );
    try {
      const verdict = await decider.decide(reviewOf(await readObject(object)), 'validate');
      assert.ok(verdict.status === 'decided', JSON.stringify(verdict));
      return verdict.decision;
    } finally {
      await decider.close();
    }
  }

  it('judges by the constraints, with their names in the messages, and by the modes of their actions', async (t) => {
    const warning =
      'apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: Acts\nmetadata: { name: told }\nspec: { enforcementAction: warn }\n';
    const template = await readFile(join(FIXTURES, 'actions/template.yaml'), 'utf8');
    const bundle = await build(t, { 'team/acts.yaml': template, 'team/told.yaml': warning }, [
      'required-labels',
      'libraries',
    ]);

    const decision = await decide(bundle, 'required-labels/unowned.yaml');

    assert.equal(decision.allowed, false);
    assert.match(decision.message, /^\[namespaces-have-an-owner\] labels are missing: /u);
    assert.match(
      decision.message,
      /constraint_violated by musthavelabels\/namespaces-have-an-owner/u,
    );
    assert.match(
      decision.warnings.join('\n'),
      /^\[told\] acts \(constraint_violated by acts\/told/u,
    );
    const foreign = await decide(bundle, 'libraries/foreign.yaml');
    assert.match(foreign.message, /\[ours\] container a: docker\.io/u);
    assert.match(foreign.message, /\[ours\] é😀 a from docker\.io/u);
  });

  it('compares with the objects of the cluster', async (t) => {
    const bundle = await build(t, { 'team/config.yaml': CONFIG }, ['inventory']);

    const taken = await decide(bundle, 'inventory/ingress.yaml', ['inventory/taken.yaml']);
    const free = await decide(bundle, 'inventory/ingress.yaml', ['inventory/other-host.yaml']);

    assert.match(taken.message, /^\[unique\] host shop\.example\.com is taken by pay\/other$/mu);
    assert.equal(free.allowed, true);
    const { manifest } = await loadBundle(bundle);
    const { facts, constraint } =
      manifest.policies.find(({ name }) => name === 'uniquehost/unique') ?? {};
    assert.deepEqual(facts, ['inventory']);
    assert.deepEqual(constraint?.match.excludedNamespaces, ['kube-*']);
  });

  it('follows the kinds that a template can read, and gives it no more of them', async (t) => {
    const bundle = await build(
      t,
      {
        'team/config.yaml': CONFIG.replace(
          'kind: IngressClass }',
          'kind: IngressClass }\n      - { group: "", version: v1, kind: Namespace }',
        ),
        'team/template.yaml': NARROW_TEMPLATE,
        'team/constraint.yaml':
          'apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: Narrow\nmetadata: { name: it }\n',
      },
      ['inventory'],
    );

    const { manifest } = await loadBundle(bundle);
    const narrow = manifest.policies.find(({ name }) => name === 'narrow/it')?.constraint;
    assert.deepEqual(narrow?.inventory, [{ group: '', version: 'v1', kind: 'Namespace' }]);
    assert.deepEqual(narrow?.inventoryReads, [
      ['cluster', 'v1', 'Namespace', null],
      ['cluster', 'v1', 'Namespace'],
    ]);
    const namespace = 'required-labels/unowned.yaml';
    const alone = await decide(bundle, namespace);
    const beside = await decide(bundle, namespace, [namespace, 'inventory/taken.yaml']);
    assert.match(alone.message, /^\[it\] 0 namespaces$/mu);
    assert.match(beside.message, /^\[it\] 1 namespaces$/mu);
    assert.match(beside.message, /^\[it\] is there$/mu);
  });

  it('ends where a template replaces an empty text, as it does in gator', async (t) => {
    const bundle = await build(
      t,
      {
        'team/template.yaml': REPLACING_TEMPLATE,
        'team/constraint.yaml':
          'apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: Replacing\nmetadata: { name: it }\n',
      },
      ['required-labels'],
    );

    const { message } = await decide(bundle, 'required-labels/unowned.yaml');

    assert.match(message, /^\[it\] \["é1", "xéx1x", "x", "2"\]$/mu);
  });

  it('has a call undefined whose built-in function fails, as gator has it, and in the same request no policy of its own', async (t) => {
    const compared = 'semver.compare(input.request.name, "1.0.0")';
    const bundle = await build(
      t,
      {
        'rego/sample/sample.rego': policyText({
          body: `deny contains {"code": "no", "message": "No."} if ${compared} == 5`,
        }),
        'team/template.yaml': COMPARING_TEMPLATE,
        'team/constraint.yaml':
          'apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: Comparing\nmetadata: { name: it }\n',
      },
      ['required-labels'],
    );

    const { message, policies } = await decide(bundle, 'required-labels/unowned.yaml');

    assert.match(message, /^\[it\] is no version$/mu);
    assert.doesNotMatch(message, /compared/u);
    assert.deepEqual(
      policies.map(({ policy, status, unavailable }) => [policy, status, unavailable?.code]),
      [
        ['sample', 'unavailable', 'policy_evaluation_failed'],
        ['comparing/it', 'denied', undefined],
        ['musthavelabels/namespaces-have-an-owner', 'denied', undefined],
        ['musthavelabels/own-words', 'denied', undefined],
      ],
    );
  });

  const refused: Readonly<
    Record<string, readonly [Readonly<Record<string, string>>, readonly string[], RegExp]>
  > = {
    'an inventory that nothing declares': [
      {},
      ['inventory'],
      /reads data\.inventory, and nothing says/u,
    ],
    'Secrets in an inventory': [
      {
        'team/config.yaml': CONFIG.replace(
          'networking.k8s.io, version: v1, kind: Ingress }',
          "'', version: v1, kind: Secret }",
        ),
      },
      ['inventory'],
      /Secrets would be in it/u,
    ],
    'templates that cannot be compiled': [{}, ['evaluation'], /calls external_data/u],
    'what is no YAML': [{ 'team/a.yaml': 'a: [' }, [], /^a\.yaml:1: /u],
  };
  for (const [what, [files, fixtures, expected]] of Object.entries(refused)) {
    it(`refuses ${what}`, async (t) => {
      await assert.rejects(build(t, files, fixtures), (fault) => {
        assert.ok(fault instanceof HoldfastError);
        assert.equal(fault.code, 'policy_source_invalid');
        assert.match(fault.message, expected);
        return true;
      });
    });
  }
});

async function readObject(file: string): Promise<unknown> {
  const { parseObject } = await import('../../src/authoring/gatekeeper/parse-objects.ts');
  const parsed = parseObject(await readFile(join(FIXTURES, file), 'utf8'));
  assert.ok(parsed.ok);
  return parsed.objects[0];
}

function reviewOf(object: unknown): Uint8Array {
  const { apiVersion, kind, metadata } = Object(object) as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
  };
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return Buffer.from(
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'a',
        kind: { group, version, kind },
        resource: { group, version, resource: `${kind.toLowerCase()}s` },
        name: metadata.name,
        namespace: metadata.namespace ?? (kind === 'Namespace' ? metadata.name : undefined),
        operation: 'CREATE',
        userInfo: { username: 'ada' },
        object,
        oldObject: null,
      },
    }),
  );
}
