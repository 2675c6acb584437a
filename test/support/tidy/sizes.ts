/** How long files and functions are. */
import type { SourceFile } from './source-file.ts';
import { place } from './source-file.ts';

/** Lines with code on them: comments and blank lines cost nothing. */
export function countCodeLines(code: string): number {
  return code.split('\n').filter((line) => line.trim() !== '').length;
}

/** Files with more code lines than allowed. */
export function findLongFiles(
  files: readonly SourceFile[],
  options: {
    readonly codeLinesMax: number;
    /** Path → why it may be longer: generated files and tables. */
    readonly exemptions: Readonly<Record<string, string>>;
  },
): readonly string[] {
  return files.flatMap((file) => {
    const lines = countCodeLines(file.code);
    if (lines <= options.codeLinesMax || options.exemptions[file.path] !== undefined) return [];
    return [
      `${file.path}: ${lines} code lines, at most ${options.codeLinesMax}: split it by concept`,
    ];
  });
}

/** A function declaration or a method: a name, parameters, perhaps a return type, and a body. */
const FUNCTION =
  /^[ \t]*(?:export )?(?:async )?(?:function\*? (?<name>\w+)|(?:static |override |async |get |set )*(?<method>#?\w+))(?:<[^\n]*>)?\(/gm;
const NOT_A_METHOD = /^(?:if|for|while|switch|catch|return|await|super|function|describe|test|it)$/;

/** Functions longer than allowed, from the line of the name to the closing brace. */
export function findLongFunctions(
  files: readonly SourceFile[],
  linesMax: number,
): readonly string[] {
  return files.flatMap((file) =>
    [...file.code.matchAll(FUNCTION)].flatMap((match) => {
      const name = match.groups?.['name'] ?? match.groups?.['method'] ?? '';
      if (NOT_A_METHOD.test(name)) return [];
      const end = findBodyEnd(file.code, match.index + match[0].length);
      if (end === undefined) return [];
      const lines = countCodeLines(file.code.slice(match.index, end));
      if (lines <= linesMax) return [];
      return [
        `${place(file, match.index)}: "${name}" has ${lines} lines, at most ${linesMax}: name its steps as functions`,
      ];
    }),
  );
}

/** The end of the body whose parameters open just before `start`; undefined where it is a call, not a declaration. */
function findBodyEnd(code: string, start: number): number | undefined {
  const afterParameters = skipBalanced(code, start, '()');
  const body = /^(?::[^;=]*?)?\s*\{\n/.exec(code.slice(afterParameters));
  if (body === null) return undefined;
  return skipBalanced(code, afterParameters + body[0].length, '{}');
}

function skipBalanced(code: string, start: number, pair: '()' | '{}'): number {
  let depth = 1;
  for (let index = start; index < code.length; index += 1) {
    if (code[index] === pair[0]) depth += 1;
    else if (code[index] === pair[1]) depth -= 1;
    if (depth === 0) return index + 1;
  }
  return code.length;
}
