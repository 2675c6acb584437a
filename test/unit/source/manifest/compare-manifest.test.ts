import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matchIgnored } from '../../../../src/source/manifest/ignore-differences.ts';
import { parsePathPattern } from '../../../../src/source/manifest/parse-path-pattern.ts';
import {
  admittedDeployment,
  compare,
  COMPARISON_LIMITS,
  declaredDeployment,
} from '../../../support/manifest-samples.ts';
import type { Sample } from '../../../support/manifest-samples.ts';

const EQUAL = { status: 'equal', paths: [], kept: [] };

function differs(...paths: readonly string[]) {
  return { status: 'differs', paths, kept: [] };
}

function podOf(object: Sample): Sample {
  return object['spec'].template.spec;
}

function pattern(text: string) {
  const parsed = parsePathPattern(text);
  assert.ok(parsed.ok);
  return parsed.pattern;
}

describe('compareManifest() of a request that creates', () => {
  it('accounts for defaults, quantities, dropped empty values and fields of the server', () => {
    assert.deepEqual(compare(declaredDeployment(), admittedDeployment()), EQUAL);
  });

  const injections: readonly (readonly [string, (object: Sample) => void, readonly string[]])[] = [
    [
      'a container',
      (object) => podOf(object)['containers'].push({ name: 'miner', image: 'x' }),
      ['spec.template.spec.containers[miner]'],
    ],
    [
      'an init container',
      (object) => (podOf(object)['initContainers'] = [{ name: 'first', image: 'x' }]),
      ['spec.template.spec.initContainers[first]'],
    ],
    [
      'a variable',
      (object) => podOf(object)['containers'][0].env.push({ name: 'LD_PRELOAD', value: '/x.so' }),
      ['spec.template.spec.containers[app].env[LD_PRELOAD]'],
    ],
    [
      'another image',
      (object) => (podOf(object)['containers'][0].image = 'registry.example/web:evil'),
      ['spec.template.spec.containers[app].image'],
    ],
    [
      'a capability',
      (object) => {
        podOf(object)['containers'][0].securityContext = { capabilities: { add: ['SYS_ADMIN'] } };
      },
      ['spec.template.spec.containers[app].securityContext'],
    ],
    [
      'a volume of the node',
      (object) =>
        (podOf(object)['volumes'] = [{ name: 'root', hostPath: { path: '/', type: '' } }]),
      ['spec.template.spec.volumes[root]'],
    ],
    [
      'the network of the node',
      (object) => (podOf(object)['hostNetwork'] = true),
      ['spec.template.spec.hostNetwork'],
    ],
    [
      'another account',
      (object) => (podOf(object)['serviceAccountName'] = 'admin'),
      ['spec.template.spec.serviceAccountName'],
    ],
    [
      'a label and an annotation',
      (object) => {
        object['metadata'].labels.extra = 'x';
        object['metadata'].annotations['a.b/c'] = 'x';
      },
      ['metadata.labels.extra', 'metadata.annotations["a.b/c"]'],
    ],
    [
      'an owner and a finalizer',
      (object) => {
        object['metadata'].ownerReferences = [{ uid: 'u', kind: 'ConfigMap', name: 'x' }];
        object['metadata'].finalizers = ['a.b/c'];
      },
      ['metadata.ownerReferences[u]', 'metadata.finalizers["a.b/c"]'.replaceAll('"', '')],
    ],
    ['more replicas', (object) => (object['spec'].replicas = 5), ['spec.replicas']],
    [
      'a variable taken away',
      (object) => podOf(object)['containers'][0].env.shift(),
      ['spec.template.spec.containers[app].env[A]'],
    ],
    [
      'variables in another order',
      (object) => podOf(object)['containers'][0].env.reverse(),
      ['spec.template.spec.containers[app].env'],
    ],
    [
      'what only a server allocates',
      (object) => (object['metadata'].annotations['deployment.kubernetes.io/revision'] = 'rm -rf'),
      ['metadata.annotations["deployment.kubernetes.io/revision"]'],
    ],
  ];
  for (const [name, inject, paths] of injections) {
    it(`finds ${name}`, () => {
      const object = admittedDeployment();
      inject(object);

      assert.deepEqual(compare(declaredDeployment(), object), differs(...paths));
    });
  }

  it('does not take an absent flag for a false one where the API tells them apart', () => {
    const declared = declaredDeployment();
    podOf(declared)['automountServiceAccountToken'] = false;
    podOf(declared)['hostNetwork'] = false;

    assert.deepEqual(
      compare(declared, admittedDeployment()),
      differs('spec.template.spec.automountServiceAccountToken'),
    );
  });

  it('finds every field that is added anywhere', () => {
    const places = ['metadata', 'spec', 'template', 'pod', 'container', 'strategy'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom('x', '1', 'true'), (place, value) => {
        const object = admittedDeployment();
        const [target, field] = {
          metadata: [object['metadata'].labels, 'added'],
          spec: [object['spec'], 'minReadySeconds'],
          template: [object['spec'].template.metadata.labels, 'added'],
          pod: [podOf(object), 'nodeName'],
          container: [podOf(object)['containers'][0], 'workingDir'],
          strategy: [object['spec'].selector.matchLabels, 'added'],
        }[place] as [Sample, string];
        target[field] = value;

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
    stored['spec'].replicas = 5;
    stored['metadata'].annotations['sidecar.example/injected'] = 'yes';
    podOf(stored)['containers'].push({ name: 'proxy', image: 'proxy:1' });
    const object = structuredClone(stored);

    const fact = compare(declaredDeployment(), object, { stored });

    assert.deepEqual(fact, {
      status: 'equal',
      paths: [],
      kept: [
        'metadata.annotations["sidecar.example/injected"]',
        'spec.replicas',
        'spec.template.spec.containers[proxy]',
      ],
    });
  });

  it('finds a change of what only the stored object has', () => {
    const stored = admittedDeployment();
    podOf(stored)['containers'].push({ name: 'proxy', image: 'proxy:1' });
    const object = structuredClone(stored);
    podOf(object)['containers'][1].image = 'proxy:evil';

    assert.deepEqual(compare(declaredDeployment(), object, { stored }), {
      status: 'differs',
      paths: ['spec.template.spec.containers[proxy].image'],
      kept: ['spec.template.spec.containers[proxy].name'],
    });
  });

  it('finds what it takes away, and not what was away before', () => {
    const stored = admittedDeployment();
    const object = structuredClone(stored);
    delete object['metadata'].labels.app;
    assert.deepEqual(
      compare(declaredDeployment(), object, { stored }),
      differs('metadata.labels.app'),
    );

    const again = compare(declaredDeployment(), object, { stored: structuredClone(object) });
    assert.deepEqual(again, { status: 'equal', paths: [], kept: ['metadata.labels.app'] });
  });

  it('does not let half of one list and half of another pass', () => {
    const declared = declaredDeployment();
    podOf(declared)['containers'][0].command = ['serve', '--safe'];
    const stored = admittedDeployment();
    podOf(stored)['containers'][0].command = ['debug', '--unsafe'];
    const object = structuredClone(stored);
    podOf(object)['containers'][0].command = ['serve', '--unsafe'];

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
    podOf(declared)['containers'][0].env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ];
    const object = admittedDeployment();
    podOf(object)['containers'][0].env = [{ name: 'A', value: '2' }];
    assert.deepEqual(compare(declared, object), EQUAL);

    podOf(object)['containers'][0].env = [{ name: 'A', value: '3' }];
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
      reason: 'the schema of the kind is not known, and these fields may be defaults: spec.b',
    });
    assert.deepEqual(compare(declared, { ...added, spec: { a: 2, b: 2 } }), differs('spec.a'));
  });

  it('does not call a field of a newer Kubernetes a difference', () => {
    const object = admittedDeployment();
    podOf(object)['newerField'] = true;

    assert.equal(compare(declaredDeployment(), object).status, 'not-comparable');
  });
});

