/** Every preset of an operator lets pass what the operator's own code writes, and nothing beside it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createOfflineDecider, type OfflineDecider } from '../../src/compose/offline.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { expandPreset } from '../../src/identity/presets/list-operators.ts';
import type { Operator } from '../../src/identity/presets/list-operators.ts';
import type { OperatorPreset } from '../../src/identity/presets/operator-preset.ts';
import {
  OPERATOR_PRESETS,
  OPERATOR_PRESET_NAMES,
} from '../../src/identity/presets/operator-presets.ts';
import type { OperatorPresetName } from '../../src/identity/presets/operator-presets.ts';
import { PRESET_REQUESTS, type PresetRequest } from '../support/operators/preset-requests.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const ROOT = join(import.meta.dirname, '../..');
const NAMESPACE = 'shop';
const NAME = 'checkout';

function kindOf({ group, kind }: Pick<PresetRequest, 'group' | 'kind'>): object {
  return { apiVersion: group === '' ? 'v1' : `${group}/v1`, kind };
}

/** The object with the mark of the application that lists it, as Argo CD applied it. */
function objectOf(request: PresetRequest, members: Readonly<Record<string, unknown>>) {
  const { metadata = {}, ...rest } = members;
  const { annotations = {}, ...others } = Object(metadata);
  const mark = `shop:${request.group}/${request.kind}:${NAMESPACE}/${NAME}`;
  const declared = Object.keys(request.before ?? {}).filter((key) => key !== 'metadata');
  return {
    ...kindOf(request),
    metadata: {
      name: NAME,
      namespace: NAMESPACE,
      uid: 'stored',
      annotations: { 'argocd.argoproj.io/tracking-id': mark, ...annotations },
      managedFields: [
        {
          manager: 'argocd-controller',
          operation: 'Apply',
          apiVersion: request.group === '' ? 'v1' : `${request.group}/v1`,
          fieldsType: 'FieldsV1',
          fieldsV1: declaredFields(request.before ?? {}, declared),
        },
      ],
      ...others,
    },
    ...rest,
  };
}

/** What Git declares: the members before the write, and the mark. */
function declaredFields(stored: Readonly<Record<string, unknown>>, members: readonly string[]) {
  const fieldsOf = (value: unknown): object =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, of]) => [`f:${key}`, fieldsOf(of)]))
      : {};
  const mark = { 'f:argocd.argoproj.io/tracking-id': {} };
  return {
    'f:metadata': { 'f:annotations': mark },
    ...Object.fromEntries(members.map((key) => [`f:${key}`, fieldsOf(stored[key])])),
  };
}

function reviewOf(
  request: PresetRequest,
  { username, uid = 'u' }: { username: string; uid?: string },
) {
  const [resource = '', subResource] = request.resource.split('/');
  const stored = { ...objectOf(request, request.before ?? {}) };
  const whole = objectOf(request, { ...request.before, ...request.after });
  const object =
    subResource === 'scale' || subResource === 'eviction'
      ? { ...kindOf(request), metadata: { name: NAME, namespace: NAMESPACE }, ...request.after }
      : whole;
  const old = subResource === 'scale' ? { ...object, evil: undefined, ...request.before } : stored;
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '00000000-0000-0000-0000-000000000001',
      kind: {
        group: subResource === 'scale' ? 'autoscaling' : request.group,
        version: 'v1',
        kind: request.kind,
      },
      resource: { group: request.group, version: 'v1', resource },
      ...(subResource !== undefined && { subResource }),
      name: NAME,
      namespace: NAMESPACE,
      operation: request.verb,
      userInfo: {
        username,
        ...(uid !== '' && { uid }),
        groups: ['system:serviceaccounts'],
        ...(uid !== '' && {
          extra: {
            'authentication.kubernetes.io/pod-name': ['operator-0'],
            'authentication.kubernetes.io/pod-uid': ['p'],
          },
        }),
      },
      object,
      ...(request.verb === 'UPDATE' && { oldObject: old }),
    },
  };
  return Buffer.from(JSON.stringify(review));
}

/** A Deployment, and an autoscaler from Git that targets it. */
const DEPLOYMENT: PresetRequest = {
  part: '',
  verb: 'UPDATE',
  group: 'apps',
  resource: 'deployments',
  kind: 'Deployment',
  after: {},
};
const CLUSTER_STATE = [
  objectOf(DEPLOYMENT, { spec: { replicas: 1 } }),
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: 'web',
      namespace: NAMESPACE,
      annotations: {
        'argocd.argoproj.io/tracking-id': `shop:autoscaling/HorizontalPodAutoscaler:${NAMESPACE}/web`,
      },
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: NAME },
      minReplicas: 1,
      maxReplicas: 5,
    },
  },
];

