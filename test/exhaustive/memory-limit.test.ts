/**
 * The worst reviews in a container of the shipped size: each is answered by a verdict, and the kernel ends nothing.
 *
 * The process runs in a control group with the memory limit of the chart and nothing to swap to. Where control groups cannot be
 * written, the test is skipped.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MIB, skipWithoutMemoryGroup, startContained } from '../support/contained-holdfast.ts';
import { heavyReview, HEAVY_SHAPES } from '../support/heavy-reviews.ts';

const BURSTS: readonly (readonly [count: number, bytes: number])[] = [
  [4, 2.8 * MIB],
  [8, 1.4 * MIB],
];

const skip = skipWithoutMemoryGroup();

for (const [name, shape] of Object.entries(HEAVY_SHAPES)) {
  test(
    `in the shipped memory, reviews at a time of ${name} are answered by a verdict`,
    { skip },
    async (context) => {
      const { child, group, post } = await startContained(context);
      for (const [count, bytes] of BURSTS) {
        const answers = await Promise.all(
          Array.from({ length: count }, (_, index) =>
            post(heavyReview({ shape, bytes, uid: `uid-${index}` })),
          ),
        );
        for (const [index, answer] of answers.entries()) {
          assert.match(
            answer,
            new RegExp(`^200 .*"uid":"uid-${index}","allowed":(true|false)`, 'u'),
          );
        }
      }
      assert.deepEqual([group.kills(), child.exitCode, child.signalCode], [0, null, null]);
      context.diagnostic(`${Math.round(group.peakBytes() / MIB)} MiB at most`);
    },
  );
}
