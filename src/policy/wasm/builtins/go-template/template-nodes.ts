/** A template of Go's `text/template` that is read. */

/** What is written, in this order. */
export type TemplateList = readonly TemplateNode[];

/** One part of a template. */
export type TemplateNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe }
  | {
      readonly type: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly list: TemplateList;
      readonly otherwise: TemplateList;
    }
  | { readonly type: 'template'; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly type: 'break' | 'continue' };

/** `$x := a | b`: each command gets the value of the one before it as its last argument. */
export interface Pipe {
  readonly variables: readonly string[];
  /** The variables exist already. */
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
}

/** A value, or a function with its arguments. */
export type Command = readonly Operand[];

/** What stands for a value; `fields` are looked up in it. */
export interface Operand {
  readonly base:
    | { readonly type: 'dot' | 'nil' }
    | { readonly type: 'variable' | 'function' | 'text'; readonly text: string }
    | { readonly type: 'boolean'; readonly value: boolean }
    | { readonly type: 'integer'; readonly value: bigint }
    | { readonly type: 'float'; readonly value: number }
    | { readonly type: 'pipe'; readonly pipe: Pipe };
  readonly fields: readonly string[];
}

/** A text with the templates that it defines, by their names. */
export interface ParsedTemplate {
  readonly main: TemplateList;
  readonly defined: ReadonlyMap<string, TemplateList>;
}
