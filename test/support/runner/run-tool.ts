/** Runs one program of a stage and keeps what it printed. */
import { spawn } from 'node:child_process';
import type { StageResult } from './tally.ts';

/** A tool that hangs must not hang the run: the slowest one here needs well under a minute. */
const TOOL_DEADLINE_MS = 5 * 60_000;

export interface Tool {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Beside the environment of this process. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface ToolOutput {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** `exit code 1`, `signal SIGKILL` or why it could not be started. */
  readonly end: string;
}

/** Runs a program to its end. Never rejects: a program that cannot be started is a failed one. */
export async function runProgram(tool: Tool): Promise<ToolOutput> {
  return await new Promise((resolve) => {
    const child = spawn(tool.command, [...tool.args], {
      cwd: tool.cwd,
      env: { ...process.env, ...tool.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TOOL_DEADLINE_MS,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const finish = (ok: boolean, end: string): void => {
      resolve({
        ok,
        end,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    };
    child.on('error', (error) => {
      finish(false, error.message);
    });
    child.on('close', (code, signal) => {
      finish(code === 0, signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
  });
}

/** Runs a check that counts as one test; its whole output is shown where it fails. */
export async function runTool(tool: Tool, print: (line: string) => void): Promise<StageResult> {
  const output = await runProgram(tool);
  if (output.ok) return { passed: 1, failures: [], skips: [] };
  print(`${output.stdout}${output.stderr}`.trimEnd());
  print(`FAILED ${tool.name}: ${output.end}`);
  return { passed: 0, failures: [tool.name], skips: [] };
}
