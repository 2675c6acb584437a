/** Details of a thrown value. JavaScript can throw anything, so each property is checked. */

/** The message of an error, or the thrown value as text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node.js system error, for example `ENOENT`. Source: nodejs.org "Errors", `error.code`. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The extended result code of an error of `node:sqlite`. Source: sqlite.org "Result and Error Codes". */
export function sqliteErrorCode(error: unknown): number | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'errcode') : undefined;
  return typeof code === 'number' ? code : undefined;
}
