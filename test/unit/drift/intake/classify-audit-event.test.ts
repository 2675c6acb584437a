import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  classifyAnnotations,
  createAuditClassifier,
  writtenObject,
  type AuditClassifierOptions,
} from '../../../../src/drift/intake/classify-audit-event.ts';
import { sampleAuditEvent } from '../../../support/audit-event-samples.ts';

const WRITER = 'system:serviceaccount:argocd:argocd-application-controller';
const OWN = 'system:serviceaccount:holdfast-system:holdfast';
const CONTROLLER = 'system:serviceaccount:kube-system:deployment-controller';
const DECIDED = { 'drift.holdfast.dev/decision': 'D1' };

const OPTIONS: AuditClassifierOptions = {
  webhooks: new Set(['drift.holdfast.dev', 'children.holdfast.dev']),
  writers: new Set([WRITER]),
  expected: new Set(['vault']),
  recovery: new Set(['system:kube-proxy']),
  ownUsername: OWN,
  isJudged: (namespace) => namespace !== 'exempt',
  asksAll: true,
};

function classify(more: object, options: Partial<AuditClassifierOptions> = {}) {
  return createAuditClassifier({ ...OPTIONS, ...options })(sampleAuditEvent(more));
}

function codesOf(more: object, options: Partial<AuditClassifierOptions> = {}) {
  return classify(more, options).map(({ code }) => code);
}

function user(username: string, groups: readonly string[] = []) {
  return { user: { username, groups } };
}

function object(
  resource: string,
  { group = '', name = 'x', namespace = '', subresource = '' } = {},
) {
  return {
    objectRef: { resource, apiGroup: group, apiVersion: 'v1', name, namespace, subresource },
  };
}

describe('what is no event of a finished write', () => {
  for (const [what, more] of [
    ['an earlier stage', { stage: 'ResponseStarted' }],
    ['a read', { verb: 'list' }],
    ['what is no resource', { objectRef: null }],
    ['a dry run', { requestURI: '/api/v1/configmaps?fieldManager=a&dryRun=All' }],
    ['a refused write', { responseStatus: { code: 403 } }],
    ['a write without an answer', { responseStatus: null }],
    ['a write that was asked to be confirmed', { responseStatus: { code: 100 } }],
  ] as const) {
    it(`means nothing: ${what}`, () => {
      assert.deepEqual(classify(more), []);
    });
  }

  it('is no dry run by another value', () => {
    assert.deepEqual(codesOf({ requestURI: '/api/v1/configmaps?dryRun=' }), ['write_unjudged']);
    assert.deepEqual(codesOf({ requestURI: '/api/v1/configmaps' }), ['write_unjudged']);
  });
});

describe('a write without a decision', () => {
  it('counts where the object is managed, or may be', () => {
    assert.deepEqual(classify({}), [
      {
        code: 'write_unjudged',
        cause: ['write_unjudged', 'alice', '', 'configmaps', 'shop', 'checkout'],
        owner: 'possible',
      },
    ]);
  });

  it('counts in a trial, and for what must run first, only where it is known to be managed', () => {
    assert.equal(classify({}, { asksAll: false })[0]?.owner, 'known');
    assert.equal(classify(user('system:kube-proxy'))[0]?.owner, 'known');
  });

  it('has one cause for all writes of a GitOps controller', () => {
    assert.deepEqual(classify(user(WRITER)), [
      { code: 'writer_unjudged', cause: ['writer_unjudged', WRITER], owner: 'possible' },
    ]);
    const impersonatedUser = { username: 'system:serviceaccount:shop:deployer' };
    assert.deepEqual(codesOf({ ...user(WRITER), impersonatedUser }), ['writer_unjudged']);
  });

  for (const [what, more] of [
    ['with a decision', { annotations: DECIDED }],
    ['in an exempt namespace', object('configmaps', { namespace: 'exempt' })],
    ['of an event', object('events')],
    ['of a lease', object('leases', { group: 'coordination.k8s.io' })],
    ['of a status', object('deployments', { group: 'apps', subresource: 'status' })],
    ['into a pod', object('pods', { subresource: 'exec' })],
    ['by a controller of the control plane', user(CONTROLLER)],
    ['by a kubelet', user('system:node:n1', ['system:nodes'])],
    ['by Holdfast', user(OWN)],
  ] as const) {
    it(`is none ${what}`, () => {
      assert.deepEqual(classify(more), []);
    });
  }

  it('is one in the name of those by somebody else', () => {
    for (const username of [CONTROLLER, OWN]) {
      const codes = codesOf({ impersonatedUser: { username } });
      assert.ok(codes.includes('write_unjudged'), username);
    }
  });

  it('is one by an ordinary user with the name of a node', () => {
    assert.deepEqual(codesOf(user('system:node:n1')), ['write_unjudged']);
  });

  it('has no decision by the word of another webhook', () => {
    const annotations = {
      'evil.example.com/decision': 'D1',
      'x.drift.holdfast.dev/decision': 'D1',
    };
    assert.deepEqual(codesOf({ annotations }), ['write_unjudged']);
  });
});

