import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matchIgnored } from '../../../../src/source/manifest/ignore-differences.ts';
import { parsePathPattern } from '../../../../src/source/manifest/parse-path-pattern.ts';
import {
  admittedDeployment,
  compare,
  declaredDeployment,
  set,
} from '../../../support/manifest-samples.ts';
import type { Sample } from '../../../support/manifest-samples.ts';

const EQUAL = { status: 'equal', paths: [], kept: [] };

function differs(...paths: readonly string[]) {
  return { status: 'differs', paths, kept: [] };
}

const POD = 'spec.template.spec';

function pattern(text: string) {
  const parsed = parsePathPattern(text);
  assert.ok(parsed.ok);
  return parsed.pattern;
}

describe('compareManifest() of a request that creates', () => {
  it('accounts for defaults, quantities, dropped empty values and fields of the server', () => {
    assert.deepEqual(compare(declaredDeployment(), admittedDeployment()), EQUAL);
  });

  const injections: readonly (readonly [
    string,
    Readonly<Record<string, unknown>>,
    readonly string[],
  ])[] = [
    [
      'a container',
      { [`${POD}.containers.1`]: { name: 'miner', image: 'x' } },
      ['spec.template.spec.containers[miner]'],
    ],
    [
      'an init container',
      { [`${POD}.initContainers`]: [{ name: 'first', image: 'x' }] },
      ['spec.template.spec.initContainers[first]'],
    ],
    [
      'a variable',
      { [`${POD}.containers.0.env.2`]: { name: 'LD_PRELOAD', value: '/x.so' } },
      ['spec.template.spec.containers[app].env[LD_PRELOAD]'],
    ],
    [
      'another image',
      { [`${POD}.containers.0.image`]: 'registry.example/web:evil' },
      ['spec.template.spec.containers[app].image'],
    ],
    [
      'a capability',
      { [`${POD}.containers.0.securityContext`]: { capabilities: { add: ['SYS_ADMIN'] } } },
      ['spec.template.spec.containers[app].securityContext'],
    ],
    [
      'a volume of the node',
      { [`${POD}.volumes`]: [{ name: 'root', hostPath: { path: '/', type: '' } }] },
      ['spec.template.spec.volumes[root]'],
    ],
    [
      'the network of the node',
      { [`${POD}.hostNetwork`]: true },
      ['spec.template.spec.hostNetwork'],
    ],
    [
      'another account',
      { [`${POD}.serviceAccountName`]: 'admin' },
      ['spec.template.spec.serviceAccountName'],
    ],
    [
      'a label and an annotation',
      { 'metadata.labels.extra': 'x', 'metadata.annotations.note': 'x' },
      ['metadata.labels.extra', 'metadata.annotations.note'],
    ],
    [
      'an owner and a finalizer',
      {
        'metadata.ownerReferences': [{ uid: 'u', kind: 'ConfigMap', name: 'x' }],
        'metadata.finalizers': ['a.b/c'],
      },
      ['metadata.ownerReferences[u]', 'metadata.finalizers[a.b/c]'],
    ],
    ['more replicas', { 'spec.replicas': 5 }, ['spec.replicas']],
    [
      'a variable taken away',
      { [`${POD}.containers.0.env.0`]: undefined },
      ['spec.template.spec.containers[app].env[A]'],
    ],
    [
      'variables in another order',
      { [`${POD}.containers.0.env`]: [{ name: 'B' }, { name: 'A', value: 'a' }] },
      ['spec.template.spec.containers[app].env'],
    ],
  ];
  for (const [name, changes, paths] of injections) {
    it(`finds ${name}`, () => {
      const object = admittedDeployment();
      for (const [path, value] of Object.entries(changes)) set(object, path, value);

      assert.deepEqual(compare(declaredDeployment(), object), differs(...paths));
    });
  }

  it('lets no text pass for what only a controller counts', () => {
    const object = admittedDeployment();
    set(object, 'metadata.annotations', { 'deployment.kubernetes.io/revision': 'rm -rf' });

    assert.deepEqual(
      compare(declaredDeployment(), object),
      differs('metadata.annotations["deployment.kubernetes.io/revision"]'),
    );
  });

  it('does not take an absent flag for a false one where the API tells them apart', () => {
    const declared = declaredDeployment();
    set(declared, `${POD}.automountServiceAccountToken`, false);
    set(declared, `${POD}.hostNetwork`, false);

    assert.deepEqual(
      compare(declared, admittedDeployment()),
      differs('spec.template.spec.automountServiceAccountToken'),
    );
  });

  it('finds every field that is added anywhere', () => {
    const places = [
      'metadata.labels.added',
      'metadata.annotations.added',
      'spec.minReadySeconds',
      'spec.paused',
      'spec.template.metadata.labels.added',
      'spec.template.metadata.name',
      'spec.selector.matchLabels.added',
      `${POD}.nodeName`,
      `${POD}.nodeSelector`,
      `${POD}.containers.0.workingDir`,
      `${POD}.containers.0.resources.limits`,
      `${POD}.containers.0.env.1.value`,
    ];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom('x', '1', 'true'), (place, value) => {
        const object = admittedDeployment();
        set(object, place, value);

        assert.equal(compare(declaredDeployment(), object).status, 'differs');
      }),
    );
  });

  it('is equal to itself, whatever it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (spec) => {
        const object = { apiVersion: 'x.example/v1', kind: 'Any', metadata: { name: 'a' }, spec };

        assert.deepEqual(compare(object, structuredClone(object)), EQUAL);
      }),
    );
  });
});

