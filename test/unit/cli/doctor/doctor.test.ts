import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { doctorCommand } from '../../../../src/cli/doctor/doctor.ts';
import { runProgram } from '../../../../src/cli/program.ts';
import { recordContext } from '../../../support/command-context.ts';
import { DOCTOR_PATHS, openDoctorStage } from '../../../support/doctor-stage.ts';

const answerSchema = z.object({ checks: z.array(z.looseObject({ check: z.string() })) });

async function open(t: TestContext) {
  const { api, folder, configuration } = await openDoctorStage(t);
  const file = join(folder, 'holdfast.yaml');
  await writeFile(file, JSON.stringify(configuration));
  const run = async (...argv: readonly string[]) => {
    const environment = { KUBECONFIG: api.kubeconfigFile };
    const recorded = recordContext({ workingDirectory: folder, environment });
    const status = await runProgram(['doctor', ...argv], {
      commands: [doctorCommand],
      groups: {},
      version: '0',
      context: recorded.context,
    });
    return { status, printed: recorded.printed(), reported: recorded.reported() };
  };
  return { api, file, run };
}

test('a cluster without a failure is ok, however much is warned about', async (t) => {
  const { run } = await open(t);

  const { status, printed, reported } = await run();

  assert.equal(status, 'ok', printed + reported);
  assert.match(printed, /^ok +registration: .* \(registration_present\)$/mu);
  assert.match(printed, /^11 ok, 4 warning, 0 failed, 1 unknown$/mu);
});

test('what is found is JSON for scripts', async (t) => {
  const { run } = await open(t);

  const { printed } = await run('--output', 'json');

  const { checks } = answerSchema.parse(JSON.parse(printed));
  assert.deepEqual(
    checks.map(({ check }) => check),
    [
      'registration',
      'certificate',
      'handshake',
      'call',
      'kinds',
      'guard',
      'replicas',
      'clock',
      'rights',
      'tools',
      'evidence',
      'delivery',
    ],
  );
});

test('what cannot be read is unavailable, and a failure beside it comes first', async (t) => {
  const { api, run } = await open(t);
  api.answer(DOCTOR_PATHS.guards, { status: 403 });
  assert.equal((await run()).status, 'unavailable');

  api.answer(DOCTOR_PATHS.controllers, { body: { items: [] } });
  assert.equal((await run()).status, 'failed');
});

test('an invalid configuration ends before the cluster is asked', async (t) => {
  const { api, file, run } = await open(t);
  await writeFile(file, 'serve: {}');

  const { status, reported } = await run();

  assert.equal(status, 'configuration');
  assert.match(reported, /The configuration is invalid/u);
  assert.deepEqual(api.requests, []);
});
