/** Runs kubectl as a person does, and keeps all that it prints. */
import { spawn } from 'node:child_process';

const DEADLINE_MS = 3 * 60_000;

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  /** What kubectl reads with `-f -`. An object is written as JSON, a list of objects as a Kubernetes List. */
  readonly input?: string | object | undefined;
  /** For example `KUBE_EDITOR`. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** @param settings.home replaces the person's home folder: kubectl's discovery cache goes there. */
export function runKubectl(
  settings: { readonly program: string; readonly kubeconfig: string; readonly home: string },
  argv: readonly string[],
  options: KubectlOptions = {},
): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(settings.program, argv, {
      env: {
        ...process.env,
        KUBECONFIG: settings.kubeconfig,
        HOME: settings.home,
        ...options.environment,
      },
      timeout: DEADLINE_MS,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === null) {
        reject(
          new Error(
            `kubectl ${argv.join(' ')} was ended by ${signal} after at most ${DEADLINE_MS} ms`,
          ),
        );
      } else {
        resolve({
          code,
          stdout: Buffer.concat(stdout).toString('utf8'),
          stderr: Buffer.concat(stderr).toString('utf8'),
        });
      }
    });
    // kubectl may end before it has read everything; that is its answer, not our fault.
    child.stdin.on('error', () => undefined);
    child.stdin.end(formatInput(options.input));
  });
}

function formatInput(input: KubectlOptions['input']): string {
  if (input === undefined) return '';
  if (typeof input === 'string') return input;
  return JSON.stringify(
    Array.isArray(input) ? { apiVersion: 'v1', kind: 'List', items: input } : input,
  );
}
