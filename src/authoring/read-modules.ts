/** Parses Rego files with OPA, several at once. */
import { availableParallelism } from 'node:os';
import { listComplaints, runOpa } from './opa-program.ts';
import { parseOpaComplaints } from './parse-opa-complaints.ts';
import { parsePolicyModule, type PolicyModule } from './parse-policy-module.ts';
import type { SourceProblem } from './source-problem.ts';

export interface ReadOptions {
  readonly opaPath: string;
  /** What the files are relative to. */
  readonly folder: string;
}

export interface ReadModules {
  readonly modules: ReadonlyMap<string, PolicyModule>;
  /** Of the files that are no Rego. */
  readonly problems: readonly SourceProblem[];
}

const ARGV = ['parse', '--format', 'json', '--json-include', 'locations,comments'] as const;

/** OPA parses one file a run. As many runs as processors: a thousand at a time would take the memory of the machine. */
export async function readModules(
  files: readonly string[],
  { opaPath, folder }: ReadOptions,
): Promise<ReadModules> {
  const modules = new Map<string, PolicyModule>();
  const problems: SourceProblem[] = [];
  const waiting = files.values();
  const parseOneByOne = async (): Promise<void> => {
    for (const file of waiting) {
      const argv = [...ARGV, file];
      const parsed = await runOpa(opaPath, argv, folder).catch(() => undefined);
      if (parsed !== undefined) modules.set(file, parsePolicyModule(file, JSON.parse(parsed)));
      // Asked once more, for what is wrong in a form that can be read.
      else problems.push(...parseOpaComplaints(await listComplaints(opaPath, argv, folder), file));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, parseOneByOne));
  return { modules, problems };
}
