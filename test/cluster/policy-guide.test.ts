/** docs/policies/ten-minutes.md from its first command to its last: from an empty folder to a signed bundle that refuses on a real API server. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, it } from 'node:test';
import { environmentOfUser, typeSteps } from '../support/docs/type-steps.ts';
import { listSteps, listStepsOf } from '../support/docs/typed-commands.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const READY_DEADLINE_MS = 5 * 60_000;

let sandbox: ChildProcess | undefined;
after(async () => {
  if (sandbox === undefined || sandbox.exitCode !== null) return;
  // Its cluster ends with it.
  sandbox.kill('SIGINT');
  await once(sandbox, 'exit');
});

it('the guide leads from an empty folder to a signed bundle that refuses on a real API server', async (t) => {
  const document = await readFile(join(ROOT, 'docs', 'policies', 'ten-minutes.md'), 'utf8');
  const folder = await makeTemporaryFolder(t, {
    'bin/holdfast': `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/launch.mjs" holdfast "$@"\n`,
    'work/.keep': '',
  });
  await chmod(join(folder, 'bin', 'holdfast'), 0o755);
  const work = join(folder, 'work');
  const user = { ...environmentOfUser(), CLONE: ROOT };
  const path = process.env['PATH'] ?? '';
  const made = await typeSteps(t, listSteps(document), {
    cwd: work,
    environment: { ...user, PATH: [join(folder, 'bin'), path].join(delimiter) },
  });
  assert.deepEqual(made, []);
  const [start, ...steps] = listStepsOf(document, 'test/cluster/policy-guide.test.ts');
  const argv = /run sandbox -- (?<argv>.+)$/mu.exec(start?.command ?? '')?.groups?.['argv'];

  const printed = await startSandbox(argv?.split(' ') ?? [], work);

  const KUBECONFIG = /export KUBECONFIG=(?<file>\S+alice\S+)/u.exec(printed)?.groups?.['file'];
  const kubectl = /^kubectl +(?<program>\S+)/mu.exec(printed)?.groups?.['program'] ?? '';
  const live = await typeSteps(t, steps, {
    cwd: work,
    environment: { ...user, KUBECONFIG, PATH: [dirname(kubectl), path].join(delimiter) },
  });
  assert.deepEqual(live, []);
});

/** What npm does: the script in the folder of the clone, told where it was called. Its output, once everything is ready. */
async function startSandbox(argv: readonly string[], cwd: string): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, 'test', 'sandbox.ts'), ...argv], {
    cwd: ROOT,
    env: { ...environmentOfUser(), INIT_CWD: cwd },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  sandbox = child;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await waitFor('the sandbox is ready', () => /^ready https:/mu.test(output), {
    deadlineMs: READY_DEADLINE_MS,
    assertPossible: async () => assert.equal(child.exitCode, null, output),
  });
  return output;
}
