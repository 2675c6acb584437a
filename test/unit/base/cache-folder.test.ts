import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { cacheFolder } from '../../../src/base/cache-folder.ts';

describe('cacheFolder()', () => {
  const home = join(homedir(), '.cache', 'holdfast');

  for (const [value, wanted] of [
    ['/var/cache', '/var/cache/holdfast'],
    ['relative/cache', home],
    ['', home],
    [undefined, home],
  ] as const) {
    it(`is ${wanted} where XDG_CACHE_HOME is ${value ?? 'not set'}`, () => {
      assert.equal(cacheFolder(value === undefined ? {} : { XDG_CACHE_HOME: value }), wanted);
    });
  }
});
