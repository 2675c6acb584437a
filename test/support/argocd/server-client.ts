/** Argo CD's own server, as its user interface and the `argocd` program ask it. */

export interface ServerAnswer {
  readonly code: number;
  /** What it says where it refuses; empty elsewhere. */
  readonly message: string;
}

export interface ServerClient {
  readonly send: (method: string, path: string, body?: object) => Promise<ServerAnswer>;
}

const DEADLINE_MS = 120_000;

/** Logs in as `admin`. */
export async function openServerClient(url: string, password: string): Promise<ServerClient> {
  const answer = await ask(
    url,
    { method: 'POST', path: 'session' },
    { username: 'admin', password },
  );
  const token = textOf(answer.body, 'token');
  if (token === '') throw new Error(`Cannot log in to Argo CD: ${answer.code}`);
  return {
    send: async (method, path, body) => {
      const { code, body: said } = await ask(url, { method, path, token }, body);
      return { code, message: textOf(said, 'message') };
    },
  };
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly token?: string;
}

async function ask(
  url: string,
  { method, path, token }: Question,
  body: object | undefined,
): Promise<{ readonly code: number; readonly body: unknown }> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  return { code: response.status, body: await response.json() };
}

function textOf(value: unknown, key: string): string {
  const found: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'string' ? found : '';
}
