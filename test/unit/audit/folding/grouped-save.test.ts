import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupedSave } from '../../../../src/audit/folding/grouped-save.ts';

/** A disk that finishes a write when it is told to. */
class SlowDisk {
  value = 0;
  readonly written: number[] = [];
  readonly #finish: PromiseWithResolvers<void>[] = [];

  readonly write = async (): Promise<void> => {
    this.written.push(this.value);
    const finish = Promise.withResolvers<void>();
    this.#finish.push(finish);
    await finish.promise;
  };

  finish(index: number): void {
    this.#finish[index]?.resolve();
  }

  fail(index: number): void {
    this.#finish[index]?.reject(new Error('disk full'));
  }
}

test('what changes during a save is in the next one, which all share', async () => {
  const disk = new SlowDisk();
  const saves = new GroupedSave(disk.write);
  const waiting = [1, 2, 3].map((value) => {
    disk.value = value;
    return saves.save();
  });
  disk.finish(0);
  await waiting[0];
  const settled: number[] = [];
  for (const [index, saved] of waiting.entries()) {
    saved.then(
      () => settled.push(index),
      () => undefined,
    );
  }
  await new Promise(setImmediate);

  assert.deepEqual(disk.written, [1, 3]);
  assert.deepEqual(settled, [0]);
  disk.finish(1);
  await Promise.all(waiting);
  assert.deepEqual(settled, [0, 1, 2]);
});

test('a save that fails fails for those who waited for it, and the next one is tried', async () => {
  const disk = new SlowDisk();
  const saves = new GroupedSave(disk.write);
  const first = saves.save();
  disk.value = 2;
  const second = saves.save();
  disk.fail(0);

  await assert.rejects(first, /disk full/u);
  await new Promise(setImmediate);
  disk.finish(1);
  await second;
  assert.deepEqual(disk.written, [0, 2]);
});

test('a save begins at once where none is under way', async () => {
  const disk = new SlowDisk();
  const saves = new GroupedSave(disk.write);
  const first = saves.save();
  disk.finish(0);
  await first;

  const second = saves.save();

  assert.equal(disk.written.length, 2);
  disk.finish(1);
  await second;
});