describe('a request in another name', () => {
  it('is told with the user behind it, refused or not', () => {
    const impersonatedUser = { username: 'bob' };
    assert.deepEqual(
      classify({ impersonatedUser, annotations: DECIDED, responseStatus: { code: 403 } }),
      [
        {
          code: 'user_impersonated',
          cause: ['user_impersonated', 'alice', 'bob'],
          owner: 'any',
        },
      ],
    );
  });

  for (const [what, impersonatedUser] of [
    ['a GitOps controller', { username: WRITER }],
    ['the control plane', { username: 'system:kube-controller-manager' }],
    ['a node', { username: 'system:node:n1' }],
    ['a group that may do everything', { username: 'bob', groups: ['system:masters'] }],
  ] as const) {
    it(`is graver in the name of ${what}`, () => {
      assert.deepEqual(codesOf({ impersonatedUser, annotations: DECIDED }), [
        'writer_impersonated',
      ]);
    });
  }

  it('is routine by a GitOps controller in the name of a tenant, and by those who are expected to', () => {
    const annotations = DECIDED;
    const tenant = { username: 'system:serviceaccount:shop:deployer' };
    assert.deepEqual(codesOf({ ...user(WRITER), impersonatedUser: tenant, annotations }), []);
    assert.deepEqual(
      codesOf({ ...user('vault'), impersonatedUser: { username: WRITER }, annotations }),
      [],
    );
    assert.deepEqual(
      codesOf({
        ...user(WRITER),
        impersonatedUser: { username: 'system:apiserver' },
        annotations,
      }),
      ['writer_impersonated'],
    );
  });
});

describe('a webhook that failed open', () => {
  const VALIDATING = 'failed-open.validating.webhook.admission.k8s.io';
  const MUTATING = 'failed-open.mutation.webhook.admission.k8s.io';

  it('has one cause for each of our webhooks', () => {
    const annotations = {
      [`${VALIDATING}/round_0_index_2`]: 'children.holdfast.dev',
      [`${MUTATING}/round_1_index_0`]: 'drift.holdfast.dev',
      [`${VALIDATING}/round_0_index_3`]: 'other.example.com',
      'x.failed-open.validating.webhook.admission.k8s.io/a': 'drift.holdfast.dev',
    };
    assert.deepEqual(classify({ ...user(CONTROLLER), annotations }), [
      {
        code: 'admission_failed_open',
        cause: ['admission_failed_open', 'children.holdfast.dev'],
        owner: 'any',
      },
      {
        code: 'admission_failed_open',
        cause: ['admission_failed_open', 'drift.holdfast.dev'],
        owner: 'any',
      },
    ]);
  });

  it('is read beside the decision of another one of ours', () => {
    const annotations = {
      [`${VALIDATING}/round_0_index_2`]: 'children.holdfast.dev',
      [`${VALIDATING}/round_1_index_2`]: 'children.holdfast.dev',
      ...DECIDED,
    };
    assert.deepEqual(classifyAnnotations({ annotations }, OPTIONS.webhooks), {
      decision: 'D1',
      failedOpen: ['children.holdfast.dev'],
    });
    assert.deepEqual(classifyAnnotations({ annotations: {} }, OPTIONS.webhooks), {
      decision: undefined,
      failedOpen: [],
    });
  });
});

