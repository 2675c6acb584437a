/** What steers admission, through the scanner: additions, changes and deletions of what Git declares and of what nobody does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { AdmissionJudge } from '../../../../src/drift/admission/admission-judge.ts';
import type { AdmissionEffect } from '../../../../src/drift/admission/classify-admission-effect.ts';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import { ARGOCD_ENTRY } from '../../../support/drift-samples.ts';
import {
  admissionPlace,
  OWN_ADMISSION,
  webhookConfiguration,
  webhookEntry,
  type WebhookOptions,
} from '../../../support/drift-admission-samples.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { DriftStage, type DriftStageOptions } from '../../../support/drift-stage.ts';

const VALIDATING = {
  kind: 'ValidatingWebhookConfiguration',
  resource: 'validatingwebhookconfigurations',
};
const LATER = { time: '2026-01-05T08:00:05Z' };
/** Of who writes a `caBundle` alone. */
const INJECTED = {
  'f:webhooks': { 'k:{"name":"a.example.com"}': { 'f:clientConfig': { 'f:caBundle': {} } } },
};
const ISTIO = { name: 'injector', service: 'istio-system/istiod' };

const mutators = { settings: { mutators: [ISTIO] } };

function mutating(options: DriftStageOptions = {}): DriftStage {
  const place = admissionPlace('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations');
  const stage = new DriftStage({ place, ...options });
  // What Git declares, without any content.
  for (const key of ['apps/deployments/shop/checkout', '/configmaps/shop/checkout']) {
    stage.rows.set(key, { uid: 'u', version: '1', print: '', tool: 'argocd', app: 'a', atMs: 0 });
  }
  return stage;
}

function validating(options: DriftStageOptions = {}): DriftStage {
  return new DriftStage({
    place: admissionPlace(VALIDATING.kind, VALIDATING.resource),
    ...options,
  });
}

function validator(options: WebhookOptions = {}) {
  return webhookConfiguration({ kind: VALIDATING.kind, resources: ['widgets'], ...options });
}

/** What was told: which finding, of whom, and what it can do. */
function toldBy({ told }: DriftStage): readonly string[] {
  return told.map(({ what, managedBy, change, effect }) => {
    const paths = change.paths.map(({ path }) => path).join(' ');
    const reach = effect === undefined ? '' : `${effect.what} ${effect.reaches.join(' ')}`;
    return [what, managedBy.app, paths, reach].join('|');
  });
}

