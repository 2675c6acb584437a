import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readContainerMemory } from '../../../src/base/container-memory.ts';

test('readContainerMemory() takes a limit below the memory of the machine, and no other number', () => {
  assert.deepEqual(
    [
      readContainerMemory(512, 4096),
      readContainerMemory(0, 4096),
      readContainerMemory(2 ** 63, 4096),
    ],
    [512, undefined, undefined],
  );
});
