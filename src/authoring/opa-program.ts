/** Runs the OPA program and reads its output. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { z } from 'zod';

import { HoldfastError } from '../errors.ts';

const run = promisify(execFile);
/** The syntax tree of a large policy is a few megabytes of JSON. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const RUN_TIMEOUT_MS = 120_000;

const complaint = z.object({
  message: z.string(),
  code: z.string().default(''),
  location: z.object({ file: z.string(), row: z.number() }).optional(),
  /** What would be there instead of an undefined reference. */
  details: z.object({ oneOf: z.array(z.string()).optional().catch(undefined) }).optional(),
});
const complaints = z.object({ errors: z.array(complaint) });
const outputs = z
  .object({ stdout: z.string().default(''), stderr: z.string().default('') })
  .catch({ stdout: '', stderr: '' });

/** One error of OPA. */
export type OpaComplaint = z.output<typeof complaint>;

/** Runs `opa` and returns its output. A failure becomes an error with OPA's own messages. */
export function runOpa(opaPath: string, argv: readonly string[], cwd: string): Promise<string> {
  return runOpaWithInput({ opaPath, argv, cwd, input: '' });
}

export interface OpaRun {
  readonly opaPath: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** What it reads from standard input. */
  readonly input: string;
}

/** The same, with something to read. */
export async function runOpaWithInput({ opaPath, argv, cwd, input }: OpaRun): Promise<string> {
  try {
    const running = run(opaPath, argv, {
      cwd,
      maxBuffer: OUTPUT_BYTES_MAX,
      timeout: RUN_TIMEOUT_MS,
    });
    // One that ends before it has read everything says why by itself.
    running.child.stdin?.on('error', () => undefined).end(input);
    return (await running).stdout;
  } catch (fault) {
    throw new HoldfastError('policy_source_invalid', describeFailure(fault), { cause: fault });
  }
}

/**
 * The same for what ends with a failure and has its answer all the same, as `opa test` has where a test fails. Throws where
 * there is no answer.
 */
export async function runOpaUnchecked(
  opaPath: string,
  argv: readonly string[],
  cwd: string,
): Promise<string> {
  try {
    return await runOpa(opaPath, argv, cwd);
  } catch (fault) {
    const { stdout } = outputs.parse(fault instanceof HoldfastError ? fault.cause : undefined);
    if (parseJson(stdout) === undefined) throw fault;
    return stdout;
  }
}

/** What `opa` says against its sources with `--format json`; nothing where it succeeds. Throws where it fails in another way. */
export async function listComplaints(
  opaPath: string,
  argv: readonly string[],
  cwd: string,
): Promise<readonly OpaComplaint[]> {
  try {
    await runOpa(opaPath, argv, cwd);
    return [];
  } catch (fault) {
    const cause = fault instanceof HoldfastError ? fault.cause : undefined;
    const structured = complaints.safeParse(parseJson(outputOf(cause))).data;
    if (structured === undefined) throw fault;
    return structured.errors;
  }
}

/** OPA writes its errors to either. */
function outputOf(fault: unknown): string {
  const { stdout, stderr } = outputs.parse(fault);
  return stderr.trim() === '' ? stdout : stderr;
}

/** OPA's errors, one line each as `file:row: message`. */
function describeFailure(fault: unknown): string {
  const text = outputOf(fault);
  const structured = complaints.safeParse(parseJson(text)).data;
  if (structured) {
    const lines = structured.errors.map(({ message, location }) =>
      location ? `${location.file}:${location.row}: ${message}` : message,
    );
    return lines.join('\n');
  }
  const plain = text
    .replace(/^error: (?:load failed: )?(?:\d+ errors? occurred(?: during loading)?:\s*)?/i, '')
    .trim();
  return plain === '' && fault instanceof Error ? fault.message : plain;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // OPA writes plain text for some failures; the caller shows it unchanged.
    return undefined;
  }
}
