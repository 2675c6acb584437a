/** What is fuzzed: a parser of bytes that somebody else wrote. */

export interface FuzzTarget {
  /** Below `src/`, without `.ts`; with the function where a file has several. */
  readonly name: string;
  /** Inputs that it accepts, and some that it nearly does. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** `json`: changes mostly keep the document sound. @default 'bytes' */
  readonly form?: 'bytes' | 'json';
  /** Answers what it reads. It may throw only what `throws` names. */
  readonly parse: (bytes: Buffer) => unknown;
  readonly throws?: new (...parameters: never[]) => Error;
  /** What must hold of an answer beside: a round trip, another reader. Throws where it does not. */
  readonly check?: (bytes: Buffer, answer: unknown) => void;
}

/** One that reads text: bytes that are no UTF-8 reach it as replacement characters. */
export function textTarget(
  name: string,
  seeds: readonly string[],
  parse: (text: string) => unknown,
): FuzzTarget {
  return { name, seeds, parse: (bytes) => parse(bytes.toString()) };
}

/** One that reads what `JSON.parse` gave: what is no JSON never reaches it. */
export function valueTarget(
  name: string,
  seeds: readonly unknown[],
  parse: (value: unknown) => unknown,
): FuzzTarget {
  return {
    name,
    form: 'json',
    seeds: seeds.map((seed) => JSON.stringify(seed)),
    parse: (bytes) => {
      const text = bytes.toString();
      return isJson(text) ? parse(JSON.parse(text)) : undefined;
    },
  };
}

/** Whether `JSON.parse` accepts the text. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (fault) {
    if (fault instanceof SyntaxError) return false;
    throw fault;
  }
}