describe('an addition', () => {
  it('is none where it was there first, is one afterwards, and ends when it is gone', async () => {
    const there = mutating();
    await there.see(webhookConfiguration(), true);
    const stage = mutating();
    await stage.see(webhookConfiguration());
    assert.deepEqual([toldBy(there), toldBy(stage)], [[], ['added|||mutates pods']]);
    assert.deepEqual(
      stage.told[0]?.writers.map(({ manager }) => manager),
      ['operator'],
    );
    await stage.see(undefined);
    assert.equal(stage.told[1]?.what, 'reverted');
    assert.deepEqual([stage.open.size, stage.told[1]?.found], [0, 'D1']);
    // And so is the next one.
    await stage.see(webhookConfiguration({ version: '20' }));
    assert.equal(stage.told.length, 3);
  });

  it('is told again where it was changed, and not where only its status was', async () => {
    const stage = validating();
    await stage.see(validator());
    await stage.see(validator());
    await stage.see(validator({ version: '11', resources: ['*'], failurePolicy: 'Fail' }));
    assert.deepEqual(toldBy(stage), [
      'added|||',
      'added|||blocks every kind leases.coordination.k8s.io pods of holdfast-system',
    ]);
  });

  it('is judged again by the next process that finds it unjudged, and is not lost', async () => {
    const stage = validating();
    stage.fault = { status: 'unavailable', code: 'lookup_failed', reason: 'down' };
    stage.store(validator());
    stage.offer(validator());
    await stage.scanner.close();
    const next = validating({ journal: stage.journal });
    await next.resume();
    await next.see(validator());
    const last = validating({ journal: stage.journal });
    await last.resume();
    await last.see(validator());
    await last.see(undefined);
    assert.deepEqual([toldBy(next), toldBy(last)], [['added|||'], ['reverted|||']]);
  });

  it('that was there first stays so, however often its reading fails', async () => {
    const stage = validating();
    stage.fault = { status: 'unavailable', code: 'lookup_failed', reason: 'down' };
    stage.store(validator());
    stage.offer(validator(), true);
    stage.offer(validator({ version: '11' }));
    await waitUntil(() => stage.reads > 0);
    stage.fault = undefined;
    await stage.idle();
    assert.deepEqual(toldBy(stage), []);
  });

  it('is none by the GitOps controller with its mark, nor of a known mutator', async () => {
    const writer = [{ ...ARGOCD_ENTRY, ...LATER }];
    const byGit = mutating();
    await byGit.see(webhookConfiguration({ marked: true, entries: writer }));
    const known = mutating(mutators);
    await known.see(webhookConfiguration({ entries: [webhookEntry('helm')] }));
    assert.deepEqual([toldBy(byGit), toldBy(known)], [[], []]);
  });

  it('is one with a mark that its controller has not written, and when it is nobody’s', async () => {
    const cases: readonly WebhookOptions[] = [
      { marked: true },
      { marked: true, entries: [webhookEntry('kubelet')] },
      { marked: true, entries: [ARGOCD_ENTRY, webhookEntry('kubectl-edit')] },
      { entries: [] },
      // The name of a controller is not enough for what changes requests.
      { entries: [webhookEntry('kube-apiserver')] },
      { entries: [ARGOCD_ENTRY] },
    ];
    for (const options of cases) {
      const stage = mutating();
      await stage.see(webhookConfiguration(options));
      assert.equal(stage.told[0]?.what, 'added', JSON.stringify(options));
    }
    const asked = mutating(mutators);
    await asked.see(webhookConfiguration({ service: { namespace: 'evil', name: 'istiod' } }));
    assert.equal(asked.told[0]?.what, 'added');
  });

  it('of the API server, or of a configured controller, is none where it changes no request', async () => {
    const stage = validating();
    await stage.see(validator({ entries: [webhookEntry('kube-apiserver')] }));
    assert.deepEqual(toldBy(stage), []);
  });

  it('ends when its GitOps controller takes it over', async () => {
    const stage = mutating();
    await stage.see(webhookConfiguration());
    await stage.see(webhookConfiguration({ version: '11', marked: true, entries: [ARGOCD_ENTRY] }));
    assert.deepEqual(
      stage.told.map(({ what }) => what),
      ['added', 'reverted'],
    );
    assert.equal([...stage.rows.values()].at(-1)?.added, undefined);
  });
});

describe('a change of what Git does not declare', () => {
  it('is none by the manager that wrote it, nor of the caBundle that an injector renews', async () => {
    const stage = validating();
    await stage.see(validator(), true);
    const again = webhookEntry('operator', LATER, ['service']);
    await stage.see(validator({ version: '11', resources: ['gadgets'], entries: [again] }));
    const injected = webhookEntry('cert-manager-cainjector', { ...LATER, fieldsV1: INJECTED });
    await stage.see(
      validator({
        version: '12',
        resources: ['gadgets'],
        caBundle: 'two',
        entries: [again, injected],
      }),
    );
    assert.deepEqual(toldBy(stage), []);
  });

  it('is one by anybody else, and ends when it is as before', async () => {
    const stage = validating();
    await stage.see(validator(), true);
    const entries = [webhookEntry('kubectl-edit', LATER)];
    await stage.see(validator({ version: '11', failurePolicy: 'Fail', entries }));
    await stage.see(validator({ version: '12', entries: [webhookEntry('kubectl-edit', LATER)] }));
    assert.deepEqual(
      stage.told.map(({ what }) => what),
      ['changed', 'reverted'],
    );
  });

  it('is one by kubectl, even if kubectl made it', async () => {
    const stage = validating();
    await stage.see(validator({ entries: [webhookEntry('kubectl-create')] }), true);
    const entries = [webhookEntry('kubectl-create', LATER)];
    await stage.see(validator({ version: '11', failurePolicy: 'Fail', entries }));
    assert.equal(stage.told[0]?.what, 'changed');
  });

  it('of a mutator is one also by its own manager, but for what it is trusted by', async () => {
    const stage = mutating();
    await stage.see(webhookConfiguration(), true);
    const again = [webhookEntry('operator', LATER)];
    await stage.see(webhookConfiguration({ version: '11', caBundle: 'two', entries: again }));
    assert.deepEqual(toldBy(stage), []);
    const reaching = { version: '12', caBundle: 'two', resources: ['configmaps'], entries: again };
    await stage.see(webhookConfiguration(reaching));
    assert.deepEqual(
      stage.told.map(({ what, effect }) => [what, effect]),
      [['changed', { what: 'mutates', reaches: ['configmaps'] }]],
    );
    const known = mutating(mutators);
    await known.see(webhookConfiguration(), true);
    await known.see(webhookConfiguration(reaching));
    assert.deepEqual(toldBy(known), []);
  });

  it('of its caBundle by a stranger is one', async () => {
    const stage = mutating();
    await stage.see(webhookConfiguration(), true);
    const entries = [webhookEntry('kubectl-edit', LATER)];
    await stage.see(webhookConfiguration({ version: '11', caBundle: 'two', entries }));
    assert.match(toldBy(stage)[0] ?? '', /^changed\|\|.*caBundle/u);
  });
});

