/** How requests to an API server are authenticated, and where it is. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';

/** What is asked, before it is authenticated. */
export interface PlainRequest extends RequestOptions {
  readonly headers?: OutgoingHttpHeaders | undefined;
}

/** Credentials for one API server. */
export interface Authentication {
  /** The URL of the API server. */
  readonly server: string;
  /** The request with the credentials and the trust of this moment: tokens and certificates rotate. */
  readonly apply: (request: PlainRequest) => Promise<RequestOptions>;
}

/** The same server and trust, with a token in place of the credentials. */
export function showToken(
  { server, apply }: Authentication,
  token: () => Promise<string>,
): Authentication {
  return {
    server,
    apply: async (request) => {
      const authorization = `Bearer ${await token()}`;
      const { ca, servername, rejectUnauthorized } = await apply(request);
      // Nothing else is taken over: with a client certificate beside it, the API server would see the account of that one.
      return {
        ...request,
        headers: { ...request.headers, authorization },
        ...(ca !== undefined && { ca }),
        ...(servername !== undefined && { servername }),
        ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
      };
    },
  };
}