describe('compareManifest() of a request that updates', () => {
  it('keeps what the stored object has already', () => {
    const stored = admittedDeployment();
    set(stored, 'spec.replicas', 5);
    set(stored, 'metadata.annotations.injected', 'yes');
    set(stored, `${POD}.containers.1`, { name: 'proxy', image: 'proxy:1' });
    const object = structuredClone(stored);

    const fact = compare(declaredDeployment(), object, { stored });

    assert.deepEqual(fact, {
      status: 'equal',
      paths: [],
      kept: [
        'metadata.annotations.injected',
        'spec.replicas',
        'spec.template.spec.containers[proxy]',
      ],
    });
  });

  it('finds a change of what only the stored object has', () => {
    const stored = admittedDeployment();
    set(stored, `${POD}.containers.1`, { name: 'proxy', image: 'proxy:1' });
    const object = structuredClone(stored);
    set(object, `${POD}.containers.1.image`, 'proxy:evil');

    assert.deepEqual(compare(declaredDeployment(), object, { stored }), {
      status: 'differs',
      paths: ['spec.template.spec.containers[proxy].image'],
      kept: ['spec.template.spec.containers[proxy].name'],
    });
  });

  it('finds what it takes away, and not what was away before', () => {
    const stored = admittedDeployment();
    const object = structuredClone(stored);
    set(object, 'metadata.labels.app', undefined);
    assert.deepEqual(
      compare(declaredDeployment(), object, { stored }),
      differs('metadata.labels.app'),
    );

    const again = compare(declaredDeployment(), object, { stored: structuredClone(object) });
    assert.deepEqual(again, { status: 'equal', paths: [], kept: ['metadata.labels.app'] });
  });

  it('does not let half of one list and half of another pass', () => {
    const declared = declaredDeployment();
    set(declared, `${POD}.containers.0.command`, ['serve', '--safe']);
    const stored = admittedDeployment();
    set(stored, `${POD}.containers.0.command`, ['debug', '--unsafe']);
    const object = structuredClone(stored);
    set(object, `${POD}.containers.0.command`, ['serve', '--unsafe']);

    assert.deepEqual(
      compare(declared, object, { stored }),
      differs('spec.template.spec.containers[app].command[1]'),
    );
  });

  it('accepts what kubectl auth reconcile makes of rules, and no more', () => {
    const role = (rules: unknown) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'r' },
      rules,
    });
    const rule = (verbs: readonly string[]) => ({ apiGroups: [''], resources: ['pods'], verbs });
    const declared = role([rule(['get', 'list'])]);
    const stored = role([rule(['get', 'watch'])]);

    const reconciled = role([rule(['get', 'watch']), rule(['list'])]);
    assert.equal(compare(declared, reconciled, { stored }).status, 'equal');
    const more = role([rule(['get', 'watch']), rule(['list', 'delete'])]);
    assert.equal(compare(declared, more, { stored }).status, 'differs');
  });
});