describe('what Git declares', () => {
  it('is compared as every managed object, and told with what it can do now', async () => {
    const stage = mutating();
    const writer = webhookEntry('argocd-controller', { operation: 'Apply' });
    await stage.see(webhookConfiguration({ marked: true, entries: [writer] }), true);
    const entries = [webhookEntry('kubectl-edit', LATER)];
    await stage.see(
      webhookConfiguration({ version: '11', marked: true, resources: ['configmaps'], entries }),
    );
    const [finding] = stage.told;
    assert.deepEqual(
      [finding?.what, finding?.managedBy, finding?.effect],
      ['changed', { tool: 'argocd', app: 'mesh' }, { what: 'mutates', reaches: ['configmaps'] }],
    );
  });

  it('is found changed where its mark was taken off in the same write', async () => {
    const stage = mutating();
    const writer = webhookEntry('argocd-controller', { operation: 'Apply' });
    await stage.see(webhookConfiguration({ marked: true, entries: [writer] }), true);
    const entries = [webhookEntry('kubectl-edit', LATER)];
    await stage.see(webhookConfiguration({ version: '11', resources: ['configmaps'], entries }));
    assert.deepEqual(
      stage.told.map(({ what, managedBy }) => [what, managedBy.app]),
      [['changed', 'mesh']],
    );
  });
});

describe('a deletion', () => {
  it('is told, without waiting for a decision, and ends when the object is there again', async () => {
    const stage = validating();
    await stage.see(validator(), true);
    await stage.see(undefined);
    assert.deepEqual(toldBy(stage), ['deleted|||']);
    await stage.see(validator({ version: '20' }));
    assert.equal(stage.told[1]?.what, 'reverted');
  });

  it('of what Git declares is told, unless its application has let go of it', async () => {
    const group = 'admissionregistration.k8s.io';
    const listed = { group, kind: VALIDATING.kind, name: 'injector' };
    const answers = new Map<string, ApiReading>();
    const told = async (answer: ApiReading) => {
      const place = admissionPlace(VALIDATING.kind, VALIDATING.resource);
      answers.set('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/mesh', answer);
      const stage = new DriftStage({
        place,
        readBeside: (path) => answers.get(path) ?? { status: 'absent' },
      });
      await stage.see(validator({ marked: true, entries: [ARGOCD_ENTRY] }), true);
      await stage.see(undefined);
      return stage.told.map(({ what }) => what);
    };
    const application = (...resources: readonly object[]): ApiReading => ({
      status: 'read',
      body: { metadata: { name: 'mesh' }, status: { resources } },
    });
    assert.deepEqual(await told(application(listed)), ['deleted']);
    assert.deepEqual(await told(application({ ...listed, requiresPruning: true })), []);
    assert.deepEqual(await told(application()), []);
    assert.deepEqual(await told({ status: 'absent' }), ['deleted']);
    assert.deepEqual(await told({ status: 'read', body: 'text' }), ['deleted']);
  });

  it('is none of what a configured controller or a known mutator has', async () => {
    const stage = validating({ settings: { controllers: ['operator'] } });
    await stage.see(validator(), true);
    await stage.see(undefined);
    const known = mutating(mutators);
    await known.see(webhookConfiguration(), true);
    await known.see(undefined);
    assert.deepEqual([toldBy(stage), toldBy(known)], [[], []]);
  });
});

