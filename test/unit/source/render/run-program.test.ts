import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { runProgram } from '../../../../src/source/render/run-program.ts';
import type { RunLimits } from '../../../../src/source/render/run-program.ts';
import { RUN_LIMITS } from '../../../support/render-samples.ts';

/** V8 reserves far more address space than a Go program. */
const LIMITS = { ...RUN_LIMITS, memoryBytes: 64 * 2 ** 30 };

function runScript(script: string, limits: Partial<RunLimits> = {}) {
  return runProgram({
    program: process.execPath,
    argv: ['-e', script],
    workingDirectory: tmpdir(),
    limits: { ...LIMITS, ...limits },
  });
}

test('runProgram() gives a program an empty environment and a folder that is removed afterwards', async () => {
  process.env['HOLDFAST_TEST_SECRET'] = 'x';
  const result = await runScript('console.log(JSON.stringify(process.env))');
  delete process.env['HOLDFAST_TEST_SECRET'];
  assert.ok(result.status === 'done');
  const environment = new Map<string, unknown>(Object.entries(JSON.parse(result.output)));
  assert.equal(environment.get('HOLDFAST_TEST_SECRET'), undefined);
  assert.equal(environment.get('PATH'), '');
  assert.ok(!existsSync(String(environment.get('HOME'))));
});

test('runProgram() lets no connection through', async () => {
  const script = `require('net').connect(1, '192.0.2.1').on('error', (e) => { console.log(e.code); process.exit(); })
    .setTimeout(1000, () => { console.log('silent'); process.exit(); })`;
  const result = await runScript(script);
  assert.ok(result.status === 'done');
  // Without network namespaces the address answers nothing, as nobody has it.
  assert.match(result.output, /ENETUNREACH|EHOSTUNREACH|ECONNREFUSED|silent/u);
});

test('runProgram() passes on what a program refuses, without folders of this machine', async () => {
  const script = "console.error('bad file ' + process.cwd() + '/a.yaml'); process.exit(3)";
  assert.deepEqual(await runScript(script), { status: 'refused', message: 'bad file a.yaml' });
});

test('runProgram() ends a program at its limits', async () => {
  const slow = await runScript('setInterval(() => {}, 1000)', { timeMs: 500 });
  assert.deepEqual(slow, { status: 'failed', reason: 'it took longer than 500 ms' });
  const loud = await runScript("for (;;) require('fs').writeSync(1, 'x'.repeat(1000))", {
    outputBytesMax: 10_000,
  });
  assert.deepEqual(loud, { status: 'failed', reason: 'it printed more than 10000 bytes' });
  const killed = await runScript("process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 9)");
  assert.deepEqual(killed, { status: 'failed', reason: 'it was ended by SIGTERM' });
});

test('runProgram() says that a program is not there', async () => {
  const run = { program: '/none/at/all', argv: [], workingDirectory: tmpdir(), limits: LIMITS };
  const result = await runProgram(run);
  assert.notEqual(result.status, 'done');
});
