/** The freeze commands against a stand-in for the API server that says who asks. */
import type { TestContext } from 'node:test';
import { COMMANDS, COMMAND_GROUPS } from '../../src/cli/commands.ts';
import type { ExitStatus } from '../../src/cli/exit-codes.ts';
import { runProgram } from '../../src/cli/program.ts';
import { recordContext } from './command-context.ts';
import {
  startFakeApiServer,
  type FakeAnswer,
  type FakeApiServer,
  type FakeWrite,
} from './fake-api-server.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

export interface FreezeDesk {
  readonly server: FakeApiServer;
  /** Writes of freezes that arrived. */
  readonly writes: readonly FakeWrite[];
  readonly run: (...argv: readonly string[]) => Promise<{
    readonly status: ExitStatus;
    readonly printed: string;
    readonly reported: string;
  }>;
}

/** Everybody is alice; each write of a freeze is answered so. */
export async function openFreezeDesk(
  t: TestContext,
  answer: FakeAnswer = { body: {} },
  configuration = '{}',
): Promise<FreezeDesk> {
  const server = await startFakeApiServer();
  t.after(() => server.stop());
  const writes: FakeWrite[] = [];
  server.answerWrites((write) => {
    if (write.path === REVIEWS) return { body: { status: { userInfo: { username: 'alice' } } } };
    writes.push(write);
    return answer;
  });
  const workingDirectory = await makeTemporaryFolder(t, { 'holdfast.yaml': configuration });
  return {
    server,
    writes,
    run: async (...argv) => {
      const { context, printed, reported } = recordContext({ workingDirectory });
      const words = ['freeze', ...argv, '--kubeconfig', server.kubeconfigFile];
      const status = await runProgram(words, {
        commands: COMMANDS,
        groups: COMMAND_GROUPS,
        version: '0',
        context,
      });
      return { status, printed: printed(), reported: reported() };
    },
  };
}
