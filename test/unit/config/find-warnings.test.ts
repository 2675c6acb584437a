import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findWarnings } from '../../../src/config/find-warnings.ts';
import { configurationSchema } from '../../../src/config/schema.ts';

const writer = { name: 'argocd', username: 'system:serviceaccount:argocd:a', tool: 'argocd' };
const identity = { writers: [writer] };
const webhook = { type: 'webhook', name: 'siem', url: 'https://collector.example.com/' };

const manager = { ...writer, username: 'system:serviceaccount:kube-system:argocd-manager' };
const LISTED = `sha256:${'a'.repeat(64)}`;
const hub = { kubeconfigFile: 'hub', cluster: { servers: ['https://10.0.0.1:6443'] } };

const RULED = {
  commits: {
    allowedSignersFile: '/keys/allowed_signers',
    rules: [
      {
        name: 'platform',
        repositories: ['https://git.example.com/**'],
        signers: [{ scheme: 'ssh', principal: 'a@example.com' }],
      },
    ],
  },
  images: {
    authorities: [{ name: 'release', keyFiles: ['/keys/release.pub'] }],
    rules: [{ name: 'shop', images: ['registry.example.com/**'], authorities: ['release'] }],
  },
};

for (const [name, file, paths] of [
  ['nothing where all is well', { identity }, []],
  ['no writer', {}, ['identity.writers']],
  ['an open server', { identity, server: { host: '0.0.0.0' } }, ['server.host']],
  [
    'nothing of an open server that authenticates its callers',
    {
      identity,
      server: { host: '0.0.0.0', clientAuthentication: { caFile: 'ca', commonNames: ['a'] } },
    },
    [],
  ],
  [
    'a writer whose proof anyone can make',
    {
      identity: {
        writers: [
          { ...writer, proof: 'none' },
          { ...writer, name: 'b', username: 'system:serviceaccount:argocd:b', proof: 'legacy' },
          {
            ...writer,
            name: 'c',
            username: 'system:serviceaccount:argocd:c',
            proof: 'impersonated',
          },
          { ...writer, name: 'd', username: 'system:serviceaccount:argocd:d', proof: 'unbound' },
        ].map((each) => ({ ...each, tool: 'flux' })),
      },
    },
    ['identity.writers.0.proof', 'identity.writers.1.proof', 'identity.writers.3.credentials'],
  ],
  [
    'a writer whose Applications are nowhere',
    { identity: { writers: [{ ...manager, proof: 'unbound', credentials: [LISTED] }] } },
    ['kubernetes.hub'],
  ],
  [
    'a writer of another cluster that is to show a pod of this one',
    { identity: { writers: [manager] } },
    ['kubernetes.hub', 'identity.writers.0.proof'],
  ],
  [
    'that no pod proves the Argo CD of a hub',
    { identity, kubernetes: { hub } },
    ['identity.writers.0.proof'],
  ],
  [
    'that a Secret token of the hub proves little',
    { identity: { writers: [{ ...manager, proof: 'legacy' }] }, kubernetes: { hub } },
    ['identity.writers.0.proof'],
  ],
  [
    'nothing of a hub whose token is listed',
    {
      identity: { writers: [{ ...manager, proof: 'unbound', credentials: [LISTED] }] },
      kubernetes: { hub },
    },
    [],
  ],
  [
    'nothing of Argo CD in this cluster that impersonates',
    { identity: { writers: [{ ...writer, proof: 'impersonated' }] } },
    [],
  ],
  [
    'keys of bundles without a bundle',
    { identity, policies: { keys: [{ file: 'a.pem' }] } },
    ['policies.keys'],
  ],
  [
    'policies that are off everywhere',
    { identity, policies: { mode: 'off', namespaces: { '*': 'off' } } },
    ['policies.mode', 'policies.namespaces.*'],
  ],
  [
    'policies that an override turns off everywhere, and none that it turns off somewhere',
    {
      identity,
      policies: {
        overrides: [
          { namespaces: ['dev-*'], mode: 'off' },
          {
            namespaces: ['*'],
            namespaceSelector: { matchLabels: { stage: 'dev' } },
            mode: 'off',
          },
          { namespaces: ['*'], mode: 'warn' },
          { namespaces: ['a', '*'], mode: 'off' },
        ],
      },
    },
    ['policies.overrides.3'],
  ],
  [
    'an engine that may use all of the request’s time',
    { identity, engine: { deadlineMs: 5000 } },
    ['engine.deadlineMs'],
  ],
  [
    'waits that end with the request',
    {
      identity,
      limits: { requestDeadlineMs: 2000 },
      commits: { ...RULED.commits, waitMs: 1501 },
      images: { ...RULED.images, waitMs: 1501 },
    },
    ['commits.waitMs', 'images.waitMs'],
  ],
  [
    'nothing of waits that are over before, or of what is not judged',
    {
      identity,
      limits: { requestDeadlineMs: 2000 },
      commits: { ...RULED.commits, waitMs: 1500 },
      images: { waitMs: 20_000 },
    },
    [],
  ],
  [
    'a web hook that cannot tell us from others',
    { identity, audit: { journal: {}, sinks: [{ type: 'stdout', name: 'out' }, webhook] } },
    ['audit.sinks.1'],
  ],
  [
    'nothing of a web hook that can',
    {
      identity,
      audit: { journal: {}, sinks: [{ ...webhook, signingKey: { env: 'SIGNING_KEY' } }] },
    },
    [],
  ],
] as const) {
  test(`findWarnings() finds ${name}`, () => {
    const warnings = findWarnings(configurationSchema.parse(file), () => false);

    assert.deepEqual(
      warnings.map(({ path }) => path.join('.')),
      paths,
    );
  });
}
