/** Turns the raw coverage that V8 wrote into numbers per file, through c8. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import type { FileCoverage } from './decide-coverage.ts';
import { runProgram } from './run-tool.ts';

const COUNTED_FILE = z.object({
  path: z.string(),
  statementMap: z.record(z.string(), z.object({ start: z.object({ line: z.number() }) })),
  s: z.record(z.string(), z.number()),
  branchMap: z.record(
    z.string(),
    z.object({ loc: z.object({ start: z.object({ line: z.number() }) }) }),
  ),
  b: z.record(z.string(), z.array(z.number())),
});

/** Runs `c8 report`; its text and HTML stay in the reports folder for people. */
export async function measureCoverage(
  root: string,
  rawFolder: string,
): Promise<readonly FileCoverage[]> {
  const reportsFolder = join(root, 'coverage');
  const output = await runProgram({
    name: 'c8 report',
    command: process.execPath,
    args: [
      join(root, 'node_modules/c8/bin/c8.js'),
      'report',
      '--temp-directory',
      rawFolder,
      '--reports-dir',
      reportsFolder,
    ],
    cwd: root,
  });
  if (!output.ok) throw new Error(`c8 report failed with ${output.end}: ${output.stderr}`);
  const text = readFileSync(join(reportsFolder, 'coverage-final.json'), 'utf8');
  const files = z.record(z.string(), COUNTED_FILE).parse(JSON.parse(text));
  return Object.values(files).map((file) => summarize(root, file));
}

function summarize(root: string, file: z.infer<typeof COUNTED_FILE>): FileCoverage {
  const missedLines = new Set<number>();
  for (const [id, count] of Object.entries(file.s)) {
    const line = file.statementMap[id]?.start.line;
    if (count === 0 && line !== undefined) missedLines.add(line);
  }
  const branches = Object.entries(file.b).flatMap(([id, counts]) =>
    counts.map((count) => ({ count, line: file.branchMap[id]?.loc.start.line ?? 0 })),
  );
  return {
    path: relative(root, file.path),
    lines: Object.keys(file.s).length,
    missedLines: [...missedLines],
    branches: branches.length,
    missedBranchLines: branches.filter(({ count }) => count === 0).map(({ line }) => line),
  };
}