async function openDecider(preset: OperatorPresetName): Promise<OfflineDecider> {
  const written = JSON.stringify({
    cluster: { name: 'test' },
    identity: { operatorPresets: [{ preset }] },
    policies: { bundle: await bundleFolder() },
  });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: ROOT });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return await createOfflineDecider(parsed.configuration, { clusterStateObjects: CLUSTER_STATE });
}

function operatorOf(preset: OperatorPresetName, part: string): Operator {
  const { accounts }: OperatorPreset = OPERATOR_PRESETS[preset];
  const operator = expandPreset({ preset, accounts: {} })[Object.keys(accounts).indexOf(part)];
  assert.ok(operator !== undefined, `${preset} has no part ${part}`);
  return operator;
}

/** The same write with something beside it, or as something else. */
function spoil(request: PresetRequest): readonly (readonly [string, PresetRequest])[] {
  const { after: sent } = request;
  const { metadata = {} } = sent;
  const [resource] = request.resource.split('/');
  return [
    ['another member', { ...request, after: { ...sent, evil: { a: 'b' } } }],
    [
      'another finalizer',
      {
        ...request,
        after: { ...sent, metadata: { ...Object(metadata), finalizers: ['evil.example.com/a'] } },
      },
    ],
    [
      'another annotation',
      {
        ...request,
        after: {
          ...sent,
          metadata: { ...Object(metadata), annotations: { 'evil.example.com/a': 'b' } },
        },
      },
    ],
    ['a resource of another group', { ...request, group: 'evil.example.com' }],
    [
      'another resource',
      { ...request, resource: request.resource.replace(resource ?? '', 'evils') },
    ],
  ];
}

/** Groups and resources that a rule leaves open; there, another one is no difference. */
function isOpen(operator: Operator, what: string): boolean {
  const all = (values: readonly string[]) =>
    values.some((value) => value === '*' || value.startsWith('*/'));
  if (what === 'a resource of another group') {
    return operator.rules.some(({ groups }) => all(groups));
  }
  if (what === 'another resource') return operator.rules.some(({ resources }) => all(resources));
  return false;
}

for (const preset of OPERATOR_PRESET_NAMES) {
  describe(`the preset ${preset}`, () => {
    let decider: OfflineDecider;
    before(async () => {
      decider = await openDecider(preset);
    });
    after(() => decider.close());

    const codeOf = async (request: PresetRequest, user: { username: string; uid?: string }) => {
      const verdict = await decider.decide(reviewOf(request, user), 'validate');
      assert.ok(verdict.status === 'decided', JSON.stringify(verdict));
      return verdict.decision.allowed ? 'allowed' : verdict.decision.message;
    };

    for (const [index, request] of PRESET_REQUESTS[preset].entries()) {
      const operator = operatorOf(preset, request.part);
      const { username } = operator;
      const what = `${request.verb} ${request.resource}.${request.group} (${index + 1})`;

      it(`lets ${request.part} ${what}`, async () => {
        const code = await codeOf(request, { username });
        // A snapshot of the cluster does not say what an application lists; that it does is tried on a real one.
        if (request.restores === true) {
          assert.match(code, /a restore brings back only what it lists/u);
        } else assert.equal(code, 'allowed');
      });
      if (request.free === true) {
        continue;
      }

      it(`lets nobody else ${what}`, async () => {
        const others = [`${username}-2`, username.replace(/:[^:]+:([^:]+)$/u, ':evil:$1'), 'alice'];
        for (const other of others) {
          assert.notEqual(await codeOf(request, { username: other }), 'allowed');
        }
        assert.notEqual(await codeOf(request, { username, uid: '' }), 'allowed', 'impersonated');
      });

      it(`lets ${request.part} do nothing beside ${what}`, async () => {
        for (const [how, spoiled] of spoil(request)) {
          if (
            request.verb === 'CREATE' &&
            how.startsWith('another ') &&
            how !== 'another resource'
          ) {
            continue;
          }
          if (request.resource.endsWith('/scale') && how !== 'another member') {
            continue;
          }
          if (isOpen(operator, how)) {
            continue;
          }
          // Of a custom kind, whoever runs reports what he observed.
          if (request.resource.endsWith('/status') && how === 'a resource of another group') {
            continue;
          }
          assert.notEqual(await codeOf(spoiled, { username }), 'allowed', how);
        }
      });
    }

    it('has a request for each of its rules', () => {
      const { accounts }: OperatorPreset = OPERATOR_PRESETS[preset];
      const unused = Object.entries(accounts).flatMap(([part, { rules }]) =>
        rules
          .filter(
            ({ verbs, groups, resources }) =>
              !PRESET_REQUESTS[preset].some(
                (request) =>
                  request.part === part &&
                  verbs.includes(request.verb) &&
                  groups.some((group) => group === '*' || group === request.group) &&
                  resources.some(
                    (one) => one === '*' || one.startsWith('*/') || one === request.resource,
                  ),
              ),
          )
          .map(({ why }) => why),
      );

      assert.deepEqual(unused, []);
    });
  });
}