describe('what admission should not have to see', () => {
  const TOKEN = {
    verb: 'create',
    annotations: DECIDED,
    ...object('serviceaccounts', { namespace: 'argocd', subresource: 'token', name: 'default' }),
  };
  const BINDING = {
    verb: 'create',
    annotations: DECIDED,
    ...object('clusterrolebindings', { group: 'rbac.authorization.k8s.io' }),
    responseObject: null,
    requestObject: {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'x' },
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
    },
  };
  const WEBHOOK = {
    verb: 'delete',
    ...object('validatingwebhookconfigurations', { group: 'admissionregistration.k8s.io' }),
  };

  it('is a token that somebody has made', () => {
    assert.deepEqual(classify(TOKEN), [
      {
        code: 'token_minted',
        cause: ['token_minted', 'alice', '', 'serviceaccounts', 'argocd', 'default'],
        owner: 'any',
      },
    ]);
  });

  it('is graver for the account of a GitOps controller', () => {
    const { objectRef } = object('serviceaccounts', {
      namespace: 'argocd',
      subresource: 'token',
      name: 'argocd-application-controller',
    });
    assert.deepEqual(codesOf({ ...TOKEN, objectRef }), ['writer_token_minted']);
  });

  it('is a change of what no webhook is asked about', () => {
    assert.deepEqual(codesOf(WEBHOOK), ['admission_configuration_changed']);
    const status = object('validatingadmissionpolicies', {
      group: 'admissionregistration.k8s.io',
      subresource: 'status',
    });
    assert.deepEqual(codesOf({ ...WEBHOOK, ...status }), []);
  });

  it('is a role or a binding that gives everything', () => {
    assert.deepEqual(codesOf(BINDING), ['rbac_escalated']);
    assert.deepEqual(codesOf({ ...BINDING, verb: 'patch' }), [], 'a patch is not the whole');
    assert.deepEqual(codesOf({ ...BINDING, verb: 'delete' }), []);
    assert.deepEqual(codesOf({ ...BINDING, verb: 'deletecollection' }), []);
  });

  for (const [what, who] of [
    ['a GitOps controller', user(WRITER)],
    ['Holdfast', user(OWN)],
    ['the control plane', user('system:apiserver')],
    ['a kubelet', user('system:node:n1', ['system:nodes'])],
    ['those who are expected to', user('vault')],
  ] as const) {
    it(`is routine by ${what}`, () => {
      for (const event of [TOKEN, BINDING, WEBHOOK]) {
        assert.deepEqual(codesOf({ ...event, ...who }), []);
      }
    });
  }

  it('is none in their name by somebody else', () => {
    const impersonatedUser = { username: 'system:apiserver' };
    assert.deepEqual(codesOf({ ...WEBHOOK, impersonatedUser }), [
      'writer_impersonated',
      'admission_configuration_changed',
    ]);
    assert.deepEqual(codesOf({ ...WEBHOOK, ...user('vault'), impersonatedUser }), []);
  });
});

describe('writtenObject()', () => {
  const whole = { kind: 'ConfigMap', metadata: {} };
  for (const [what, more, expected] of [
    ['what was stored', { responseObject: whole }, whole],
    ['what was sent, where no more is told', { verb: 'update', requestObject: whole }, whole],
    [
      'what was sent, where the answer is a Status',
      {
        verb: 'create',
        requestObject: whole,
        responseObject: { kind: 'Status', metadata: {} },
      },
      whole,
    ],
    ['no patch', { verb: 'patch', requestObject: whole }, undefined],
    ['no text', { verb: 'create', requestObject: 'x' }, undefined],
    ['nothing without metadata', { verb: 'create', requestObject: { kind: 'A' } }, undefined],
    ['nothing without a kind', { verb: 'create', requestObject: { metadata: {} } }, undefined],
  ] as const) {
    it(`is ${what}`, () => {
      const event = sampleAuditEvent({ responseObject: null, ...more });
      assert.deepEqual(writtenObject(event), expected);
    });
  }
});
