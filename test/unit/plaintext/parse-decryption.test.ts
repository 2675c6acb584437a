import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDecryption } from '../../../src/plaintext/parse-decryption.ts';

const git = { repoURL: 'https://git.example.com/shop', path: 'shop' };

describe('parseDecryption()', () => {
  for (const [what, object, value] of [
    ['nothing of an Application', { spec: { source: git } }, null],
    ['nothing of one with several sources', { spec: { sources: [git, git] } }, null],
    ['nothing of a Kustomization', { spec: { path: 'shop', decryption: null } }, null],
    ['SOPS', { spec: { decryption: { provider: 'sops' } } }, { by: 'sops', name: '' }],
    ['no decryption without a provider', { spec: { decryption: { provider: '' } } }, null],
    [
      'a plugin by its name',
      { spec: { source: { ...git, plugin: { name: 'vault' } } } },
      { by: 'plugin', name: 'vault' },
    ],
    ['a plugin without a name', { spec: { source: { plugin: {} } } }, { by: 'plugin', name: '' }],
    [
      'a plugin of one of several sources',
      { spec: { sources: [git, { plugin: { name: 'vault' } }] } },
      { by: 'plugin', name: 'vault' },
    ],
    [
      'a plugin that Argo CD found by the files',
      { spec: { source: git }, status: { sourceType: 'Plugin' } },
      { by: 'plugin', name: '' },
    ],
    [
      'the same of several sources',
      { spec: { sources: [git, git] }, status: { sourceTypes: ['Helm', 'Plugin'] } },
      { by: 'plugin', name: '' },
    ],
    [
      'nothing of other types',
      { spec: { source: git }, status: { sourceType: 'Kustomize', sourceTypes: null } },
      null,
    ],
    [
      'helm-secrets',
      { spec: { source: { helm: { valueFiles: ['values.yaml', 'secrets://db.yaml'] } } } },
      { by: 'helm-secrets', name: '' },
    ],
    [
      'helm-secrets with a key',
      { spec: { sources: [{ helm: { valueFiles: ['secrets+age-import:///k?db.yaml'] } }] } },
      { by: 'helm-secrets', name: '' },
    ],
    [
      'nothing of value files of such a name',
      { spec: { source: { helm: { valueFiles: ['secrets/db.yaml', 'a/secrets://b'] } } } },
      null,
    ],
  ] as const) {
    it(`tells ${what}`, () => {
      assert.deepEqual(parseDecryption(object), { ok: true, value });
    });
  }

  it('refuses what has another form', () => {
    for (const object of [
      undefined,
      null,
      {},
      { spec: [] },
      { spec: { source: { plugin: 'a' } } },
    ]) {
      assert.deepEqual(parseDecryption(object), { ok: false });
    }
  });
});
