import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvePaths } from '../../../src/config/resolve-paths.ts';
import { configurationSchema } from '../../../src/config/schema.ts';

const FOLDER = '/etc/holdfast';

test('resolvePaths() resolves every path of the sections, and leaves absolute ones', () => {
  const { server, policies, kubernetes, audit } = resolvePaths(
    configurationSchema.parse({
      server: {
        tls: { certificateFile: 'tls.crt', keyFile: '/run/tls.key' },
        clientAuthentication: { caFile: 'ca.crt', commonNames: ['apiserver'] },
      },
      policies: { bundle: 'bundle' },
      kubernetes: {
        kubeconfigFile: 'kubeconfig',
        hub: { kubeconfigFile: 'hub/kubeconfig', cluster: { names: ['spoke'] } },
      },
      audit: { journal: { folder: 'journal', headKeyFile: 'head.jwk' }, hide: { keyFile: 'hide' } },
    }),
    FOLDER,
  );

  assert.deepEqual(
    [
      server.tls.certificateFile,
      server.tls.keyFile,
      server.clientAuthentication?.caFile,
      policies.bundle,
      kubernetes.kubeconfigFile,
      kubernetes.hub?.kubeconfigFile,
      audit.journal?.folder,
      audit.journal?.headKeyFile,
      audit.hide.keyFile,
    ],
    [
      '/etc/holdfast/tls.crt',
      '/run/tls.key',
      '/etc/holdfast/ca.crt',
      '/etc/holdfast/bundle',
      '/etc/holdfast/kubeconfig',
      '/etc/holdfast/hub/kubeconfig',
      '/etc/holdfast/journal',
      '/etc/holdfast/head.jwk',
      '/etc/holdfast/hide',
    ],
  );
});

test('resolvePaths() resolves where bundles of a registry are kept, and its credentials', () => {
  const { policies } = resolvePaths(
    configurationSchema.parse({
      policies: {
        keys: [{ file: 'key.pem' }],
        registry: { reference: 'a.example/b', dockerConfigFile: 'config.json', folder: 'kept' },
      },
    }),
    FOLDER,
  );
  assert.deepEqual(
    [policies.keys[0]?.file, policies.registry?.dockerConfigFile, policies.registry?.folder],
    ['/etc/holdfast/key.pem', '/etc/holdfast/config.json', '/etc/holdfast/kept'],
  );
});

test('resolvePaths() resolves what names a file in a sink, and nothing else', () => {
  const { audit } = resolvePaths(
    configurationSchema.parse({
      audit: {
        journal: {},
        sinks: [
          { type: 'stdout', name: 'file', mask: { hash: ['user.uid'], key: { file: 'mask' } } },
          { type: 'stdout', name: 'plain', mask: { hash: ['user.uid'], key: { env: 'MASK' } } },
        ],
      },
    }),
    FOLDER,
  );

  assert.deepEqual(
    audit.sinks.map(({ name, mask }) => [name, mask.key]),
    [
      ['file', { file: '/etc/holdfast/mask' }],
      ['plain', { env: 'MASK' }],
    ],
  );
});

test('resolvePaths() resolves the files of alert targets, and nothing else', () => {
  const configuration = configurationSchema.parse({
    audit: { journal: {} },
    alerts: {
      rules: [{ name: 'file', match: { apps: ['file'] } }],
      targets: [
        { type: 'pagerduty', name: 'file', routingKey: { file: 'pd' }, tls: { caFile: 'ca' } },
        { type: 'pagerduty', name: 'plain', routingKey: { env: 'KEY' } },
      ],
    },
  });
  const [first, second] = configuration.alerts.targets;
  assert.ok(first !== undefined);

  assert.deepEqual(resolvePaths(configuration, FOLDER).alerts, {
    ...configuration.alerts,
    targets: [
      { ...first, routingKey: { file: '/etc/holdfast/pd' }, tls: { caFile: '/etc/holdfast/ca' } },
      second,
    ],
  });
});

test('resolvePaths() resolves the paths of mirrors', () => {
  const { mirrors } = resolvePaths(
    configurationSchema.parse({
      mirrors: {
        folder: 'mirrors',
        fileFolders: ['git', '/srv/git'],
        credentials: [
          {
            url: 'git@git.example.com:acme',
            ssh: { privateKey: { file: 'identity' }, knownHostsFile: '/run/known_hosts' },
            caFile: 'ca.crt',
          },
        ],
      },
    }),
    FOLDER,
  );

  assert.deepEqual(
    [mirrors.folder, mirrors.fileFolders, mirrors.credentials],
    [
      '/etc/holdfast/mirrors',
      ['/etc/holdfast/git', '/srv/git'],
      [
        {
          url: 'git@git.example.com:acme',
          ssh: {
            privateKey: { file: '/etc/holdfast/identity' },
            knownHostsFile: '/run/known_hosts',
          },
          caFile: '/etc/holdfast/ca.crt',
        },
      ],
    ],
  );
});

test('resolvePaths() resolves what reports are known by, and the file that is followed', () => {
  const { intake } = resolvePaths(
    configurationSchema.parse({
      audit: { journal: {} },
      intake: {
        clientCaFile: 'ca.crt',
        audit: { token: { file: 'token' }, file: { path: 'audit.log' } },
      },
    }),
    FOLDER,
  );
  assert.deepEqual(
    [intake?.clientCaFile, intake?.audit?.token, intake?.audit?.file?.path],
    ['/etc/holdfast/ca.crt', { file: '/etc/holdfast/token' }, '/etc/holdfast/audit.log'],
  );
  const { intake: other } = resolvePaths(
    configurationSchema.parse({
      audit: { journal: {} },
      intake: { audit: { token: { env: 'TOKEN' } } },
    }),
    FOLDER,
  );
  assert.deepEqual(other?.audit, { token: { env: 'TOKEN' }, expectedUsers: [] });
});