describe('the registration of Holdfast', () => {
  const place = admissionPlace(VALIDATING.kind, VALIDATING.resource, 'holdfast');
  const entries = [webhookEntry('kubectl', {}, ['service'])];
  const registered = validator({
    name: 'holdfast',
    resources: ['*'],
    failurePolicy: 'Fail',
    entries,
  });

  it('is no addition, whoever makes it; its changes and its deletion are told, and its renewed trust is not', async () => {
    const stage = new DriftStage({ place, settings: { controllers: ['holdfast-certificates'] } });
    await stage.see(registered);
    const certificates = webhookEntry('holdfast-certificates', {
      ...LATER,
      fieldsV1: INJECTED,
    });
    const renewed = [...entries, certificates];
    const trusted = { name: 'holdfast', resources: ['*'], failurePolicy: 'Fail', caBundle: 'two' };
    await stage.see(validator({ ...trusted, version: '11', entries: renewed }));
    assert.deepEqual(toldBy(stage), []);
    await stage.see(validator({ ...trusted, version: '12', failurePolicy: 'Ignore', entries }));
    await stage.see(undefined);
    assert.deepEqual(
      stage.told.map(({ what, effect }) => [what, effect]),
      [
        ['changed', undefined],
        ['deleted', undefined],
      ],
    );
  });

  it('is left to the part that keeps it, where one does', async () => {
    const stage = new DriftStage({ place, own: { keepsRegistrations: true } });
    await stage.see(registered);
    await stage.see(undefined);
    assert.deepEqual([toldBy(stage), stage.rows.size], [[], 0]);
  });
});

it('takes the guards of Holdfast for its own only where they are about no more than they should be', async () => {
  const name = 'webhooks.holdfast.dev';
  const policies = { kind: 'ValidatingAdmissionPolicy', resource: 'validatingadmissionpolicies' };
  const told = async (resourceRules: readonly object[]) => {
    const stage = new DriftStage({ place: admissionPlace(policies.kind, policies.resource, name) });
    const { webhooks: _, ...policy } = validator({ name, kind: policies.kind });
    await stage.see({ ...policy, spec: { matchConstraints: { resourceRules } } });
    return toldBy(stage);
  };
  const rule = { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], operations: ['*'] };
  assert.deepEqual(await told([rule]), []);
  assert.deepEqual(await told([{ ...rule, apiGroups: ['*'] }]), [
    'added|||blocks every kind leases.coordination.k8s.io pods of holdfast-system',
  ]);
});

describe('the namespaces of a mutator', () => {
  const selector = { matchLabels: { mesh: 'on' } };
  const [webhook] = [webhookConfiguration()['webhooks']].flat();
  const selecting = {
    ...webhookConfiguration(),
    webhooks: [{ ...Object(webhook), namespaceSelector: selector }],
  };

  async function reached(reading: ApiReading): Promise<AdmissionEffect | undefined> {
    const asked: string[] = [];
    const judge = new AdmissionJudge({
      findManager: () => undefined,
      client: {
        read: (path) => {
          asked.push(path);
          return Promise.resolve(reading);
        },
      },
      rows: new Map(
        ['/pods/shop/a', '/pods/shop/b', '/pods/cart/c'].map((key) => [
          key,
          { uid: 'u', version: '1', print: '', tool: 'argocd', app: 'a', atMs: 0 },
        ]),
      ),
      gitopsManagers: new Set(),
      controllers: new Set(),
      mutators: [],
      own: OWN_ADMISSION,
      argocdNamespace: 'argocd',
      clock: systemClock,
    });
    const effect = await judge.findEffect(selecting);
    assert.deepEqual(asked, ['/api/v1/namespaces']);
    return effect;
  }

  function namespaces(labels: Readonly<Record<string, string>>): ApiReading {
    const items = ['shop', 'cart'].map((name) => ({ metadata: { name, labels } }));
    return { status: 'read', body: { items } };
  }

  it('are asked for their labels; without an answer all of them count', async () => {
    const all = { what: 'mutates', reaches: ['pods'] };
    assert.deepEqual(await reached(namespaces({ mesh: 'on' })), all);
    assert.equal(await reached(namespaces({ mesh: 'off' })), undefined);
    assert.deepEqual(await reached({ status: 'absent' }), all);
    assert.deepEqual(await reached({ status: 'read', body: 'text' }), all);
    const bare = { items: [{}, { metadata: { name: 'shop' } }, { metadata: { name: 'cart' } }] };
    assert.equal(await reached({ status: 'read', body: bare }), undefined);
  });
});