describe('compareManifest() with exceptions', () => {
  it('leaves fields of configured mutating webhooks to them', () => {
    const object = admittedDeployment();
    podOf(object)['containers'].push({ name: 'istio-proxy', image: 'istio' });
    podOf(object)['securityContext'] = { fsGroup: 1337, runAsUser: 0 };
    object['metadata'].annotations['sidecar.istio.io/status'] = '{}';
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
    object['spec'].replicas = 7;
    assert.deepEqual(compare(declaredDeployment(), object, { isScaled: true }).status, 'differs');
  });

  it('ignores what the application ignores, and says what it cannot evaluate', () => {
    const object = admittedDeployment();
    object['spec'].replicas = 7;
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
    object['metadata'].labels['app.kubernetes.io/instance'] = 'web';
    const trackingLabel = 'app.kubernetes.io/instance';
    assert.deepEqual(compare(declaredDeployment(), object, { trackingLabel }), EQUAL);
  });
});

describe('compareManifest() of hostile objects', () => {
  it('fails closed beyond its limits', () => {
    const limits = { ...COMPARISON_LIMITS, valuesMax: 5 };
    const fact = compare(declaredDeployment(), admittedDeployment(), { limits });
    assert.equal(fact.status, 'differs');
  });

  it('lists no more paths than allowed, and none longer', () => {
    const object = admittedDeployment();
    for (let index = 0; index < 100; index += 1) {
      object['metadata'].labels[`label-${index}-${'x'.repeat(500)}`] = 'x';
    }
    const { paths } = compare(declaredDeployment(), object);
    assert.equal(paths.length, COMPARISON_LIMITS.pathsMax);
    assert.ok(paths.every((path) => path.length <= COMPARISON_LIMITS.pathCharsMax + 1));
  });

  it('reads own keys only', () => {
    const object: Sample = JSON.parse(JSON.stringify(admittedDeployment()));
    Object.defineProperty(object['metadata'].labels, '__proto__', {
      value: 'x',
      enumerable: true,
    });
    assert.deepEqual(compare(declaredDeployment(), object), differs('metadata.labels.__proto__'));
  });

  it('answers for values of any type in any place', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const declared = { ...declaredDeployment(), spec: one };
        const object = { ...admittedDeployment(), spec: other };
        assert.ok(
          ['equal', 'differs', 'not-comparable'].includes(compare(declared, object).status),
        );
      }),
    );
  });
});
