import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeFiles, readObjects } from '../../../../src/compose/evaluate/judge-files.ts';
import type { BoundedRead } from '../../../../src/base/read-bounded.ts';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\n`;
const FILES: Readonly<Record<string, string>> = {
  'a.yaml': pod('a'),
  'b.yaml': `${pod('b')}---\n${pod('c')}`,
  'none.yaml': '[1]',
};

function readFile(file: string): Promise<BoundedRead> {
  const text = FILES[file];
  return Promise.resolve(
    text === undefined
      ? { ok: false, reason: 'no such file' }
      : { ok: true, bytes: Buffer.from(text) },
  );
}

/** Rejects each review with its own text as the message: what was asked is what is seen. */
const decider = {
  decide: (bytes: Uint8Array) =>
    Promise.resolve({
      status: 'rejected',
      code: 'x',
      message: Buffer.from(bytes).toString('utf8'),
    } as const),
};

async function judge(files: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const options = {
    decider,
    readFile,
    route: 'validate',
    user: { username: 'alice' },
    stored: [],
  } as const;
  for await (const found of judgeFiles(files, options)) {
    if (found.kind === 'fault') lines.push(`${found.fault.source}: ${found.fault.reason}`);
    else if (found.review.verdict.status === 'rejected') {
      const { name } = /"name":"(?<name>\w+)"/u.exec(found.review.verdict.message)?.groups ?? {};
      lines.push(`${found.review.source} ${name ?? ''}`);
    }
  }
  return lines;
}

describe('judgeFiles()', () => {
  it('judges every review in order, and goes on behind what cannot be used', async () => {
    assert.deepEqual(await judge(['a.yaml', 'missing.yaml', 'none.yaml', 'b.yaml']), [
      'a.yaml a',
      'missing.yaml: Cannot read the file: no such file',
      'none.yaml#item 1: Expected an admission review or an object',
      'b.yaml#document 1 b',
      'b.yaml#document 2 c',
    ]);
  });
});

describe('readObjects()', () => {
  it('collects the objects of all files, and what is none', async () => {
    const { objects, faults } = await readObjects(['b.yaml', 'missing.yaml'], readFile);

    assert.deepEqual(
      objects.map(({ metadata }) => metadata?.name),
      ['b', 'c'],
    );
    assert.deepEqual(faults, [
      { source: 'missing.yaml', reason: 'Cannot read the file: no such file' },
    ]);
  });
});
