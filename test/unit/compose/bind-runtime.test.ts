import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import type { PolicyEngine } from '../../../src/admission/ports.ts';
import type { ArgocdSettings } from '../../../src/kubernetes/lookup/parse-argocd-settings.ts';
import { createNoLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { bindRuntime } from '../../../src/compose/bind-runtime.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import type { AdmissionRuntime } from '../../../src/admission/runtime.ts';
import {
  sampleActor,
  sampleDescriptor,
  sampleObject,
  sampleRequest,
} from '../../support/admission-samples.ts';

const patching = sampleDescriptor({ name: 'patching', rules: ['patch'] });
const denying = sampleDescriptor({ name: 'denying' });

function bind(
  text: string,
  lookup = createNoLookup(),
  descriptors = [patching, denying],
): AdmissionRuntime {
  const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: '/' });
  assert.ok(parsed.ok);
  const engine: PolicyEngine = {
    revision: 'sha256:abc',
    descriptors,
    evaluate: () => Promise.resolve([]),
  };
  return bindRuntime(parsed.configuration, { engine, lookup });
}

function matched(
  runtime: AdmissionRuntime,
  route: 'validate' | 'mutate',
  request = sampleRequest(),
) {
  return runtime.matchPolicies(route, request, sampleActor()).map(({ name }) => name);
}

