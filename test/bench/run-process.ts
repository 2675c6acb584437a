/** Runs a part of a benchmark in a process of its own, so that its memory and its threads are its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';

/** Gives the script its order on stdin, and returns what it writes to stdout: both JSON. */
export async function runProcess(script: string, order: object): Promise<unknown> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  child.stdin.end(JSON.stringify(order));
  const output = await buffer(child.stdout);
  await closed;
  if (child.exitCode !== 0) {
    throw new Error(`${script} must end with 0: found exit code ${String(child.exitCode)}`);
  }
  return JSON.parse(output.toString());
}
