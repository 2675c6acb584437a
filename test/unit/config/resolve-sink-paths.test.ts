import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSinkPaths } from '../../../src/config/resolve-sink-paths.ts';
import { sinksSchema } from '../../../src/sinks/settings.ts';

test('resolveSinkPaths() resolves what names a file, and nothing else', () => {
  const sinks = sinksSchema.parse([
    { type: 'stdout', name: 'file', mask: { hash: ['user.uid'], key: { file: 'keys/mask' } } },
    { type: 'stdout', name: 'plain', mask: { hash: ['user.uid'], key: { env: 'MASK_KEY' } } },
  ]);

  const resolved = resolveSinkPaths(sinks, (path) => `/etc/holdfast/${path}`);

  assert.deepEqual(
    resolved.map(({ name, mask }) => [name, mask.key]),
    [
      ['file', { file: '/etc/holdfast/keys/mask' }],
      ['plain', { env: 'MASK_KEY' }],
    ],
  );
});
