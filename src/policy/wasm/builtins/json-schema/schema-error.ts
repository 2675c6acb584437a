/** What a value breaks, in the words that OPA has, and the score by which the closest of several schemas is found. */

/** One rule that a value breaks. */
export interface SchemaError {
  /** `required`, `invalid_type` … */
  readonly type: string;
  /** `(Root)`, or the way to the value: `spec.containers.0`. */
  readonly field: string;
  readonly description: string;
}

/** The way to a value, from the inside out. */
export interface JsonPath {
  readonly name: string;
  readonly parent: JsonPath | undefined;
}

/** The whole document. */
export const ROOT_PATH: JsonPath = { name: '(Root)', parent: undefined };

/** What an evaluation has found. */
export class SchemaResult {
  readonly errors: SchemaError[] = [];
  score = 0;

  get isValid(): boolean {
    return this.errors.length === 0;
  }

  add(type: string, path: JsonPath, description: string): void {
    this.errors.push({ type, field: formatPath(path), description });
    this.score -= 2;
  }

  merge(other: SchemaResult | undefined): void {
    if (other === undefined) return;
    this.errors.push(...other.errors);
    this.score += other.score;
  }
}

/** The name of the document is told only for itself. */
export function formatPath(path: JsonPath): string {
  const names: string[] = [];
  for (let at: JsonPath | undefined = path; at !== undefined; at = at.parent) {
    names.unshift(at.name);
  }
  return names.length === 1 ? names.join('') : names.slice(1).join('.');
}