describe('compareManifest() of special kinds', () => {
  it('merges stringData of a Secret into data, and prints no value', () => {
    const declared = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { kept: 'a2Vw\ndA==' },
      stringData: { password: 'hunter2' },
    };
    const object = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      type: 'Opaque',
      data: { kept: 'a2VwdA==', password: Buffer.from('hunter2').toString('base64') },
    };
    assert.deepEqual(compare(declared, object), EQUAL);

    const changed = { ...object, data: { ...object.data, password: 'c2VjcmV0', more: 'eA==' } };
    assert.deepEqual(compare(declared, changed), differs('data.password', 'data.more'));
  });

  it('knows which addresses of a Service are allocated, and which are chosen', () => {
    const service = (spec: Sample) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec,
    });
    const declared = service({ ports: [{ port: 80 }], selector: { app: 'web' } });
    const filled = {
      ...declared.spec,
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      clusterIP: '10.0.0.7',
      clusterIPs: ['10.0.0.7'],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      type: 'ClusterIP',
    };
    assert.deepEqual(compare(declared, service(filled)), EQUAL);
    assert.deepEqual(
      compare(declared, service({ ...filled, externalIPs: ['192.0.2.1'] })),
      differs('spec.externalIPs'),
    );
    assert.deepEqual(
      compare(declared, service({ ...filled, clusterIP: 'None', clusterIPs: ['None'] })),
      differs('spec.clusterIP', 'spec.clusterIPs'),
    );
    const opened = [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 30_080 }];
    assert.deepEqual(
      compare(declared, service({ ...filled, ports: opened })),
      differs('spec.ports[80/TCP].nodePort'),
    );
  });

  it('takes repeated variables in any choice of the manifest, and no other', () => {
    const declared = declaredDeployment();
    set(declared, `${POD}.containers.0.env`, [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ]);
    const object = admittedDeployment();
    set(object, `${POD}.containers.0.env`, [{ name: 'A', value: '2' }]);
    assert.deepEqual(compare(declared, object), EQUAL);

    set(object, `${POD}.containers.0.env`, [{ name: 'A', value: '3' }]);
    assert.deepEqual(
      compare(declared, object),
      differs('spec.template.spec.containers[app].env[A]'),
    );
  });

  it('does not compare versions of a kind with each other', () => {
    const declared = { ...declaredDeployment(), apiVersion: 'apps/v1beta1' };

    assert.deepEqual(compare(declared, admittedDeployment()), {
      status: 'not-comparable',
      paths: [],
      kept: [],
      reason:
        'the commit declares Deployment of apps/v1beta1, the review shows Deployment of apps/v1',
    });
  });

  it('does not call an addition to an unknown kind a difference, but a change', () => {
    const declared = { apiVersion: 'x.example/v1', kind: 'Any', metadata: {}, spec: { a: 1 } };
    const added = { ...declared, spec: { a: 1, b: 2 } };
    assert.deepEqual(compare(declared, added), {
      status: 'not-comparable',
      paths: [],
      kept: [],
      reason:
        'the schema of the kind is not known, and these fields may be defaults, or dropped: spec.b',
    });
    assert.deepEqual(compare(declared, { ...added, spec: { a: 2, b: 2 } }), differs('spec.a'));
  });

  it('does not call a field of a newer Kubernetes a difference', () => {
    const object = admittedDeployment();
    set(object, `${POD}.newerField`, true);

    assert.equal(compare(declaredDeployment(), object).status, 'not-comparable');
  });
});

describe('compareManifest() with exceptions', () => {
  it('leaves fields of configured mutating webhooks to them', () => {
    const object = admittedDeployment();
    set(object, `${POD}.containers.1`, { name: 'istio-proxy', image: 'istio' });
    set(object, `${POD}.securityContext`, { fsGroup: 1337, runAsUser: 0 });
    set(object, 'metadata.annotations', { 'sidecar.istio.io/status': '{}' });
    const mutated = [
      'spec.template.spec.containers[istio-proxy]',
      'metadata.annotations["sidecar.istio.io/*"]',
      'spec.template.spec.securityContext.fsGroup',
    ].map(pattern);

    assert.deepEqual(
      compare(declaredDeployment(), object, { mutated }),
      differs('spec.template.spec.securityContext.runAsUser'),
    );
  });

  it('leaves replicas to an autoscaler of the commit only where the manifest has none', () => {
    const object = admittedDeployment();
    set(object, 'spec.replicas', 7);
    assert.deepEqual(compare(declaredDeployment(), object, { isScaled: true }), EQUAL);
    const declared = declaredDeployment();
    set(declared, 'spec.replicas', 3);
    assert.deepEqual(compare(declared, object, { isScaled: true }), differs('spec.replicas'));
  });

  it('ignores what the application ignores, and says what it cannot evaluate', () => {
    const object = admittedDeployment();
    set(object, 'spec.replicas', 7);
    const target = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
    const row = { group: 'apps', kind: 'Deployment', name: '', namespace: '' };
    const pointers = matchIgnored([{ ...row, jsonPointers: ['/spec/replicas'] }], target);
    assert.deepEqual(compare(declaredDeployment(), object, { ignored: pointers }), EQUAL);

    const jq = matchIgnored([{ ...row, jqPathExpressions: ['.spec | keys'] }], target);
    assert.deepEqual(compare(declaredDeployment(), object, { ignored: jq }), {
      status: 'not-comparable',
      paths: [],
      kept: [],
      reason: 'ignoreDifferences of the application cannot be evaluated: .spec | keys',
    });
    assert.deepEqual(compare(declaredDeployment(), admittedDeployment(), { ignored: jq }), EQUAL);
  });

  it('leaves the label by which objects are tracked to the tool', () => {
    const object = admittedDeployment();
    set(object, 'metadata.labels', { app: 'web', 'app.kubernetes.io/instance': 'web' });
    const trackingLabel = 'app.kubernetes.io/instance';
    assert.deepEqual(compare(declaredDeployment(), object, { trackingLabel }), EQUAL);
  });
});