describe('bindRuntime()', () => {
  it('asks every matching policy on /validate, and those that patch on /mutate', () => {
    const runtime = bind('log: {}');

    assert.deepEqual(matched(runtime, 'validate'), ['patching', 'denying']);
    assert.deepEqual(matched(runtime, 'mutate'), ['patching']);
  });

  it('asks about installations only where the configuration says that they are', () => {
    const guarding = sampleDescriptor({ name: 'guarding', match: { installationsOnly: true } });
    const text = 'ownership: { argocd: { namespace: gitops }, flux: { enabled: false } }';
    const runtime = bind(text, createNoLookup(), [guarding]);
    const matchedIn = (namespace: string) =>
      matched(runtime, 'validate', sampleRequest({ namespace }));

    assert.deepEqual(matchedIn('gitops'), ['guarding']);
    assert.deepEqual(matchedIn('holdfast-system'), ['guarding']);
    for (const namespace of ['shop', 'argocd', 'flux-system', '']) {
      assert.deepEqual(matchedIn(namespace), []);
    }
  });

  it('asks about judged images only where the configuration judges some', () => {
    const images = sampleDescriptor({ name: 'images', match: { judgedImagesOnly: true } });
    const askedWith = (text: string) =>
      matched(bind(text, createNoLookup(), [images, denying]), 'validate');
    assert.deepEqual(askedWith('log: {}'), ['denying']);
    assert.deepEqual(askedWith('images: { requireSignature: true }'), ['images', 'denying']);
  });

  it('asks policies about images for the custom resources that have some, and finds these', async () => {
    const rollouts = { group: 'argoproj.io', version: 'v1alpha1', resource: 'rollouts' };
    const container = { name: 'app', image: 'registry.example.com/shop:1' };
    const request = sampleRequest({
      resource: rollouts,
      object: {
        metadata: { name: 'web' },
        spec: { template: { spec: { containers: [container] } } },
      },
    });
    const match = { groups: ['apps'], resources: ['deployments'] };
    const descriptors = [
      sampleDescriptor({ name: 'images', match, facts: ['images'] }),
      sampleDescriptor({ name: 'others', match }),
    ];
    const bare = bind('log: {}', createNoLookup(), descriptors);
    assert.deepEqual(matched(bare, 'validate', request), []);

    const runtime = bind(
      'images: { resources: [{ preset: argo-rollouts }] }',
      createNoLookup(),
      descriptors,
    );
    assert.deepEqual(matched(runtime, 'validate', request), ['images']);
    const gathered = await runtime.sources.describeImages(request, monotonicMs(0));
    assert.equal(gathered.status, 'known');
    assert.deepEqual(
      gathered.value.map(({ path, text }) => `${path} ${text}`),
      ['spec.template.spec.containers[0].image registry.example.com/shop:1'],
    );
  });

  it('asks what decrypts a Secret of the application whose mark is set, and nobody for other objects', async () => {
    const asked: string[] = [];
    const runtime = bind('log: {}', {
      ...createNoLookup(),
      lookupObject: ({ kind, namespace, name }) => {
        asked.push(`${kind} ${namespace ?? ''}/${name}`);
        return Promise.resolve({ status: 'absent' });
      },
    });
    const { describePlaintext } = runtime.sources;
    const marked = sampleObject({ tool: 'argocd', app: 'shop', appNamespace: 'argocd' });
    const mark = 'annotation argocd.argoproj.io/tracking-id';
    const movesTo = { tool: 'argocd', app: 'other', appNamespace: 'argocd', mark } as const;
    const moved = { ...marked, movesTo };
    const resource = { group: '', version: 'v1', resource: 'secrets' };
    const data = { password: Buffer.from('x').toString('base64') };
    const secret = sampleRequest({ resource, object: { metadata: { name: 'db' }, data } });

    for (const object of [marked, moved]) {
      const gathered = await describePlaintext(secret, object, monotonicMs(0));
      assert.ok(gathered.status === 'known');
      assert.deepEqual(gathered.value.secretKeys, ['password']);
      // Without a prover it is a snapshot, which may not have the application.
      assert.equal(gathered.value.decryption, undefined);
    }
    const gathered = describePlaintext(sampleRequest(), marked, monotonicMs(0));
    assert.deepEqual(gathered, {
      status: 'known',
      value: { credentials: [], isTruncated: false, secretKeys: [] },
    });
    assert.deepEqual(asked, ['Application argocd/shop', 'Application argocd/other']);
  });

  it('does not ask a policy that is off in the namespace of the request', () => {
    const runtime = bind('policies: { settings: { denying: { namespaces: { shop: "off" } } } }');

    assert.deepEqual(matched(runtime, 'validate'), ['patching']);
    assert.deepEqual(matched(runtime, 'validate', sampleRequest({ namespace: 'other' })), [
      'patching',
      'denying',
    ]);
  });

  it('does not ask a policy that is off for a cluster-scoped object', () => {
    const runtime = bind('policies: { settings: { denying: { mode: "off" } } }');

    assert.deepEqual(matched(runtime, 'validate', sampleRequest({ namespace: undefined })), [
      'patching',
    ]);
  });

  it('has the configured mode of each policy', () => {
    const runtime = bind(
      'policies: { settings: { denying: { mode: warn, failure: allow }, patching: { mode: "off" } } }',
    );
    const settingOf = (policy: typeof denying) =>
      runtime.settings.settingOf(policy, { namespace: 'shop' });

    assert.deepEqual(settingOf(denying), { mode: 'warn', failure: 'allow' });
    assert.deepEqual(settingOf(patching), { mode: 'off', failure: 'deny' });
  });

  it('asks a policy that is off only by labels that are not read yet', () => {
    const override =
      '{ namespaceSelector: { matchLabels: { stage: dev } }, mode: "off" }, { namespaces: [bank], mode: "off" }';
    const runtime = bind(`policies: { settings: { denying: { overrides: [${override}] } } }`);
    const matchedIn = (namespace: string) =>
      matched(runtime, 'validate', sampleRequest({ namespace }));

    assert.deepEqual(matchedIn('shop'), ['patching', 'denying']);
    assert.deepEqual(matchedIn('bank'), ['patching']);
    assert.equal(runtime.settings.readsLabels([denying], 'shop'), true);
  });

  it("replaces a policy's deadline by the configured one", () => {
    const runtime = bind('policies: { settings: { denying: { deadlineMs: 7 } } }');
    const deadlines = runtime
      .matchPolicies('validate', sampleRequest(), sampleActor())
      .map(({ deadlineMs }) => deadlineMs);

    assert.deepEqual(deadlines, [100, 7]);
  });

  it('protects the tracking label where labels track', () => {
    const request = sampleRequest({
      operation: 'UPDATE',
      oldObject: { metadata: { labels: { 'app.kubernetes.io/instance': 'checkout' } } },
      object: { metadata: { labels: {} } },
    });
    const byLabel = bind('ownership: { argocd: { trackingMethod: label } }');

    assert.equal(byLabel.sources.diffChange(request).protectedKeys.length, 1);
    assert.equal(bind('log: {}').sources.diffChange(request).protectedKeys.length, 0);
  });

  it('reads marks as argocd-cm says, from one request to the next', async () => {
    const told: { settings?: ArgocdSettings } = {};
    const runtime = bind('log: {}', { ...createNoLookup(), argocdSettings: () => told.settings });
    const managed = async () => {
      const metadata = { name: 'checkout', namespace: 'shop', labels: { 'live/app': 'shop' } };
      const request = sampleRequest({ object: { metadata }, oldObject: { metadata } });
      const fact = await runtime.sources.describeObject(request, sampleActor(), monotonicMs(0));
      return fact.status === 'known' && fact.value.managed;
    };
    assert.equal(await managed(), false);
    const parameters = () =>
      runtime.settings.parametersOf([denying], { namespace: 'shop' }).parameters;
    assert.equal(parameters(), parameters());
    told.settings = { trackingMethod: 'label', instanceLabelKey: 'live/app' };
    assert.equal(await managed(), true);
    assert.equal(parameters()['denying']?.['instanceLabelKey'], 'live/app');
  });
});
